// JSON whose numbers keep their digits: custom numbers have up to 38 of them, a float holds 15.

/** A string, which may look like numbers inside, or a number. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * JSON.parse, but a number that would not be written back as it was read is given as that text.
 *
 * @param {string} json
 * @returns {unknown}
 */
export function parseExactly(json) {
    /** @param {string} token */
    const isExact = (token) => token.startsWith('"') || String(Number(token)) === token;
    return JSON.parse(json.replace(TOKENS, (token) => (isExact(token) ? token : `"${token}"`)));
}
