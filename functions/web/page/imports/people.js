// Whom the rows of a file are about, as a preview or an import counts them.

/**
 * @import { Import, Preview } from '#api'
 *
 * @typedef {object} Meeting what is known of the contacts that the rows meet
 * @property {number} rows how many rows were looked at
 * @property {number} otherNames how many of them lead to a contact that is clearly called differently
 * @property {string[]} warnings
 * @property {boolean} isWhole all rows of the file were looked at, not only the first ones
 */

/**
 * What the preview of a file says. An API from before this count has none.
 *
 * @param {Pick<Preview, 'people' | 'warnings'>} preview
 * @returns {Meeting}
 */
export function meetingOfPreview({ people, warnings }) {
    return { rows: people?.rows ?? 0, otherNames: people?.other_names ?? 0, warnings, isWhole: false };
}

/**
 * What an import, or its dry run, has met. An API from before this count has none.
 *
 * @param {Pick<Import, 'rows' | 'other_names' | 'warnings'>} job
 * @returns {Meeting}
 */
export function meetingOfImport({ rows, other_names, warnings }) {
    return { rows: rows.read, otherNames: other_names ?? 0, warnings, isWhole: true };
}

/**
 * Whether a column may hold what several people share, such as the phone of an office: more than one row in twenty would
 * go to somebody else.
 *
 * @param {Meeting} meeting
 */
export const meetsOthers = ({ rows, otherNames }) => otherNames * 20 > rows;
