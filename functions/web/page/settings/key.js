// Keys of custom fields.

const MAX_CHARS = 64;
/**
 * Letters that Unicode does not take apart.
 *
 * @type {Record<string, string>}
 */
const LETTERS = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/**
 * The key that a label suggests, in a–z, 0–9 and _; with a number if it is among those that are taken.
 *
 * @param {string} label
 * @param {string[]} taken
 */
export function keyFor(label, taken) {
    // Letters with their accents taken off.
    const plain = label.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    const letters = plain.replace(/[ßæœøłđı]/g, (letter) => LETTERS[letter]);
    const words = letters
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_/, '')
        .slice(0, MAX_CHARS)
        .replace(/_$/, '');
    const stem = words || 'field';
    let key = stem;
    for (let number = 2; taken.includes(key); number++) {
        const suffix = `_${number}`;
        key = stem.slice(0, MAX_CHARS - suffix.length) + suffix;
    }
    return key;
}
