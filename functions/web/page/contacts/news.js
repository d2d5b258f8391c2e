// What the list does not show yet: who was added or has talked since it was read.

/** @import { Contact } from '#api' */

import { activityOf } from './fields.js';

/**
 * The entries of the list as it is now that belong above the rows that are shown. A contact that stands where it belongs
 * is not one of them, although it has talked again.
 *
 * @param {Contact[]} shown
 * @param {Contact[]} fresh
 * @param {string} since the newest activity when the list was read
 */
export function newsOf(shown, fresh, since) {
    const known = new Map(shown.map((contact) => [contact.id, contact]));
    const entries = fresh.filter((contact) => {
        const activity = activityOf(contact);
        const before = known.get(contact.id);
        return isAfter(activity, since) && !(before && !isAfter(activity, activityOf(before)));
    });
    const isInPlace = entries.every(({ id }, index) => id === fresh[index].id && id === shown[index]?.id);
    return isInPlace ? [] : entries;
}

/**
 * The rows that are shown, in their order, as they are now.
 *
 * @param {Contact[]} shown
 * @param {Contact[]} fresh
 */
export function renewed(shown, fresh) {
    const now = new Map(fresh.map((contact) => [contact.id, contact]));
    return shown.map((contact) => {
        const other = now.get(contact.id);
        return other && other.version > contact.version ? other : contact;
    });
}

/**
 * The moment of the newest activity in a list.
 *
 * @param {Contact[]} contacts
 */
export const newestOf = (contacts) =>
    contacts.map(activityOf).reduce((one, other) => (isAfter(other, one) ? other : one), '');

/** @type {(one: string, other: string) => boolean} */
const isAfter = (one, other) => !other || Date.parse(one) > Date.parse(other);
