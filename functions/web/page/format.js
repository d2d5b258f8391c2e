// How dates, numbers, countries and the API's words are shown to people, in the browser's language and time zone.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const countries = new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' });

/**
 * "3 hours ago" within the last week, else the day.
 *
 * @param {string} at
 */
export function ago(at, now = Date.now()) {
    const passed = now - Date.parse(at);
    if (passed >= 7 * DAY || passed < -MINUTE) return day.format(new Date(at));
    if (passed < MINUTE) return 'just now';
    if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), 'minute');
    if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), 'hour');
    return relative.format(-Math.floor(passed / DAY), 'day');
}

/**
 * The exact moment in words.
 *
 * @param {string} at
 */
export const exactly = (at) => full.format(new Date(at));

/**
 * The moment in short: its day and minute.
 *
 * @param {string} at
 */
export const moment = (at) => short.format(new Date(at));

/**
 * Grouped as the language does it, every digit kept; one with an exponent stands as it is.
 *
 * @param {number | string} value
 */
export function number(value) {
    const [plain, , fraction = ''] = /^-?\d+(\.(\d+))?$/.exec(String(value)) ?? [];
    if (!plain) return String(value);
    const digits = { minimumFractionDigits: fraction.length, maximumFractionDigits: fraction.length };
    return new Intl.NumberFormat(undefined, { ...digits, useGrouping: 'min2' }).format(
        /** @type {`${number}`} */ (plain),
    );
}

/**
 * "1 contact", "2 contacts".
 *
 * @param {number} n
 * @param {string} one
 */
export const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

/** @param {number} n */
export function bytes(n) {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
    const power = Math.min(Math.floor(Math.log10(Math.max(n, 1)) / 3), units.length - 1);
    /** @type {Intl.NumberFormatOptions} */
    const options = { style: 'unit', unit: units[power], unitDisplay: power === 0 ? 'long' : 'short' };
    return new Intl.NumberFormat(undefined, { ...options, maximumFractionDigits: 1 }).format(n / 1000 ** power);
}

/**
 * A country's name from its two letters.
 *
 * @param {string} code
 */
export function country(code) {
    try {
        return countries.of(code) ?? code;
    } catch {
        return code;
    }
}

/**
 * The API's lower-case fragment as a sentence.
 *
 * @param {string} text
 */
export const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/**
 * What the API says of a field ("is not of the form name@domain") as a sentence that stands beside it.
 *
 * @param {string} text
 */
export const reason = (text) => sentence(/^(is|has|was|must|belongs|cannot|can)\b/.test(text) ? `this ${text}` : text);
