// The pages of a list, and the way back through them: the API only knows the next one.
//
//     useEffect(() => notePage(cursor, next), [cursor, next]);
//     html`<${Pager} cursor=${cursor} next=${next} to=${(other) => href.imports({ cursor: other })} />`

import { Button } from './button.js';
import { html } from './html.js';

const KEY = 'contacts.pages';

/**
 * The cursor of each page that was reached, with that of the page before; of the first page it is empty.
 *
 * @type {Map<string, string>}
 */
const previous = new Map(JSON.parse(sessionStorage.getItem(KEY) ?? '[]'));

/**
 * Notes that the page at `next` comes after the one at `cursor`.
 *
 * @param {string | undefined} cursor
 * @param {string | null | undefined} next
 */
export function notePage(cursor = '', next) {
    if (!next || previous.get(next) === cursor) return;
    previous.set(next, cursor);
    sessionStorage.setItem(KEY, JSON.stringify([...previous]));
}

/**
 * @param {{cursor?: string, next?: string | null, to: (cursor?: string) => string}} props `to`: a link to another page
 */
export function Pager({ cursor, next, to }) {
    if (!cursor && !next) return null;
    // The page was not reached through the one before if a link led to it.
    const before = cursor && previous.get(cursor);
    const back = before === undefined ? 'First page' : 'Previous';
    return html`
        <nav class="pager" aria-label="Pages">
            ${cursor && html`<${Button} icon="left" href=${to(before)}>${back}<//>`}
            ${next && html`<${Button} class="next" icon="right" href=${to(next)}>Next<//>`}
        </nav>`;
}
