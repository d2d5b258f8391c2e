// What somebody looks for, as filters of the API, and as the beginning of a new contact.

/**
 * @import { FieldPath } from './draft.js'
 *
 * @typedef {'phone' | 'email' | 'whatsapp_user_id' | 'instagram' | 'slack' | 'microsoft_teams'} ExactFilter
 *
 * @typedef {Partial<Record<ExactFilter | 'phone_prefix' | 'name_prefix' | 'email_prefix', string>>} Filter
 *
 * @typedef {object} Filters
 * @property {Filter[]} prefixes contacts whose name, phone or email begins so, in the order in which they are listed
 * @property {Filter[]} exact contacts that are known by exactly this, one filter each
 */

/** The fewest digits that are taken for a whole phone. */
const SHORTEST = 6;

/** What copied texts have around or between their letters that nobody sees: marks of direction, joiners. */
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
/**
 * What links to call, write or chat begin with, and what stands for it before the rest.
 *
 * @type {[RegExp, string][]}
 */
const LINKS = [
    [/^(?:tel|callto|sms|smsto|mailto|sip|sips):(?:\/\/)?/i, ''],
    // WhatsApp leaves the plus out.
    [/^(?:https?:\/\/)?(?:wa\.me\/|api\.whatsapp\.com\/send\/?\?phone=)(?:\+|%2B)?(?=\d)/i, '+'],
    [/^(?:https?:\/\/)?(?:www\.)?instagram\.com\/(?=\w)/i, '@'],
];

const PHONE = /^[+(]?[\d\s()./-]+$/;
const EXTENSION = /\s*(?:;ext=|ext\.?|x|#)\s*\d+$/i;
const EMAIL = /.@.+\../;
/** The forms of the ids and user names, which the API refuses otherwise. */
const HANDLES = /** @type {const} */ ({
    whatsapp_user_id: /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{5,128}$/,
    slack: /^(?:[TE][A-Z0-9]+:)?[UW][A-Z0-9]{5,}$/,
    microsoft_teams: /^(?:[\w.-]+:[^\s/]\S*|[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|[^\s@]+@[^\s@]+\.[^\s@]+)$/i,
    instagram: /^@?[\w.]{1,30}$/,
});

/**
 * The filters that find whom a text may name; none if it says nothing yet, as `+` alone.
 *
 * @param {string} text
 * @returns {Filters}
 */
export function readLookUp(text) {
    const wanted = plain(text);
    const phone = phoneIn(wanted);
    if (phone) {
        const isWhole = digitsIn(phone).digits.length >= SHORTEST;
        return { prefixes: [{ phone_prefix: phone }], exact: isWhole ? [{ phone: wanted }] : [] };
    }
    if (!/[\p{L}\p{N}]/u.test(wanted)) return { prefixes: [], exact: [] };
    return {
        prefixes: [{ name_prefix: wanted }, ...(/\s/.test(wanted) ? [] : [{ email_prefix: wanted }])],
        exact: [
            ...(EMAIL.test(wanted) ? [{ email: wanted }] : []),
            ...handlesIn(wanted).map((key) => ({ [key]: wanted })),
        ],
    };
}

/**
 * The field of a new contact that a text looks like, and its text.
 *
 * @param {string} text
 * @returns {[FieldPath, string]}
 */
export function readNew(text) {
    const wanted = plain(text);
    if (phoneIn(wanted)) return ['channels.telephone', wanted];
    if (EMAIL.test(wanted) && !/\s/.test(wanted)) return ['channels.email', wanted];
    // Most words could be user names. Only an @ says that one is.
    const handle = handlesIn(wanted).find((key) => key !== 'instagram' || wanted.startsWith('@'));
    return handle ? [`channels.${handle}`, wanted] : ['name', wanted];
}

/** @param {string} text */
const handlesIn = (text) =>
    /** @type {(keyof typeof HANDLES)[]} */ (Object.keys(HANDLES)).filter((key) => HANDLES[key].test(text));

/**
 * A text that is taken for a phone, without its extension; undefined for other texts.
 *
 * @param {string} wanted
 */
function phoneIn(wanted) {
    const phone = wanted.replace(EXTENSION, '');
    return PHONE.test(phone) && /\d/.test(phone) ? phone : undefined;
}

/**
 * The digits of a text that is taken for a phone, and whether they begin with the calling code.
 *
 * @param {string} text
 */
export function digitsIn(text) {
    const phone = phoneIn(plain(text)) ?? '';
    const isAbroad = /^(?:\+|00)/.test(phone);
    // A zero in brackets is not dialled from abroad.
    const digits = (isAbroad ? phone.replace('(0)', '') : phone).replace(/\D/g, '');
    return { digits: isAbroad ? digits.replace(/^00/, '') : digits, isAbroad };
}

/**
 * What stands in a text that was typed or pasted: without what nobody sees, and without the link around it.
 *
 * @param {string} text
 */
export function plain(text) {
    const seen = text.replace(INVISIBLE, '').replace(HYPHENS, '-').replace(/\s+/g, ' ').trim();
    const [link, start] = LINKS.find(([beginning]) => beginning.test(seen)) ?? [];
    return link ? decoded(seen.replace(link, start ?? '').replace(/\/?(?:[;?&#].*)?$/, '')).trim() : seen;
}

/** @param {string} text */
function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}
