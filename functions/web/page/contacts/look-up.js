// The field in which people look somebody up. It looks while they type; the key "/" leads to it.

/** @import { RefObject, TargetedKeyboardEvent } from '../vendor/preact.js' */

import { Button } from '../ui/button.js';
import { withText } from '../ui/field.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useKeys } from '../ui/keys.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.js';

/** Milliseconds between two look-ups while somebody types. A key after a longer pause is answered at once. */
const PAUSE = 60;

/**
 * @param {{
 *     value: string,
 *     onFind: (text: string) => void,
 *     onOpen: (text: string) => void,
 *     onDown: () => void,
 * }} props `onOpen`: Enter was pressed; `onDown`: the person wants to go into what is found
 */
export function LookUp({ value, onFind, onOpen, onDown }) {
    const [text, setText] = useState(value);
    /** @type {RefObject<HTMLInputElement>} */
    const input = useRef(null);
    const timer = useRef(0);
    /** When the last look-up may be followed by another one. */
    const next = useRef(0);
    /** What was last looked up from here. It comes back as `value` late: another letter may stand in the field by then. */
    const sent = useRef(value);
    // Back and a link change it, too. Before the next key is pressed.
    useLayoutEffect(() => {
        if (value === sent.current) return;
        sent.current = value;
        clearTimeout(timer.current);
        setText(value);
    }, [value]);
    useEffect(() => () => clearTimeout(timer.current), []);
    useKeys({ '/': () => input.current?.select() });
    /** As it is when the text is sent: it knows what is looked up by then. */
    const latest = useRef(onFind);
    latest.current = onFind;
    /** @param {string} wanted */
    const send = (wanted) => {
        clearTimeout(timer.current);
        next.current = performance.now() + PAUSE;
        sent.current = wanted.trim();
        latest.current(sent.current);
    };
    /** @param {string} wanted */
    const type = (wanted) => {
        setText(wanted);
        clearTimeout(timer.current);
        const pause = next.current - performance.now();
        if (pause <= 0) send(wanted);
        else timer.current = setTimeout(send, pause, wanted);
    };
    // What is looked for is known before anything else is opened.
    const onBlur = () => text.trim() !== value && send(text);
    const clear = () => {
        setText('');
        send('');
        input.current?.focus();
    };
    /** @param {Event} event */
    const onSubmit = (event) => {
        event.preventDefault();
        clearTimeout(timer.current);
        sent.current = text.trim();
        onOpen(sent.current);
    };
    /** @param {TargetedKeyboardEvent<HTMLInputElement>} event */
    const onKeyDown = (event) => {
        if (event.isComposing) return;
        if (event.key === 'ArrowDown') {
            event.preventDefault();
            onDown();
        } else if (event.key === 'Escape' && text) {
            event.preventDefault();
            clear();
        }
    };
    return html`
        <form class="look-up" role="search" onSubmit=${onSubmit}>
            <${Icon} name="search" />
            <input type="text" ref=${input} value=${text} onBlur=${onBlur} onKeyDown=${onKeyDown}
                onInput=${withText(type)}
                aria-label="Look up by name, phone, email or user name"
                placeholder="Name, phone, email or user name" aria-keyshortcuts="/"
                autocomplete="off" autocapitalize="none" spellcheck=${false} dir="auto" enterkeyhint="search" />
            ${text && html`<${Button} kind="quiet" icon="close" label="Clear" onClick=${clear} />`}
            ${!text && html`<kbd aria-hidden="true">/</kbd>`}
        </form>`;
}
