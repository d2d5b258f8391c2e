// What stands in a form, as texts by their path in the API's JSON (`channels.email`), and what to send of it.
//
// A custom number is sent as the text that was typed: the API reads it, and no digit is lost on the way.

/**
 * @import { Contact, ContactPatch, CustomField, NewContact } from '#api'
 * @import { ChannelKey } from './fields.js'
 *
 * @typedef {keyof ContactPatch & keyof NewContact} Member
 * @typedef {'name' & Member | `${'channels' & Member}.${ChannelKey}` | `${'custom_fields' & Member}.${string}`} FieldPath
 *
 * @typedef {Record<string, string>} Draft the texts by their `FieldPath`
 *
 * @typedef {object} Change what others made of a field while somebody was editing
 * @property {string} before
 * @property {string} theirs
 * @property {boolean} clashed whether the person has changed the field to something else
 */

import { CHANNELS } from './fields.js';

/**
 * The texts of a contact; those of an empty form without one.
 *
 * @param {Contact | undefined} contact
 * @param {CustomField[]} customFields
 * @returns {Draft}
 */
export function draftOf(contact, customFields) {
    return Object.fromEntries([
        textAt('name', contact?.name),
        ...CHANNELS.map(({ key }) => textAt(`channels.${key}`, contact?.channels[key])),
        ...customFields.map(({ key }) => textAt(`custom_fields.${key}`, contact?.custom_fields?.[key])),
    ]);
}

/**
 * @param {FieldPath} path
 * @param {string | number | undefined} value
 * @returns {[FieldPath, string]}
 */
const textAt = (path, value) => [path, String(value ?? '')];

/**
 * @param {Draft} base
 * @param {Draft} draft
 */
export const isChanged = (base, draft) => Object.keys(draft).some((path) => draft[path] !== base[path]);

/**
 * The body that adds a contact: what is filled in.
 *
 * @param {Draft} draft
 * @returns {NewContact}
 */
export const bodyOf = (draft) => nested(Object.entries(draft).filter(([, text]) => text.trim()));

/**
 * The merge patch from what a contact was to what it shall be: null where a text was taken out.
 *
 * @param {Draft} base
 * @param {Draft} draft
 * @returns {ContactPatch}
 */
export function patchOf(base, draft) {
    const changed = Object.entries(draft).filter(([path, text]) => text !== base[path]);
    return nested(changed.map(([path, text]) => [path, text.trim() ? text : null]));
}

/** @param {[path: string, value: string | null][]} entries */
function nested(entries) {
    /** @type {Record<string, string | null | Record<string, string | null>>} */
    const body = {};
    for (const [path, value] of entries) {
        // A key has no point in it, a path at most one.
        const [member, key] = path.split('.');
        const inner = body[member];
        if (key) body[member] = { ...(typeof inner === 'object' ? inner : {}), [key]: value };
        else body[member] = value;
    }
    return body;
}

/**
 * Puts a draft on top of what the contact has become meanwhile. Fields that only the others changed follow them; where
 * both did, the draft stays, and the person decides.
 *
 * @param {Draft} base what the contact was
 * @param {Draft} draft
 * @param {Draft} fresh what the contact is
 * @returns the new `draft`, and of each field that others changed in `changes`, by its path: what it was `before`, what
 *     they made of it (`theirs`), and whether the person has `clashed` with that
 */
export function rebase(base, draft, fresh) {
    /** @type {Record<string, Change>} */
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
