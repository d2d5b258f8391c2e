// The calls of the API that are about contacts.

/**
 * @import { Contact, ContactPatch, NewContact, Settlement } from '#api'
 * @import { Filter } from './filters.js'
 *
 * @typedef {'recent' | 'name' | 'phone' | 'email'} Order in which the API lists contacts
 */

import { get, getText, isStatus, request } from '../api.js';
import { readLookUp } from './filters.js';
import { nameMarks } from './mark.js';

/** The contacts on a page. */
export const PAGE = 50;
/** Those on a page of a look-up, which is read and drawn with each key. Typing on is quicker than turning pages. */
const PAGE_FOUND = 25;
/**
 * How many pages of the API are read at most for one page of those who talked. While an import is newer than all
 * conversations, each of them may have nobody.
 */
const MOST_READS = 10;
/** @type {{items: Contact[], next_cursor: string | null}} */
const NONE = { items: [], next_cursor: null };
/** What a cursor begins with that is of the second list of a look-up; no cursor of the API does. */
const SECOND = '~';

/**
 * The entity tag of the version that somebody has looked at.
 *
 * @param {Contact} contact
 */
const etag = ({ version }) => `"${version}"`;

/**
 * A page of the list.
 *
 * @param {{sort: Order, cursor: string}} page
 * @param {AbortSignal} signal
 */
export const listContacts = ({ sort, cursor }, signal) =>
    get('/contacts', { query: { sort, cursor, limit: PAGE }, signal });

/**
 * Contacts with conflicts, the newest conflict first.
 *
 * @param {string} cursor
 * @param {AbortSignal} signal
 */
export const listConflicts = (cursor, signal) =>
    get('/contacts', { query: { conflicts: 'true', cursor, limit: PAGE }, signal });

/**
 * Contacts that have had a conversation, who talked last first. A page of the API ends early where many have had none, so
 * the next ones are read until this one is full: it may have more than `PAGE` contacts, or after `MOST_READS` fewer.
 *
 * @param {{cursor?: string, background?: boolean}} page
 * @param {AbortSignal} signal
 */
export async function listTalked({ cursor = '', background }, signal) {
    /** @type {Contact[]} */
    const items = [];
    let at = cursor;
    for (let reads = 1; ; reads++) {
        const query = { talked: /** @type {const} */ ('true'), cursor: at, limit: PAGE };
        const page = await get('/contacts', { query, background, signal });
        items.push(...page.items);
        if (!page.next_cursor || items.length >= PAGE || reads === MOST_READS) return { ...page, items };
        at = page.next_cursor;
    }
}

/**
 * The newest entries of the list, asked for in the background.
 *
 * @param {number} limit
 * @param {AbortSignal} signal
 */
export const listNewest = (limit, signal) => get('/contacts', { query: { limit }, background: true, signal });

/**
 * The contact; one that was joined into another is answered with the other.
 *
 * @param {string} id
 * @param {AbortSignal} [signal]
 */
export const readContact = (id, signal) => get('/contacts/{id}', { path: { id }, signal });

/**
 * The contact as it is now, asked for in the background.
 *
 * @param {string} id
 * @param {AbortSignal} signal
 */
export const rereadContact = (id, signal) => get('/contacts/{id}', { path: { id }, background: true, signal });

/**
 * @param {NewContact} body
 * @param {string} idempotencyKey
 */
export const addContact = (body, idempotencyKey) => request('POST', '/contacts', { body, idempotencyKey });

/**
 * Changes what is in `patch`, unless the contact is no longer the one that was `seen`.
 *
 * @param {Contact} seen
 * @param {ContactPatch} patch
 */
export const changeContact = (seen, patch) =>
    request('PATCH', '/contacts/{id}', { path: { id: seen.id }, body: patch, etag: etag(seen) });

/**
 * Takes the conflicts off a contact, those that came meanwhile included.
 *
 * @param {string} id
 */
export const dismissConflicts = (id) => request('PATCH', '/contacts/{id}', { path: { id }, body: { conflicts: null } });

