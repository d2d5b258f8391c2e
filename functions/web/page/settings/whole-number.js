// What somebody enters for a whole number.

/**
 * The number that a text is. Anything else stays a text, for the API to say what is wrong with it.
 *
 * @param {string} text
 */
export function wholeNumber(text) {
    const trimmed = text.trim();
    return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : trimmed;
}
