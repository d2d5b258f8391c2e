// Short messages of what has happened, read out as they come.
//
//     toast('Ada was deleted.')
//
// App draws them, and every window over the page, since what lies below a window is not read out. Errors do not belong
// here: they stand where they arose.

import { useLayoutEffect, useState } from '../vendor/hooks.js';
import { Button } from './button.js';
import { html } from './html.js';

/** @typedef {{key: number, text: string}} Message */

const LIFE = 6_000;

/** @type {Message[]} */
let messages = [];
let count = 0;
/**
 * Where messages can be drawn; they are in the topmost place, the last.
 *
 * @type {((messages: Message[]) => void)[]}
 */
const places = [];

/** @param {string} text */
export function toast(text) {
    const message = { key: ++count, text };
    show([...messages, message]);
    setTimeout(() => close(message), LIFE);
}

export function Toasts() {
    const [shown, setShown] = useState(/** @type {Message[]} */ ([]));
    useLayoutEffect(() => {
        places.push(setShown);
        draw();
        return () => {
            places.splice(places.indexOf(setShown), 1);
            draw();
        };
    }, []);
    return html`
        <div class="toasts" role="status" aria-live="polite">
            ${shown.map(
                (message) => html`
                    <p class="toast" key=${message.key}>
                        <span dir="auto">${message.text}</span>
                        <${Button} kind="quiet" icon="close" label="Dismiss" onClick=${() => close(message)} />
                    </p>`,
            )}
        </div>`;
}

/** @param {Message} message */
function close(message) {
    show(messages.filter((other) => other !== message));
}

/** @param {Message[]} changed */
function show(changed) {
    messages = changed;
    draw();
}

function draw() {
    for (const place of places) place(place === places.at(-1) ? messages : []);
}
