// What stands where there is nothing.
//
//     html`<${Empty} icon="person" title="…">what to do next<//>`

/**
 * @import { ComponentChildren } from '../vendor/preact.js'
 * @import { IconName } from './icon.js'
 */

import { html } from './html.js';
import { Icon } from './icon.js';

/** @param {{icon?: IconName, title: string, actions?: ComponentChildren, children?: ComponentChildren}} props */
export function Empty({ icon, title, actions, children }) {
    return html`
        <div class="empty">
            ${icon && html`<${Icon} name=${icon} />`}
            <h2>${title}</h2>
            <div>${children}</div>
            ${actions && html`<div class="actions">${actions}</div>`}
        </div>`;
}
