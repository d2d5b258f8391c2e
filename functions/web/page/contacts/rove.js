// Moving through the table by the keyboard: one tab stop, from which the arrow keys lead on.
//
// The rows are one column of links, and above it stands the row of headers that sort.

/** @import { TargetedKeyboardEvent } from '../vendor/preact.js' */

const ROWS = 'tbody th a';
const HEADERS = 'thead button';

/**
 * Goes where an arrow key, Home or End leads from what has the focus.
 *
 * @param {TargetedKeyboardEvent<HTMLElement>} event a key that was pressed in the table
 */
export function rove(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const next = target(event.currentTarget, document.activeElement, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
}

/**
 * Puts the focus on the row that is `step` rows from the one that has it; on the first one if none has it.
 *
 * @param {Element | null | undefined} table
 * @param {number} step
 */
export function focusRow(table, step) {
    const rows = elements(table, ROWS);
    const present = place(rows, document.activeElement);
    rows[present < 0 ? 0 : present + step]?.focus();
}

/**
 * @param {Element} table
 * @param {Element | null} from
 * @param {string} key
 */
function target(table, from, key) {
    const [rows, headers] = [elements(table, ROWS), elements(table, HEADERS)];
    const header = place(headers, from);
    if (header >= 0) {
        // In a language that is written from right to left, the next header is on the left.
        const forth = getComputedStyle(table).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
        if (key === 'ArrowDown') return rows[0];
        if (key === 'ArrowLeft' || key === 'ArrowRight') return headers[header + (key === forth ? 1 : -1)];
        return undefined;
    }
    const row = place(rows, from);
    if (row < 0) return undefined;
    switch (key) {
        case 'ArrowDown':
            return rows[row + 1];
        case 'ArrowUp':
            return rows[row - 1] ?? headers[0];
        case 'Home':
            return rows[0];
        case 'End':
            return rows.at(-1);
        default:
            return undefined;
    }
}

/**
 * @param {Element | null | undefined} table
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
const elements = (table, selector) => [
    .../** @type {NodeListOf<HTMLElement>} */ (table?.querySelectorAll(selector) ?? []),
];

/**
 * @param {Element[]} all
 * @param {Element | null} one
 */
const place = (all, one) => (one ? all.indexOf(one) : -1);
