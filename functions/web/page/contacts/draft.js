// What stands in a form, as texts by their path in the API's JSON (`channels.email`), and what to send of it.
//
// A custom number is sent as the text that was typed: the API reads it, and no digit is lost on the way.

import { CHANNELS } from './fields.js';

/** The texts of a contact; those of an empty form without one. */
export function draftOf(contact, customFields) {
    const draft = { name: contact?.name ?? '' };
    for (const { key } of CHANNELS) draft[`channels.${key}`] = contact?.channels[key] ?? '';
    for (const { key } of customFields) draft[`custom_fields.${key}`] = String(contact?.custom_fields?.[key] ?? '');
    return draft;
}

export const isChanged = (base, draft) => Object.keys(draft).some((path) => draft[path] !== base[path]);

/** The body that adds a contact: what is filled in. */
export const bodyOf = (draft) => nested(Object.entries(draft).filter(([, text]) => text.trim()));

/** The merge patch from what a contact was to what it shall be: null where a text was taken out. */
export function patchOf(base, draft) {
    const changed = Object.entries(draft).filter(([path, text]) => text !== base[path]);
    return nested(changed.map(([path, text]) => [path, text.trim() ? text : null]));
}

function nested(entries) {
    const body = {};
    for (const [path, value] of entries) {
        // A key has no point in it, a path at most one.
        const [member, key] = path.split('.');
        if (key) body[member] = { ...body[member], [key]: value };
        else body[member] = value;
    }
    return body;
}

/**
 * Puts a draft on top of what the contact has become meanwhile. Fields that only the others changed follow them; where
 * both did, the draft stays, and the person decides.
 *
 * @returns the new `draft`, and of each field that others changed in `changes`, by its path: what it was `before`, what
 *     they made of it (`theirs`), and whether the person has `clashed` with that
 */
export function rebase(base, draft, fresh) {
    const changes = {};
    const rebased = { ...draft };
    for (const path of Object.keys(draft)) {
        const [before, theirs, mine] = [base[path], fresh[path], draft[path]];
        if (theirs === before || theirs === mine) continue;
        const clashed = mine !== before;
        if (!clashed) rebased[path] = theirs;
        changes[path] = { before, theirs, clashed };
    }
    return { draft: rebased, changes };
}
