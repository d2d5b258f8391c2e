// A moment: how long ago, with the exact time as a tooltip. It keeps up with the clock.
//
//     html`<${Time} at="2026-11-22T10:00:00Z" />`
//     const [isExact, toggle] = useExactTimes();     all of them say the time itself: tooltips are for mice

import { ago, exactly, moment } from '../format.js';
import { useLayoutEffect, useState } from '../vendor/hooks.js';
import { html } from './html.js';

const TICK = 30_000;
/** @type {Set<(change: object) => void>} */
const shown = new Set();
let isExact = false;

setInterval(drawAll, TICK);

function drawAll() {
    for (const draw of shown) draw({});
}

/** Draws the component again when times change. */
function useTimes() {
    const [, draw] = useState({});
    // At once: what changes before the first painting would be missed.
    useLayoutEffect(() => {
        shown.add(draw);
        return () => {
            shown.delete(draw);
        };
    }, []);
}

/** @param {{at: string}} props */
export function Time({ at }) {
    useTimes();
    const text = isExact ? moment(at) : ago(at, Math.max(Date.now(), Date.parse(at)));
    return html`<time datetime=${at} title=${exactly(at)}>${text}</time>`;
}

/** @returns {[isExact: boolean, toggle: () => void]} */
export function useExactTimes() {
    useTimes();
    const toggle = () => {
        isExact = !isExact;
        drawAll();
    };
    return [isExact, toggle];
}
