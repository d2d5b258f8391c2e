// Buttons, and links that look like them.
//
//     html`<${Button} kind="primary" icon="plus" onClick=${add}>Add contact<//>`
//     html`<${Button} icon="copy" label="Copy the phone" onClick=${copy} />`        an icon alone
//     html`<${Button} href=${href.newImport()}>Import a file<//>`
//
// `kind`: primary, plain (the default), quiet (no frame) or danger. `busy`: it works; pressing it again does nothing.
// Everything else goes to the element.

/**
 * @import { ComponentChildren } from '../vendor/preact.js'
 * @import { IconName } from './icon.js'
 */

import { html } from './html.js';
import { Icon } from './icon.js';

/**
 * @param {{
 *     kind?: 'primary' | 'plain' | 'quiet' | 'danger',
 *     icon?: IconName,
 *     label?: string,
 *     busy?: boolean,
 *     href?: string,
 *     onClick?: (event: Event) => void,
 *     children?: ComponentChildren,
 *     class?: string,
 *     [attribute: string]: unknown,
 * }} props
 */
export function Button({ kind = 'plain', icon, label, busy = false, href, onClick, children, ...rest }) {
    const content = html`
        ${busy ? html`<span class="spinner" aria-hidden="true"></span>` : icon && html`<${Icon} name=${icon} />`}
        ${children && html`<span>${children}</span>`}`;
    const classes = ['button', kind, !children && 'alone', rest.class].filter(Boolean).join(' ');
    const shared = { ...rest, class: classes, 'aria-label': label, title: label };
    if (href) return html`<a ...${shared} href=${href} onClick=${onClick}>${content}</a>`;
    // Not `disabled`: it would lose the focus, and whoever reads the page aloud would not find it.
    return html`
        <button type="button" ...${shared} aria-disabled=${busy ? 'true' : undefined} onClick=${busy ? stop : onClick}>
            ${content}
        </button>`;
}

/** @param {Event} event */
function stop(event) {
    event.preventDefault();
}
