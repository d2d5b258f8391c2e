// What somebody looks for, as filters of the API, and as the beginning of a new contact.

/**
 * @import { FieldPath } from './draft.js'
 *
 * @typedef {'phone' | 'email' | 'whatsapp_user_id' | 'instagram' | 'slack' | 'microsoft_teams'} ExactFilter
 *
 * @typedef {object} Filters
 * @property {{phone_prefix?: string, email_prefix?: string}} [prefix] contacts whose phone or email begins so
 * @property {Partial<Record<ExactFilter, string>>[]} exact contacts that are known by exactly this, one filter each
 */

/** The fewest digits that are taken for a whole phone. */
const SHORTEST = 6;
/** The most digits that a phone has. */
const LONGEST = 15;

/** What copied texts have around or between their letters that nobody sees: marks of direction, joiners. */
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
/** What links to call, write or chat begin with. */
const LINKS =
    /^(?:tel|callto|sms|smsto|mailto|sip|sips):(?:\/\/)?|^(?:https?:\/\/)?(?:wa\.me|api\.whatsapp\.com\/send\/?\?phone=)\/?/i;

const PHONE = /^[+(]?[\d\s()./-]+$/;
const EMAIL = /.@.+\../;
/** The forms of the ids and user names, which the API refuses otherwise. */
const HANDLES = /** @type {const} */ ({
    whatsapp_user_id: /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{5,128}$/,
    slack: /^(?:[TE][A-Z0-9]+:)?[UW][A-Z0-9]{5,}$/,
    microsoft_teams: /^(?:[\w.-]+:[^\s/]\S*|[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|[^\s@]+@[^\s@]+\.[^\s@]+)$/i,
    instagram: /^@?[\w.]{1,30}$/,
});

/**
 * The filters that find whom a text may name; neither prefix nor exact if it says nothing yet, as `+` alone.
 *
 * @param {string} text
 * @returns {Filters}
 */
export function readLookUp(text) {
    const wanted = plain(text);
    const digits = digitsOf(wanted);
    if (isPhone(wanted)) {
        return {
            prefix: digits.length <= LONGEST ? { phone_prefix: `+${digits}` } : undefined,
            exact: digits.length >= SHORTEST ? [{ phone: wanted }] : [],
        };
    }
    if (!/[\p{L}\p{N}]/u.test(wanted)) return { exact: [] };
    return {
        prefix: { email_prefix: wanted },
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
    if (isPhone(wanted)) return ['channels.telephone', wanted];
    if (EMAIL.test(wanted) && !/\s/.test(wanted)) return ['channels.email', wanted];
    // Most words could be user names. Only an @ says that one is.
    const handle = handlesIn(wanted).find((key) => key !== 'instagram' || wanted.startsWith('@'));
    return handle ? [`channels.${handle}`, wanted] : ['name', wanted];
}

/** @param {string} text */
const handlesIn = (text) =>
    /** @type {(keyof typeof HANDLES)[]} */ (Object.keys(HANDLES)).filter((key) => HANDLES[key].test(text));

/** @param {string} wanted */
const isPhone = (wanted) => PHONE.test(wanted) && /\d/.test(wanted);

/**
 * The digits with the country code first: `00` stands for a plus, and a zero in brackets is not dialled from abroad.
 *
 * @param {string} wanted
 */
function digitsOf(wanted) {
    const isAbroad = /^(?:\+|00)/.test(wanted);
    return (isAbroad ? wanted.replace('(0)', '') : wanted).replace(/\D/g, '').replace(/^00/, '');
}

/**
 * What stands in a text that was typed or pasted: without what nobody sees, and without the link around it.
 *
 * @param {string} text
 */
function plain(text) {
    const seen = text.replace(INVISIBLE, '').replace(HYPHENS, '-').replace(/\s+/g, ' ').trim();
    const linked = seen.replace(LINKS, '');
    return linked === seen ? seen : decoded(linked.replace(/[;?&#].*$/, '')).trim();
}

/** @param {string} text */
function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}
