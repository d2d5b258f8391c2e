// The field in which people look for a phone or an email. It looks while they type; the key "/" leads to it.

/** @import { RefObject } from '../vendor/preact.js' */

import { Button } from '../ui/button.js';
import { withText } from '../ui/field.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';

/** How long somebody must have stopped typing, in milliseconds. */
const PAUSE = 250;

/** @param {{value: string, onFind: (text: string) => void}} props */
export function LookUp({ value, onFind }) {
    const [text, setText] = useState(value);
    /** @type {RefObject<HTMLInputElement>} */
    const input = useRef(null);
    const timer = useRef(0);
    // Back and a link change it, too.
    useEffect(() => setText((typed) => (typed.trim() === value ? typed : value)), [value]);
    useEffect(() => () => clearTimeout(timer.current), []);
    useSlash(input);
    /** @type {(wanted: string, pause: number) => void} */
    const find = (wanted, pause) => {
        clearTimeout(timer.current);
        setText(wanted);
        timer.current = setTimeout(onFind, pause, wanted.trim());
    };
    // What is looked for is known before anything else is opened.
    const onBlur = () => text.trim() !== value && find(text, 0);
    const clear = () => {
        find('', 0);
        input.current?.focus();
    };
    /** @param {Event} event */
    const onSubmit = (event) => {
        event.preventDefault();
        find(text, 0);
    };
    return html`
        <form class="look-up" role="search" onSubmit=${onSubmit}>
            <${Icon} name="search" />
            <input type="text" ref=${input} value=${text} onBlur=${onBlur}
                onInput=${withText((wanted) => find(wanted, PAUSE))}
                aria-label="Look up by phone or email" placeholder="Phone or email begins with…" aria-keyshortcuts="/"
                autocomplete="off" autocapitalize="none" spellcheck=${false} dir="auto" enterkeyhint="search" />
            ${text && html`<${Button} kind="quiet" icon="close" label="Clear" onClick=${clear} />`}
            ${!text && html`<kbd aria-hidden="true">/</kbd>`}
        </form>`;
}

/** @param {RefObject<HTMLInputElement>} input */
function useSlash(input) {
    useEffect(() => {
        /** @param {KeyboardEvent} event */
        const onKeyDown = (event) => {
            const isTyping =
                event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
            if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
            if (isTyping || document.querySelector('dialog[open]')) return;
            event.preventDefault();
            input.current?.select();
        };
        document.addEventListener('keydown', onKeyDown);
        return () => document.removeEventListener('keydown', onKeyDown);
    }, []);
}
