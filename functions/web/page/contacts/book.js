// The calls of the API that are about contacts.

import { get, query, request } from '../api.js';
import { readLookUp } from './filters.js';

const PAGE = 50;
const NONE = { items: [], next_cursor: null };

const path = (id) => `/contacts/${encodeURIComponent(id)}`;
/** The entity tag of the version that somebody has looked at. */
const etag = ({ version }) => `"${version}"`;

/** A page of the list, in an order of the API: recent (the default), phone or email. */
export const listContacts = ({ sort, cursor }, signal) =>
    get(`/contacts${query({ sort, cursor, limit: PAGE })}`, { signal });

/** The contact; one that was joined into another is answered with the other. */
export const readContact = (id, signal) => get(path(id), { signal });

export const addContact = (body, idempotencyKey) => request('POST', '/contacts', { body, idempotencyKey });

/** Changes what is in `patch`, unless the contact is no longer the one that was `seen`. */
export const changeContact = (seen, patch) => request('PATCH', path(seen.id), { body: patch, etag: etag(seen) });

/** Takes the conflicts off a contact, those that came meanwhile included. */
export const dismissConflicts = (id) => request('PATCH', path(id), { body: { conflicts: null } });

export const deleteContact = (seen) => request('DELETE', path(seen.id), { etag: etag(seen) });

export const listConversations = (id, cursor, signal) =>
    get(`${path(id)}/conversations${query({ cursor, limit: 20 })}`, { signal });

export const listCustomFields = async (signal) => (await get('/custom-fields', { signal })).items;

/**
 * Contacts whose phone or email begins with a text, and who is known by exactly this one: a whole phone may be written
 * in the national way, and former phones and emails lead to their contact, too.
 */
export async function findContacts(text, cursor, signal) {
    const { prefix, exact } = readLookUp(text);
    const [known, page] = await Promise.all([
        exact && !cursor ? get(`/contacts${query(exact)}`, { signal }).catch(ifRefused) : NONE,
        prefix ? get(`/contacts${query({ ...prefix, cursor, limit: PAGE })}`, { signal }) : NONE,
    ]);
    const others = page.items.filter((contact) => !known.items.some(({ id }) => id === contact.id));
    return { items: [...known.items, ...others], next_cursor: page.next_cursor };
}

/** A beginning is not yet a phone, nor an email. */
function ifRefused(error) {
    if (error.status === 400) return NONE;
    throw error;
}
