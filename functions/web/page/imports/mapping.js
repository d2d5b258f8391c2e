// Which column feeds which field, as the API takes it: [{column, field, create}].

/** @import { CustomField, CustomFieldType, FieldError, ImportColumn, PreviewColumn } from '#api' */

import { CHANNELS } from '../contacts/fields.js';
import { keyFor } from '../settings/key.js';

const CUSTOM = 'custom.';
/** @type {CustomFieldType[]} */
const TYPES = ['string', 'number'];
/** @type {string[]} */
const IDENTIFIERS = ['id', ...CHANNELS.map(({ key }) => key)];

/**
 * Fields that say which contact is meant, as an export of this book has them.
 *
 * @type {Record<string, string>}
 */
export const OWN = {
    id: 'Id of the contact',
    dial_code: 'Country of the phone',
    also_known_by: 'Further phones, emails and handles',
};

/** What feeds nothing, and what makes a custom field, where a person chooses a field for a column. */
export const LEFT_OUT = '';
/** @type {Record<CustomFieldType, string>} */
export const NEW = { string: 'new:string', number: 'new:number' };

/**
 * The choice that stands for what the mapping says of a column.
 *
 * @param {ImportColumn[]} mapping
 * @param {number} column
 */
export function choiceOf(mapping, column) {
    const mapped = mapping.find((mapped) => mapped.column === column);
    if (!mapped) return LEFT_OUT;
    return mapped.create ? NEW[mapped.create] : mapped.field;
}

/**
 * The mapping after a choice for a column of the preview.
 *
 * @param {ImportColumn[]} mapping
 * @param {PreviewColumn} column
 * @param {string} choice
 * @param {CustomField[]} fields the custom fields that there are
 * @returns {ImportColumn[]}
 */
export function choose(mapping, column, choice, fields) {
    const at = mapping.findIndex((mapped) => mapped.column === column.column);
    const others = mapping.filter((mapped) => mapped.column !== column.column);
    if (choice === LEFT_OUT) return others;
    const chosen = { column: column.column, ...target(others, column, choice, fields) };
    // The parts of a name are joined in the mapping's order: a column keeps its place, a new one goes by the file's order.
    const next = others.findIndex((mapped) => mapped.column > column.column);
    const place = at >= 0 ? at : next >= 0 ? next : others.length;
    return others.toSpliced(place, 0, chosen);
}

/**
 * @param {ImportColumn[]} others
 * @param {PreviewColumn} column
 * @param {string} choice
 * @param {CustomField[]} fields
 */
function target(others, column, choice, fields) {
    const create = TYPES.find((type) => NEW[type] === choice);
    if (!create) return { field: choice };
    const made = others.flatMap(({ field }) => customKey(field) ?? []);
    const taken = [...fields.map(({ key }) => key), ...made];
    return { field: CUSTOM + keyFor(column.header ?? `Column ${column.column + 1}`, taken), create };
}

/**
 * The key of a custom field's name in a mapping; undefined for another field.
 *
 * @param {string} field
 */
export function customKey(field) {
    return field.startsWith(CUSTOM) ? field.slice(CUSTOM.length) : undefined;
}

/**
 * The mapping without the columns that would make custom fields.
 *
 * @param {ImportColumn[]} mapping
 */
export function withoutNew(mapping) {
    return mapping.filter(({ create }) => !create);
}

/**
 * What a column is called: its header, else its number.
 *
 * @param {{header?: string | null, column: number}} column
 */
export function columnName({ header, column }) {
    return header ?? `Column ${column + 1}`;
}

/**
 * What the API says about the entries of a mapping that it refused.
 *
 * @param {FieldError[]} errors of the problem, [{field: "mapping[2].field", reason}]
 * @param {ImportColumn[]} mapping
 * @param {PreviewColumn[]} columns
 * @returns by column the reason, in which other columns are called by their names
 */
export function faultsOf(errors, mapping, columns) {
    /** @type {Map<number, string>} */
    const faults = new Map();
    for (const { field, reason } of errors) {
        const [, entry] = field.match(/^mapping\[(\d+)\]/) ?? [];
        const column = mapping[Number(entry)]?.column;
        if (column === undefined) continue;
        faults.set(
            column,
            reason.replace(/\bcolumn (\d+)/, (_, other) => `“${columnName(columns[other])}”`),
        );
    }
    return faults;
}

/**
 * Whether a row can say who it is about.
 *
 * @param {ImportColumn[]} mapping
 */
export function namesSomebody(mapping) {
    return mapping.some(({ field }) => IDENTIFIERS.includes(field));
}
