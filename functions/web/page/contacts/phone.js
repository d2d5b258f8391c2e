// Phones in groups of digits, as people read them aloud.
//
//     html`<${Phone} number="+12015550123" />`       shown as +1 201 555 0123, selected and copied as it is
//
// With `find`, it is marked where it has what somebody looks for.
//
// The gaps are margins, so that the text stays E.164. libphonenumber-js/min would know the grouping of every country; its
// metadata weighs more than a quarter of the whole first load, for a difference that few would notice.

import { html } from '../ui/html.js';
import { marked, phoneMark } from './mark.js';

/** The calling codes of one and two digits; the others have three. */
const SHORT_CODES = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/**
 * How countries write the rest, by calling code and number of digits. Where area codes differ in length, no pattern holds.
 *
 * @type {Record<string, number[]>}
 */
const PATTERNS = {
    '1/10': [3, 3, 4],
    '7/10': [3, 3, 2, 2],
    '31/9': [1, 4, 4],
    '32/9': [3, 2, 2, 2],
    '33/9': [1, 2, 2, 2, 2],
    '41/9': [2, 3, 2, 2],
    '44/10': [4, 3, 3],
    '45/8': [2, 2, 2, 2],
    '46/9': [2, 3, 2, 2],
    '47/8': [2, 2, 2, 2],
    '52/10': [2, 4, 4],
    '55/10': [2, 4, 4],
    '55/11': [2, 5, 4],
    '65/8': [4, 4],
    '81/10': [2, 4, 4],
    '82/10': [2, 4, 4],
    '86/11': [3, 4, 4],
    '91/10': [5, 5],
    '852/8': [4, 4],
    '971/9': [2, 3, 4],
};

/** @param {{number: string, find?: string}} props `number`: in E.164; an extension may follow */
export function Phone({ number, find = '' }) {
    const groups = groupsOf(number);
    const [from, to] = phoneMark(number, groups[0].length - 1, find) ?? [0, 0];
    let start = 0;
    const [first, ...others] = groups.map((group) => {
        /** @param {number} place */
        const clamp = (place) => Math.min(Math.max(place - start, 0), group.length);
        const [begin, end] = [clamp(from), clamp(to)];
        start += group.length;
        return marked(group, begin < end ? [[begin, end]] : []);
    });
    return html`<bdi class="grouped">${first}${others.map((group, index) => html`<span key=${index}>${group}</span>`)}</bdi>`;
}

/**
 * The groups of a phone, the calling code first; what is no phone is one group.
 *
 * @param {string} phone
 */
export function groupsOf(phone) {
    const [, digits, extension] = /^\+(\d{4,15})(?:;ext=(\d+))?$/.exec(phone) ?? [];
    if (!digits) return [phone];
    const code = SHORT_CODES.exec(digits)?.[0] ?? digits.slice(0, 3);
    const rest = digits.slice(code.length);
    const groups = split(rest, PATTERNS[`${code}/${rest.length}`] ?? inThrees(rest.length));
    return [`+${code}`, ...groups, ...(extension ? [` ext. ${extension}`] : [])];
}

/**
 * Groups of three; no digit stands alone at the end.
 *
 * @param {number} length
 */
function inThrees(length) {
    const groups = Array.from({ length: Math.max(Math.floor((length + 1) / 3), 1) }, () => 3);
    return [...groups.slice(0, -1), length - 3 * (groups.length - 1)];
}

/**
 * @param {string} digits
 * @param {number[]} lengths
 */
function split(digits, lengths) {
    let start = 0;
    return lengths.map((length) => {
        start += length;
        return digits.slice(start - length, start);
    });
}
