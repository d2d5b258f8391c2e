// Short messages of what has happened, read out as they come.
//
//     toast('Ada was saved.')
//     toast('Ada was deleted.', { label: 'Undo', act: restore })     with a button, which the key `u` presses, too
//
// App draws them, and every window over the page, since what lies below a window is not read out. Errors do not belong
// here: they stand where they arose.

import { useLayoutEffect, useState } from '../vendor/hooks.js';
import { Button } from './button.js';
import { html } from './html.js';
import { useKeys } from './keys.js';

/**
 * @typedef {{label: string, act: () => void}} Action
 * @typedef {{key: number, text: string, action?: Action}} Message
 */

const LIFE = 6_000;
/** Somebody has to read the message, decide, and reach the button. */
const LIFE_WITH_ACTION = 20_000;

/** @type {Message[]} */
let messages = [];
let count = 0;
/**
 * Where messages can be drawn; they are in the topmost place, the last.
 *
 * @type {((messages: Message[]) => void)[]}
 */
const places = [];

/** @type {(text: string, action?: Action) => void} */
export function toast(text, action) {
    const message = { key: ++count, text, action };
    show([...messages, message]);
    const end = () => {
        // A button does not vanish under the pointer or the focus.
        const element = document.querySelector(`[data-toast="${message.key}"]`);
        if (element?.matches(':hover, :focus-within')) setTimeout(end, LIFE);
        else close(message);
    };
    setTimeout(end, action ? LIFE_WITH_ACTION : LIFE);
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
    const last = shown.findLast(({ action }) => action);
    useKeys({ u: last && (() => act(last)) });
    return html`
        <div class="toasts" role="status" aria-live="polite">
            ${shown.map(
                (message) => html`
                    <p class="toast" key=${message.key} data-toast=${message.key}>
                        <span dir="auto">${message.text}</span>
                        ${
                            message.action &&
                            html`
                                <${Button} kind="quiet" class="act" aria-keyshortcuts=${message === last ? 'u' : undefined}
                                    onClick=${() => act(message)}>
                                    ${message.action.label}
                                <//>`
                        }
                        <${Button} kind="quiet" icon="close" label="Dismiss" onClick=${() => close(message)} />
                    </p>`,
            )}
        </div>`;
}

/** @param {Message} message */
function act(message) {
    close(message);
    message.action?.act();
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
