// A button that opens a panel below it: choices, further actions.
//
//     html`<${Menu} label="Columns" icon="columns">${(close) => …}<//>`
//     html`<${Menu} label="More" icon="more" text=${null}>${(close) => …}<//>`      an icon alone
//
// It closes on Escape, on a click elsewhere, and when the focus leaves it. `close` returns the focus to the button. `align`:
// end (the default) or start.

/**
 * @import { ComponentChildren, TargetedFocusEvent, TargetedKeyboardEvent } from '../vendor/preact.js'
 * @import { RefObject } from '../vendor/preact.js'
 * @import { IconName } from './icon.js'
 */

import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { Button } from './button.js';
import { html } from './html.js';

/**
 * @param {{
 *     label: string,
 *     icon?: IconName,
 *     kind?: 'plain' | 'quiet',
 *     align?: 'end' | 'start',
 *     text?: ComponentChildren,
 *     children: (close: () => void) => ComponentChildren,
 * }} props
 */
export function Menu({ label, icon, kind, align = 'end', text = label, children }) {
    const [open, setOpen] = useState(false);
    /** @type {RefObject<HTMLDivElement>} */
    const menu = useRef(null);
    /** @param {EventTarget | null} target */
    const isInside = (target) => target instanceof Node && Boolean(menu.current?.contains(target));
    const close = () => setOpen(false);
    /** What has the focus in the panel goes with it. */
    const dismiss = () => {
        close();
        menu.current?.querySelector('button')?.focus();
    };
    useEffect(() => {
        if (!open) return undefined;
        /** @param {Event} event */
        const onPointerDown = (event) => isInside(event.target) || close();
        document.addEventListener('pointerdown', onPointerDown);
        return () => document.removeEventListener('pointerdown', onPointerDown);
    }, [open]);
    /** @param {TargetedKeyboardEvent<HTMLElement>} event */
    const onKeyDown = (event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        event.stopPropagation();
        dismiss();
    };
    // A click on what takes no focus, such as the panel's own text, leads to nothing.
    /** @param {TargetedFocusEvent<HTMLElement>} event */
    const onFocusOut = (event) => event.relatedTarget && (isInside(event.relatedTarget) || close());
    return html`
        <div class=${`menu ${align}`} ref=${menu} onKeyDown=${onKeyDown} onFocusOut=${onFocusOut}>
            <${Button} kind=${kind} icon=${icon} label=${text ? undefined : label} aria-expanded=${String(open)}
                onClick=${() => setOpen(!open)}>
                ${text}
            <//>
            ${open && html`<div class="panel" role="group" aria-label=${label}>${children(dismiss)}</div>`}
        </div>`;
}
