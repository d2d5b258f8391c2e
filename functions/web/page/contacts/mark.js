// What somebody looks for, marked where it stands in a value.
//
//     html`<${Marked} text="Léna Fischer" find="lena" />`       the name with its first word in a <mark>

/**
 * @import { ComponentChildren } from '../vendor/preact.js'
 *
 * @typedef {[from: number, to: number]} Mark a part of a text
 */

import { html } from '../ui/html.js';
import { digitsIn, plain } from './filters.js';

/** @param {{text: string, find?: string}} props a name or an email */
export function Marked({ text, find = '' }) {
    return marked(text, nameMarks(text, find) ?? []);
}

/**
 * A text with marks.
 *
 * @param {string} text
 * @param {Mark[]} marks in their order
 * @returns {ComponentChildren}
 */
export function marked(text, marks) {
    let end = 0;
    const parts = marks.map(([from, to]) => {
        const before = text.slice(end, from);
        end = to;
        return html`${before}<mark>${text.slice(from, to)}</mark>`;
    });
    return [...parts, text.slice(end)];
}

/**
 * Where a name begins with a text, or its last word does: those are what the API finds. Undefined if neither does.
 *
 * @param {string} name
 * @param {string} find
 * @returns {Mark[] | undefined}
 */
export function nameMarks(name, find) {
    const wanted = fold(plain(find));
    if (!wanted) return undefined;
    const folded = fold(name);
    if (folded.startsWith(wanted)) return [[0, placeIn(name, wanted.length)]];
    const last = name.lastIndexOf(' ') + 1;
    const [family, given] = [fold(name.slice(last)), fold(name.slice(0, last)).trimEnd()];
    if (!`${family} ${given}`.startsWith(wanted)) return undefined;
    const [inFamily, inGiven] = [wanted.slice(0, family.length), wanted.slice(family.length + 1)];
    const mark = /** @type {Mark} */ ([last, last + placeIn(name.slice(last), inFamily.length)]);
    return inGiven ? [[0, placeIn(name, inGiven.length)], mark] : [mark];
}

/**
 * Where a phone has the digits that are looked for: at its beginning, or after the calling code, as it is dialled at home.
 * There, up to two digits come before that are not dialled from abroad.
 *
 * @param {string} number in E.164
 * @param {number} code the length of its calling code
 * @param {string} find
 * @returns {Mark | undefined}
 */
export function phoneMark(number, code, find) {
    const { digits, isAbroad } = digitsIn(find);
    if (!digits || !number.startsWith('+')) return undefined;
    if (number.startsWith(`+${digits}`)) return [0, 1 + digits.length];
    if (isAbroad) return undefined;
    const dialled = [0, 1, 2].map((trunk) => digits.slice(trunk));
    const home = dialled.find((rest) => rest && number.startsWith(rest, 1 + code));
    return home ? [1 + code, 1 + code + home.length] : undefined;
}

/**
 * A text as names are compared: accents and case aside.
 *
 * @param {string} text
 */
const fold = (text) => Array.from(text, foldCharacter).join('');

/** @param {string} character */
const foldCharacter = (character) => bare(bare(character).toLowerCase().toUpperCase().toLowerCase());

/** @param {string} text */
const bare = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '');

/**
 * The end of the part of a text that makes so many characters when it is folded; accents that follow belong to it.
 *
 * @param {string} text
 * @param {number} length
 */
function placeIn(text, length) {
    let folded = 0;
    let place = 0;
    for (const character of text) {
        const more = foldCharacter(character).length;
        if (folded >= length && more > 0) break;
        folded += more;
        place += character.length;
    }
    return place;
}
