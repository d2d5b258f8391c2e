// How a file would be imported, from its beginning; and its first rows.

/**
 * @import { CustomField, ImportColumn, OnInvalid, Preview } from '#api'
 * @import { PreviewColumn, PreviewRow, RowProblem, UnsavedContact } from '#api'
 * @import { ChannelKey } from '../contacts/fields.js'
 * @import { Draft } from './draft.js'
 */

import { ApiError, request } from '../api.js';
import { labelOf } from '../contacts/fields.js';
import { count, number, sentence } from '../format.js';
import { Flag } from '../ui/flag.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useLoad } from '../ui/load.js';
import { useMemo } from '../vendor/hooks.js';
import { carriedOver } from './draft.js';
import { columnName, customKey, OWN } from './mapping.js';

const SAMPLE_BYTES = 256 * 1024;
/** The most that one upload takes. */
const MAX_BYTES = 5 * 1024 ** 3;

/**
 * How a file would be imported.
 *
 * @param {File} file
 * @param {Draft} draft
 * @returns the state of `useLoad`, in which `data.asked` is the draft that it was asked for. After an error `data` is the
 *     last preview that there was
 */
export function usePreview(file, draft) {
    const { encoding, quoting, header, mapping, default_country, kept } = draft;
    const sample = useMemo(() => sampleOf(file), [file]);
    return useLoad(
        async (signal) => {
            refuse(file);
            /** @param {ImportColumn[] | null} [mapped] */
            const read = async (mapped) => {
                // A mapping has at least one column; as long as there is none, the preview shows what there is to choose from.
                const mapping = mapped?.length ? mapped : undefined;
                const body = { encoding, quoting, header, mapping, default_country, sample: await sample };
                return request('POST', '/imports/preview', { body, signal });
            };
            const answer = await read(mapping);
            if (!kept) return { ...answer, asked: draft };
            // Only now is it known which columns there are.
            const carried = carriedOver(kept, answer);
            return { ...(await read(carried)), mapping: carried, asked: draft };
        },
        [sample, encoding, quoting, header, mapping, default_country, kept],
    );
}

/**
 * What need not be sent to be refused.
 *
 * @param {File} file
 */
function refuse({ size }) {
    const reason =
        size === 0 ? 'the file is empty' : size > MAX_BYTES ? 'the file is larger than 5 GB: split it' : undefined;
    if (reason) throw new ApiError(422, { errors: [{ field: 'sample', reason }] });
}

/**
 * The beginning of a file in base64. Fails if it cannot be read: it was moved or changed, or is a folder.
 *
 * @param {File} file
 * @returns {Promise<string>}
 */
function sampleOf(file) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        // data:…;base64,…
        reader.onload = () => resolve(String(reader.result).replace(/^.*?,/, ''));
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(file.slice(0, SAMPLE_BYTES));
    });
}

/**
 * @param {{
 *     preview: Preview,
 *     isStale: boolean,
 *     mapping: ImportColumn[],
 *     fields: CustomField[],
 *     onInvalid: OnInvalid,
 * }} props `isStale`: the rows were read by another mapping
 */
export function FirstRows({ preview: { rows, columns }, isStale, mapping, fields, onInvalid }) {
    const shown = [...new Set(mapping.map(({ field }) => field))].filter((field) => !(field in OWN));
    if (rows.length === 0 || shown.length === 0) return null;
    const named = [...fields, ...newFields(mapping, columns)];
    const faulty = rows.filter((row) => problemsOf(row).length > 0).length;
    return html`
        <section class=${`card ${isStale ? 'stale' : ''}`} aria-busy=${String(isStale)}>
            <div class="heading">
                <h2>First rows</h2>
                <p class="quiet" role="status">
                    ${faulty > 0 ? `${count(faulty, 'row has', 'rows have')} a problem.` : 'All rows are valid.'}
                </p>
            </div>
            <div class="sideways" role="region" aria-label="First rows" tabindex="0">
                <table class="first-rows">
                    <caption class="hidden">The first rows, as they would be imported</caption>
                    <thead>
                        <tr>
                            <th scope="col">Line</th>
                            ${shown.map(
                                (field) => html`
                                    <th scope="col" key=${field}><bdi class="cut">${labelOf(field, named)}</bdi></th>`,
                            )}
                        </tr>
                    </thead>
                    ${rows.map(
                        (row) => html`
                            <${Row} key=${row.line} row=${row} shown=${shown} columns=${columns} onInvalid=${onInvalid} />`,
                    )}
                </table>
            </div>
        </section>`;
}

