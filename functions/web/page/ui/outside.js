// A link to another site, which opens in a new tab and sends no referrer.
//
//     html`<${Outside} href="https://example.com/">…<//>`

/** @import { ComponentChildren } from '../vendor/preact.js' */

import { html } from './html.js';

/** @param {{href: string, children: ComponentChildren}} props */
export function Outside({ href, children }) {
    return html`<a href=${href} target="_blank" rel="noopener noreferrer">${children}</a>`;
}
