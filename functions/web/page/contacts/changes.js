// What this page has just changed. Lists follow with a short delay, and should not seem to have forgotten it.

import { useEffect, useState } from '../vendor/hooks.js';

/** How long a list may lag behind, in milliseconds. */
const LAG = 60_000;

/** By the contact's id; without `contact` it was deleted. */
const changes = new Map();
const listeners = new Set();

export const noteAdded = (contact) => note(contact.id, { contact, added: true });
export const noteChanged = (contact) => note(contact.id, { contact, added: changes.get(contact.id)?.added });
export const noteDeleted = (id) => note(id, {});

function note(id, change) {
    changes.set(id, { ...change, until: Date.now() + LAG });
    for (const listener of listeners) listener({});
}

/** Draws the component again when something is changed. */
export function useChanges() {
    const [, draw] = useState();
    useEffect(() => {
        listeners.add(draw);
        return () => listeners.delete(draw);
    }, []);
}

/** The items of a list as they are now. On a list's `beginning`, what was added and is not listed yet stands first. */
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
    const added = [...changes.values()].filter(({ contact, added }) => added && !listed.has(contact.id));
    return [...added.map(({ contact }) => contact).reverse(), ...present];
}
