// How a file is to be imported, as far as a person has said so; all else is found out.

/**
 * @import { Import, ImportColumn, NewImport, PreviewColumn } from '#api'
 *
 * @typedef {Omit<NewImport, 'file_name' | 'size_bytes'>} ImportSettings
 *
 * @typedef {object} Kept a mapping, and the columns that it was made for
 * @property {ImportColumn[]} mapping
 * @property {PreviewColumn[]} columns
 *
 * @typedef {Omit<ImportSettings, 'dry_run'> & {kept?: Kept}} Draft `kept`: to be carried over to the columns that a file has
 *     when it is read in another way; else there is the `mapping`, or neither of them
 *
 * @typedef {object} Shown the part of a preview that matters here
 * @property {PreviewColumn[]} columns
 * @property {ImportColumn[]} mapping
 * @property {Draft} asked by which it was made
 */

/** Fields that several columns may feed. */
const SHARED = ['name', 'telephone', 'whatsapp', 'email'];

/**
 * The settings of an import, to order another one by.
 *
 * @param {Import} job
 * @returns {ImportSettings}
 */
export function settingsOf({ encoding, quoting, header, mapping, default_country, on_invalid, existing }) {
    // One that waits for its file may have left some of them to be found out.
    const mapped = mapping.length > 0 ? mapping : undefined;
    return { encoding, quoting, header, mapping: mapped, default_country, on_invalid, existing };
}

/**
 * Which column feeds which field, for the columns that are shown.
 *
 * @param {Draft} draft
 * @param {Shown} [shown]
 * @returns {ImportColumn[]}
 */
export function mappingOf({ mapping, kept }, shown) {
    return mapping ?? (kept && kept.columns === shown?.columns ? kept.mapping : shown?.mapping) ?? [];
}

/**
 * The draft after a person has changed the mapping of the columns that are shown.
 *
 * @param {Draft} draft
 * @param {ImportColumn[]} mapping
 * @param {Shown} shown
 * @returns {Draft}
 */
export function remapped(draft, mapping, { columns, asked }) {
    // Other columns may be on their way.
    const isCurrent = asked.encoding === draft.encoding && asked.quoting === draft.quoting;
    return isCurrent
        ? { ...draft, mapping, kept: undefined }
        : { ...draft, mapping: undefined, kept: { mapping, columns } };
}

/**
 * The draft by which the text of the file is read in another way, after which its columns may be others.
 *
 * @param {Draft} draft
 * @param {Pick<Draft, 'encoding' | 'quoting'>} news
 * @param {Shown} [shown]
 * @returns {Draft}
 */
export function reread(draft, news, shown) {
    const { mapping } = draft;
    if (!mapping || !shown) return { ...draft, ...news };
    return { ...draft, ...news, mapping: undefined, kept: { mapping, columns: shown.columns } };
}

/**
 * The draft with another answer to whether the first row is a header, which leaves the columns where they are.
 *
 * @param {Draft} draft
 * @param {boolean} header
 * @param {Shown} [shown]
 * @returns {Draft}
 */
export function withHeader(draft, header, shown) {
    const mapping = draft.kept ? mappingOf(draft, shown) : draft.mapping;
    return { ...draft, header, mapping, kept: undefined };
}

/**
 * The mapping for the columns of a new preview: what was kept where the column is still the same, else what the preview
 * suggests.
 *
 * @param {Kept} kept
 * @param {Pick<Shown, 'columns' | 'mapping'>} suggested
 * @returns {ImportColumn[]}
 */
export function carriedOver(kept, { columns, mapping }) {
    const before = placesOf(kept.columns);
    const now = placesOf(columns);
    /** The present columns by the former ones. */
    const moved = new Map([...now].map(([name, column]) => [before.get(name), column]));
    const carried = kept.mapping.flatMap((mapped) => {
        const column = moved.get(mapped.column);
        return column === undefined ? [] : [{ ...mapped, column }];
    });
    const known = new Set([...now].filter(([name]) => before.has(name)).map(([, column]) => column));
    const fed = carried.map(({ field }) => field);
    const others = mapping.filter(
        ({ column, field }) => !known.has(column) && (SHARED.includes(field) || !fed.includes(field)),
    );
    return [...carried, ...others];
}

/**
 * By which a column is known again: its header. One without a header of its own is known by its place, among as many
 * columns.
 *
 * @param {PreviewColumn[]} columns
 */
function placesOf(columns) {
    /** @param {PreviewColumn} column */
    const nameOf = ({ column, header }) => {
        const isOnly = header !== null && columns.filter((other) => other.header === header).length === 1;
        return isOnly ? `"${header}"` : `${column} of ${columns.length}: ${header}`;
    };
    return new Map(columns.map((column) => [nameOf(column), column.column]));
}
