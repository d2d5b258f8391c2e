// A moment: how long ago, with the exact time as a tooltip. It keeps up with the clock.
//
//     html`<${Time} at="2026-11-22T10:00:00Z" />`

import { ago, exactly } from '../format.js';
import { useEffect, useState } from '../vendor/hooks.js';
import { html } from './html.js';

const TICK = 30_000;
/** @type {Set<(now: number) => void>} */
const shown = new Set();

setInterval(() => {
    for (const draw of shown) draw(Date.now());
}, TICK);

/** @param {{at: string}} props */
export function Time({ at }) {
    const [now, draw] = useState(Date.now);
    useEffect(() => {
        shown.add(draw);
        return () => {
            shown.delete(draw);
        };
    }, []);
    return html`<time datetime=${at} title=${exactly(at)}>${ago(at, Math.max(now, Date.parse(at)))}</time>`;
}
