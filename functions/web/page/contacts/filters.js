// What somebody looks for, as filters of the API.

/**
 * @typedef {object} Filters
 * @property {{phone_prefix?: string, email_prefix?: string}} [prefix] contacts whose phone or email begins so
 * @property {{phone?: string, email?: string}} [exact] the contact that is known by it
 */

/** The fewest digits that are taken for a whole phone. */
const SHORTEST = 6;
/** The most digits that a phone has. */
const LONGEST = 15;

/**
 * @param {string} text
 * @returns {Filters}
 */
export function readLookUp(text) {
    const wanted = text.trim();
    const digits = wanted.replace(/\D/g, '');
    if (digits && /^[+(]?[\d\s()./–-]+$/.test(wanted)) {
        return {
            prefix: digits.length <= LONGEST ? { phone_prefix: `+${digits}` } : undefined,
            exact: digits.length >= SHORTEST ? { phone: wanted } : undefined,
        };
    }
    return { prefix: { email_prefix: wanted }, exact: /.@.+\../.test(wanted) ? { email: wanted } : undefined };
}
