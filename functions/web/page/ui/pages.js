// The pages of a list, and the way back through them: the API only knows the next one.
//
//     useEffect(() => notePage(cursor, next, items.length), [cursor, next, items.length]);
//     html`<${Pager} cursor=${cursor} next=${next} count=${items.length} to=${(other) => href.imports({ cursor: other })} />`

import { number } from '../format.js';
import { Button } from './button.js';
import { html } from './html.js';

const KEY = 'contacts.list-pages';

/**
 * A page that was reached from the one before.
 *
 * @typedef {object} Reached
 * @property {string} previous the cursor of the page before; empty for the first page
 * @property {number} [start] how many rows the pages before have, if each of them was reached from the first one
 */

/**
 * By their cursors, the pages that were reached.
 *
 * @type {Map<string, Reached>}
 */
const reached = new Map(JSON.parse(sessionStorage.getItem(KEY) ?? '[]'));

/**
 * Notes that the page at `next` comes after the one at `cursor`, which has `count` rows.
 *
 * @param {string | undefined} cursor
 * @param {string | null | undefined} next
 * @param {number} count
 */
export function notePage(cursor = '', next, count) {
    if (!next) return;
    const before = startOf(cursor);
    const start = before === undefined ? undefined : before + count;
    const known = reached.get(next);
    if (known?.previous === cursor && known.start === start) return;
    reached.set(next, { previous: cursor, start });
    sessionStorage.setItem(KEY, JSON.stringify([...reached]));
}

/** @param {string} cursor */
const startOf = (cursor) => (cursor ? reached.get(cursor)?.start : 0);

/**
 * Which rows of the list a page has: "51–100", and on the last page of how many. A list has no count of its own, so this is
 * known only of pages that were turned from the first one; it counts the rows as they were when their pages were read.
 *
 * @param {string | undefined} cursor
 * @param {string | null | undefined} next
 * @param {number} count
 * @returns {string | undefined}
 */
export function rangeOf(cursor = '', next, count) {
    const start = startOf(cursor);
    if (start === undefined || count === 0) return undefined;
    const end = number(start + count);
    const range = count === 1 ? end : `${number(start + 1)}–${end}`;
    return next ? range : `${range} of ${end}`;
}

/**
 * @param {{
 *     cursor?: string,
 *     next?: string | null,
 *     count: number,
 *     to: (cursor?: string) => string,
 * }} props `count`: the rows of this page; `to`: a link to another page
 */
export function Pager({ cursor, next, count, to }) {
    const range = rangeOf(cursor, next, count);
    const rows = range && html`<span class="range">${range}</span>`;
    if (!cursor && !next) return rows && html`<p class="pager">${rows}</p>`;
    // The page was not reached through the one before if a link led to it.
    const before = cursor && reached.get(cursor)?.previous;
    const back = before === undefined ? 'First page' : 'Previous';
    return html`
        <nav class="pager" aria-label="Pages">
            ${cursor && html`<${Button} icon="left" href=${to(before)}>${back}<//>`}
            ${rows}
            ${next && html`<${Button} class="next" icon="right" href=${to(next)}>Next<//>`}
        </nav>`;
}
