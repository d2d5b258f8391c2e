// The way back through the pages of a list: the API only knows the next one.

const KEY = 'contacts.pages';

/**
 * The cursor of each page that was reached, with that of the page before; of the first page it is empty.
 *
 * @type {Map<string, string>}
 */
const before = new Map(JSON.parse(sessionStorage.getItem(KEY) ?? '[]'));

/**
 * Notes that the page at `next` comes after the one at `cursor`.
 *
 * @param {string | undefined} cursor
 * @param {string | null | undefined} next
 */
export function notePage(cursor = '', next) {
    if (!next || before.get(next) === cursor) return;
    before.set(next, cursor);
    sessionStorage.setItem(KEY, JSON.stringify([...before]));
}

/**
 * The cursor of the page before; undefined when the page was not reached through it, as by a link.
 *
 * @param {string} cursor
 */
export const previousPage = (cursor) => before.get(cursor);
