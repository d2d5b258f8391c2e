// Single keys that do something anywhere on the page, while no field has the focus and no window asks something.
//
//     useKeys({ n: add, j: () => move(1) })
//
// A letter is named as it is typed. Keys with Ctrl, Alt or Command belong to the browser.

import { useEffect, useRef } from '../vendor/hooks.js';

const FIELDS = 'input, textarea, select, [contenteditable]';

/** @param {Record<string, (() => void) | undefined>} keys */
export function useKeys(keys) {
    const wanted = useRef(keys);
    wanted.current = keys;
    useEffect(() => {
        /** @param {KeyboardEvent} event */
        const onKeyDown = (event) => {
            const { key, target, ctrlKey, metaKey, altKey } = event;
            const act = Object.hasOwn(wanted.current, key) ? wanted.current[key] : undefined;
            if (!act || ctrlKey || metaKey || altKey || event.defaultPrevented) return;
            if (target instanceof Element && target.closest(FIELDS)) return;
            // What is open of a contact stands beside or over the list; a question is answered first.
            if (document.querySelector('dialog.dialog[open]')) return;
            event.preventDefault();
            act();
        };
        document.addEventListener('keydown', onKeyDown);
        return () => document.removeEventListener('keydown', onKeyDown);
    }, []);
}
