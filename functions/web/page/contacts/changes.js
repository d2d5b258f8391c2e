// What this page has just changed. Lists follow with a short delay, and should not seem to have forgotten it.

/**
 * @import { Contact } from '#api'
 *
 * @typedef {object} Change
 * @property {Contact} [contact] as it is now; without it, it was deleted
 * @property {boolean} [added]
 */

import { useEffect, useState } from '../vendor/hooks.js';

/** How long a list may lag behind, in milliseconds. */
const LAG = 60_000;

/**
 * By the contact's id, each until lists have followed.
 *
 * @type {Map<string, Change & {until: number}>}
 */
const changes = new Map();
/** @type {Set<(change: object) => void>} */
const listeners = new Set();

/** @param {Contact} contact */
export const noteAdded = (contact) => note(contact.id, { contact, added: true });
/** @param {Contact} contact */
export const noteChanged = (contact) => note(contact.id, { contact, added: changes.get(contact.id)?.added });
/** @param {string} id */
export const noteDeleted = (id) => note(id, {});

/**
 * The contact as this page has changed it last; undefined if it did not, or has deleted it.
 *
 * @param {string} id
 */
export const changed = (id) => changes.get(id)?.contact;

/**
 * @param {string} id
 * @param {Change} change
 */
function note(id, change) {
    changes.set(id, { ...change, until: Date.now() + LAG });
    for (const listener of listeners) listener({});
}

/** Draws the component again when something is changed. */
export function useChanges() {
    const [, draw] = useState({});
    useEffect(() => {
        listeners.add(draw);
        return () => {
            listeners.delete(draw);
        };
    }, []);
}

/**
 * The items of a list as they are now. On a list's `beginning`, what was added and is not listed yet stands first.
 *
 * @param {Contact[]} items
 * @param {boolean} beginning
 */
export function withChanges(items, beginning) {
    for (const [id, { until }] of changes) if (until < Date.now()) changes.delete(id);
    const present = items.flatMap((item) => {
        const change = changes.get(item.id);
        if (!change) return [item];
        if (!change.contact) return [];
        return change.contact.version > item.version ? [change.contact] : [item];
    });
    if (!beginning) return present;
    const listed = new Set(items.map(({ id }) => id));
    const added = [...changes.values()].flatMap(({ contact, added }) => {
        return contact && added && !listed.has(contact.id) ? [contact] : [];
    });
    return [...added.reverse(), ...present];
}
