// How a file would be imported, from its beginning; and its first rows.

import { ApiError, request } from '../api.js';
import { labelOf } from '../contacts/fields.js';
import { count, number, sentence } from '../format.js';
import { Flag } from '../ui/flag.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useLoad } from '../ui/load.js';
import { useMemo } from '../vendor/hooks.js';
import { columnName, customKey } from './mapping.js';

const SAMPLE_BYTES = 256 * 1024;
/** The most that one upload takes. */
const MAX_BYTES = 5 * 1024 ** 3;
/** Fields that say which contact is meant, and are not shown as values. */
const KEYS = ['id', 'dial_code'];

/**
 * @param {{header?: boolean, mapping?: object[], default_country?: string}} told how the file is to be read; what is not
 *     told is found out
 * @returns the state of `useLoad`. After an error `data` is the last preview that there was
 */
export function usePreview(file, told) {
    const sample = useMemo(() => sampleOf(file), [file]);
    return useLoad(
        async (signal) => {
            refuse(file);
            // A mapping has at least one column; as long as there is none, the preview shows what there is to choose from.
            const mapping = told.mapping?.length > 0 ? told.mapping : undefined;
            const body = { ...told, mapping, sample: await sample };
            return request('POST', '/imports/preview', { body, signal });
        },
        [sample, told],
    );
}

/** What need not be sent to be refused. */
function refuse({ size }) {
    const reason =
        size === 0 ? 'the file is empty' : size > MAX_BYTES ? 'the file is larger than 5 GB: split it' : undefined;
    if (reason) throw new ApiError(422, { errors: [{ field: 'sample', reason }] });
}

/** The beginning of a file in base64. Fails if it cannot be read: it was moved or changed, or is a folder. */
function sampleOf(file) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        // data:…;base64,…
        reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(file.slice(0, SAMPLE_BYTES));
    });
}

/** `isStale`: the rows were read by another mapping. */
export function FirstRows({ preview: { rows, columns }, isStale, mapping, fields, onInvalid }) {
    const shown = [...new Set(mapping.map(({ field }) => field))].filter((field) => !KEYS.includes(field));
    if (rows.length === 0 || shown.length === 0) return null;
    const named = [...fields, ...newFields(mapping, columns)];
    const faulty = rows.filter(({ problems }) => problems.length > 0).length;
    return html`
        <section class=${`card ${isStale ? 'stale' : ''}`} aria-busy=${String(isStale)}>
            <div class="heading">
                <h2>First rows</h2>
                <p class="quiet" role="status">
                    ${faulty > 0 ? `${count(faulty, 'row has', 'rows have')} a problem.` : 'All can be read.'}
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

/** The custom fields that the import would make, as they would be called. */
function newFields(mapping, columns) {
    const made = mapping.filter(({ create }) => create);
    return made.map(({ column, field }) => ({ key: customKey(field), label: columnName(columns[column]) }));
}

function Row({ row: { line, contact, problems }, shown, columns, onInvalid }) {
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
                            <p class="quiet">${outcome(problems, contact, onInvalid)}</p>
                        </td>
                    </tr>`
            }
        </tbody>`;
}

function Value({ contact, field }) {
    const custom = customKey(field);
    if (custom !== undefined) {
        const value = contact.custom_fields?.[custom];
        return value === undefined ? null : html`<bdi class="cut">${String(value)}</bdi>`;
    }
    if (field === 'name') return html`<bdi class="cut">${contact.name}</bdi>`;
    const further = (contact.also_known_by ?? []).filter((known) => known.field === field);
    const isPhone = contact.channels[field] && contact.channels[field] === contact.phone;
    return html`
        ${isPhone && contact.channels.dial_code && html`<${Flag} country=${contact.channels.dial_code} /> `}
        <bdi class="cut">${contact.channels[field]}</bdi>
        ${further.map(({ value }) => html`<br /><bdi class="cut quiet" key=${value}>${value}</bdi>`)}`;
}

function tell({ column, reason }, columns) {
    if (column === null) return sentence(reason);
    return html`<bdi>${columnName(columns[column] ?? { column })}</bdi>: ${sentence(reason)}`;
}

/** What becomes of a row. One whose only phone or email cannot be read names nobody without it. */
function outcome(problems, contact, onInvalid) {
    const isWhole = problems.some(({ column }) => column === null);
    const namesSomebody = Object.keys(contact.channels).length > 0;
    if (onInvalid === 'reject_row' || isWhole || !namesSomebody) return 'This row would be rejected.';
    return 'The rest of this row would be imported.';
}