/**
 * Settles a conflict on both of its contacts. The answer is the contact in which the result is.
 *
 * @param {string} id
 * @param {string} conflict
 * @param {Settlement} body
 */
export const settleConflict = (id, conflict, body) =>
    request('POST', '/contacts/{id}/conflicts/{conflict_id}/settle', { path: { id, conflict_id: conflict }, body });

/** @param {Contact} seen */
export const deleteContact = (seen) => request('DELETE', '/contacts/{id}', { path: { id: seen.id }, etag: etag(seen) });

/**
 * Takes a deletion back.
 *
 * @param {string} id
 */
export const restoreContact = (id) => request('POST', '/contacts/{id}/restore', { path: { id } });

/**
 * Erases everything that is known of a contact, for good.
 *
 * @param {string} id
 */
export const eraseContact = (id) => request('POST', '/contacts/{id}/erase', { path: { id } });

/**
 * Everything that is known of a contact, as JSON.
 *
 * @param {string} id
 */
export const readEverything = (id) => getText('/contacts/{id}/everything', { path: { id } });

/**
 * @param {string} id
 * @param {string} cursor
 * @param {AbortSignal} signal
 */
export const listConversations = (id, cursor, signal) =>
    get('/contacts/{id}/conversations', { path: { id }, query: { cursor, limit: 20 }, signal });

/**
 * @param {string} id
 * @param {string} cursor
 * @param {AbortSignal} signal
 */
export const listHistory = (id, cursor, signal) =>
    get('/contacts/{id}/history', { path: { id }, query: { cursor, limit: 20 }, signal });

/**
 * Takes a conversation from a contact.
 *
 * @param {string} id
 * @param {string} conversation
 */
export const unlinkConversation = (id, conversation) =>
    request('DELETE', '/contacts/{id}/conversations/{conversation_id}', {
        path: { id, conversation_id: conversation },
    });

/** @param {AbortSignal} signal */
export const listCustomFields = async (signal) => (await get('/custom-fields', { signal })).items;

/**
 * Contacts who are known by exactly a text, whatever of it is shown: former phones, emails and user names lead to their
 * contact, too. Then those whose phone or name begins with it, and after the last one, those whose email does.
 *
 * @param {string} text
 * @param {string} cursor
 * @param {AbortSignal} signal
 */
export async function findContacts(text, cursor, signal) {
    const { prefixes, exact } = readLookUp(text);
    const [first, second] = prefixes;
    const isSecond = cursor.startsWith(SECOND);
    const from = isSecond ? cursor.slice(SECOND.length) : cursor;
    /** @type {(filter?: Filter, at?: string) => Promise<typeof NONE>} */
    const ask = async (filter, at = '') => {
        if (!filter) return NONE;
        const page = get('/contacts', { query: { ...filter, cursor: at, limit: PAGE_FOUND }, signal });
        return at ? page : page.catch(ifRefused);
    };
    const [page, others, ...known] = await Promise.all([
        ask(isSecond ? undefined : first, from),
        ask(second, isSecond ? from : ''),
        ...(cursor ? [] : exact.map((filter) => ask(filter))),
    ]);
    const found = [...known, page].flatMap(({ items }) => items);
    if (page.next_cursor) return { items: distinct(found), next_cursor: page.next_cursor };
    // A former page has listed whose name begins so.
    const isNew = ({ name = '' }) => !cursor || !nameMarks(name, text);
    const rest = others.items.filter(isNew);
    let { next_cursor: next } = others;
    while (next && rest.length < PAGE_FOUND) {
        const more = await ask(second, next);
        rest.push(...more.items.filter(isNew));
        next = more.next_cursor;
    }
    return { items: distinct([...found, ...rest]), next_cursor: next && `${SECOND}${next}` };
}

/** @param {Contact[]} contacts */
const distinct = (contacts) =>
    contacts.filter(({ id }, index) => contacts.findIndex((other) => other.id === id) === index);

/**
 * A beginning is not yet a phone, nor an email.
 *
 * @param {unknown} error
 */
function ifRefused(error) {
    if (isStatus(error, 400)) return NONE;
    throw error;
}
