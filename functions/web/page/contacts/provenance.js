// Where the values of a contact came from, said once for as many as possible.

/**
 * @import { Contact } from '#api'
 *
 * @typedef {object} CommonOrigin
 * @property {string} source
 * @property {string} at when the newest of the values was observed
 * @property {boolean} isOfAll whether no value has another source
 */

/**
 * The source that most of the fields have, if it is that of two or more.
 *
 * @param {Contact} contact
 * @param {string[]} fields as in `provenance`
 * @returns {CommonOrigin | undefined}
 */
export function commonOrigin({ provenance = {} }, fields) {
    const origins = fields.flatMap((field) => provenance[field] ?? []);
    /** @type {Map<string, string[]>} */
    const moments = new Map();
    for (const { source, at } of origins) moments.set(source, [...(moments.get(source) ?? []), at]);
    const [most] = [...moments].sort(([, one], [, other]) => other.length - one.length);
    if (!most || most[1].length < 2) return undefined;
    const [source, times] = most;
    const at = times.reduce((one, other) => (Date.parse(other) > Date.parse(one) ? other : one));
    return { source, at, isOfAll: times.length === origins.length };
}
