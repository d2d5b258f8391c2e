// The heading of a view and the title of the tab, which belong together.
//
//     html`<${Title} text="Imports">${buttons}<//>`
//     useTitle('Ada Lovelace');                       for what opens over a view

/** @import { ComponentChildren } from '../vendor/preact.js' */

import { useEffect } from '../vendor/hooks.js';
import { html } from './html.js';

const APP = 'Contacts';
/**
 * The titles of what is open, the topmost last.
 *
 * @type {{text: string}[]}
 */
const open = [];

/** @param {string} text */
export function useTitle(text) {
    useEffect(() => {
        const title = { text };
        open.push(title);
        show();
        return () => {
            open.splice(open.indexOf(title), 1);
            show();
        };
    }, [text]);
}

/** @param {{text: string, children?: ComponentChildren}} props */
export function Title({ text, children }) {
    useTitle(text);
    return html`
        <div class="title">
            <h1 tabindex="-1">${text}</h1>
            <div class="actions">${children}</div>
        </div>`;
}

function show() {
    const top = open.at(-1)?.text;
    document.title = !top || top === APP ? APP : `${top} · ${APP}`;
}