/**
 * The custom fields that the import would make, as they would be called.
 *
 * @param {ImportColumn[]} mapping
 * @param {PreviewColumn[]} columns
 */
function newFields(mapping, columns) {
    return mapping.flatMap(({ column, field, create }) => {
        const key = create ? customKey(field) : undefined;
        return key === undefined ? [] : [{ key, label: columnName(columns[column]) }];
    });
}

/** @param {{row: PreviewRow, shown: string[], columns: PreviewColumn[], onInvalid: OnInvalid}} props */
function Row({ row, shown, columns, onInvalid }) {
    const { line, contact } = row;
    const problems = problemsOf(row);
    return html`
        <tbody>
            <tr>
                <th scope="row">${number(line)}</th>
                ${shown.map((field) => html`<td key=${field}><${Value} contact=${contact} field=${field} /></td>`)}
            </tr>
            ${
                problems.length > 0 &&
                html`
                    <tr class="problems">
                        <td></td>
                        <td colspan=${shown.length}>
                            ${problems.map(
                                (problem) => html`
                                    <p key=${problem.column}><${Icon} name="warning" /> ${tell(problem, columns)}</p>`,
                            )}
                            <p class="quiet">${outcome(row, onInvalid)}</p>
                        </td>
                    </tr>`
            }
        </tbody>`;
}

/** @param {{contact: UnsavedContact, field: string}} props */
function Value({ contact, field }) {
    const custom = customKey(field);
    if (custom !== undefined) {
        const value = contact.custom_fields?.[custom];
        return value === undefined ? null : html`<bdi class="cut">${String(value)}</bdi>`;
    }
    if (field === 'name') return html`<bdi class="cut">${contact.name}</bdi>`;
    const further = (contact.also_known_by ?? []).filter((known) => known.field === field);
    const value = contact.channels[/** @type {ChannelKey} */ (field)];
    const isPhone = value && value === contact.phone;
    return html`
        ${isPhone && contact.channels.dial_code && html`<${Flag} country=${contact.channels.dial_code} /> `}
        <bdi class="cut">${value}</bdi>
        ${further.map(({ value }) => html`<br /><bdi class="cut quiet" key=${value}>${value}</bdi>`)}`;
}

/**
 * What is wrong with a row: why it would be rejected, or what would be left out of it.
 *
 * @param {PreviewRow} row
 */
const problemsOf = ({ problems, skipped }) => [...problems, ...skipped];

/**
 * @param {RowProblem} problem
 * @param {PreviewColumn[]} columns
 */
function tell({ column, reason }, columns) {
    if (column === null) return sentence(reason);
    return html`<bdi>${columnName(columns[column] ?? { column })}</bdi>: ${sentence(reason)}`;
}

/**
 * What becomes of a row that has a problem. One with more phones or emails than a contact can have is never rejected for it.
 *
 * @param {PreviewRow} row
 * @param {OnInvalid} onInvalid
 */
function outcome({ problems, skipped }, onInvalid) {
    const isInvalid = skipped.some(({ code }) => code !== 'too_many_identifiers');
    return problems.length > 0 || (isInvalid && onInvalid === 'reject_row')
        ? 'This row would be rejected.'
        : 'The rest of this row would be imported.';
}
