// Windows over the page: the focus stays inside, Escape closes, and closing returns the focus.
//
//     html`<${Dialog} title="Delete Ada?" onClose=${close} actions=${buttons}>What that means.<//>`
//     html`<${Drawer} title="Ada" onClose=${close}>…<//>`        at the side of the page, for what stands in the list
//     html`<${Confirm} title="Delete Ada?" action="Delete" danger onConfirm=${remove} onClose=${close}>…<//>`
//
// They are open as long as they are drawn. `onClose` is called when the person wants to close; whoever draws the window
// decides. Confirm's `onConfirm` may be asynchronous: meanwhile it is busy, and an error is shown in place.

/** @import { ComponentChildren, RefObject, TargetedEvent, TargetedKeyboardEvent } from '../vendor/preact.js' */

import { useLayoutEffect, useRef, useState } from '../vendor/hooks.js';
import { Button } from './button.js';
import { html } from './html.js';
import { Problem } from './state.js';
import { Toasts } from './toast.js';

let titles = 0;

/**
 * @typedef {object} WindowProps
 * @property {ComponentChildren} title
 * @property {ComponentChildren} [tools] buttons beside the title
 * @property {ComponentChildren} [actions] buttons below, in a drawer always in sight
 * @property {() => void} onClose
 * @property {ComponentChildren} [children]
 * @property {boolean} [isBeside] a drawer that stands beside the page, which stays usable; else it lies over it
 */

/** @param {WindowProps} props */
export function Dialog(props) {
    return html`<${Modal} kind="dialog" ...${props} />`;
}

/** @param {WindowProps} props */
export function Drawer(props) {
    return html`<${Modal} kind="drawer" ...${props} />`;
}

/**
 * @param {{
 *     title: ComponentChildren,
 *     action: string,
 *     danger?: boolean,
 *     onConfirm: () => Promise<void>,
 *     onClose: () => void,
 *     children: ComponentChildren,
 * }} props
 */
export function Confirm({ title, action, danger = false, onConfirm, onClose, children }) {
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    const confirm = async () => {
        setState({ busy: true });
        try {
            await onConfirm();
        } catch (error) {
            setState({ error });
        }
    };
    const actions = html`
        <${Button} onClick=${onClose} autofocus>Cancel<//>
        <${Button} kind=${danger ? 'danger' : 'primary'} busy=${state.busy} onClick=${confirm}>${action}<//>`;
    return html`
        <${Dialog} title=${title} onClose=${onClose} actions=${actions}>
            ${children}
            ${state.error && html`<${Problem} error=${state.error} />`}
        <//>`;
}

/** @param {WindowProps & {kind: 'dialog' | 'drawer'}} props */
function Modal({ kind, title, tools, actions, onClose, children, isBeside = false }) {
    /** @type {RefObject<HTMLDialogElement>} */
    const dialog = useRef(null);
    const [name] = useState(() => `title-${++titles}`);
    useLayoutEffect(() => {
        const element = dialog.current;
        if (isBeside) element?.show();
        else element?.showModal();
        return () => element?.close();
    }, [isBeside]);
    /** @param {TargetedKeyboardEvent<HTMLDialogElement>} event */
    const onKeyDown = (event) => {
        if (event.key !== 'Escape') return;
        // Left alone, the browser would close the window even if it is to stay.
        event.preventDefault();
        event.stopPropagation();
        onClose();
    };
    /** @param {TargetedEvent<HTMLDialogElement>} event */
    const onCancel = (event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose();
    };
    /** @param {PointerEvent} event */
    const onPointerDown = (event) => {
        if (!isBeside && dialog.current && event.target === dialog.current && isOutside(event, dialog.current))
            onClose();
    };
    return html`
        <dialog class=${isBeside ? `${kind} beside` : kind} ref=${dialog} aria-labelledby=${name}
            onKeyDown=${onKeyDown} onCancel=${onCancel} onPointerDown=${onPointerDown}>
            <header>
                <h2 id=${name} tabindex="-1" autofocus=${kind === 'drawer'}>${title}</h2>
                <div class="tools">
                    ${tools}
                    <${Button} kind="quiet" icon="close" label="Close" onClick=${onClose} />
                </div>
            </header>
            <div class="body">${children}</div>
            ${actions && html`<footer>${actions}</footer>`}
            <${Toasts} />
        </dialog>`;
}

/**
 * @param {PointerEvent} event
 * @param {HTMLElement} element
 */
function isOutside({ clientX: x, clientY: y }, element) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return x < left || x > right || y < top || y > bottom;
}
