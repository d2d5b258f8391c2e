// The rejected rows of an import, to be corrected here and imported.

/**
 * @import { Import } from '#api'
 * @import { Rejected, RejectedRow } from './report.js'
 */

import { ApiError } from '../api.js';
import { attempt } from '../attempts.js';
import { count, number, reason, sentence } from '../format.js';
import { useUnsaved } from '../router.js';
import { Button } from '../ui/button.js';
import { TextField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading, Problem } from '../ui/state.js';
import { useState } from '../vendor/hooks.js';
import { settingsOf } from './draft.js';
import { columnName } from './mapping.js';
import { orderImport } from './order.js';
import { correctedName, csvOf, reportReader } from './report.js';

const MOST_ROWS = 20;
/** Characters of a report that are read at most: rejected rows may stand behind a great many rows with other problems. */
const MOST_CHARACTERS = 4_000_000;

/** @param {{job: Import, link: string}} props */
export function RejectedRows({ job, link }) {
    // Not by the link, which is a new one from time to time: what was entered would be lost.
    const report = useLoad((signal) => readReport(link, signal), [job.id]);
    const { rejected } = job.rows;
    const rows = report.data?.rows ?? [];
    return html`
        <section class="card rejected" aria-labelledby="rejected-rows">
            <h2 id="rejected-rows">Rejected rows</h2>
            <p>
                ${rows.length > 0 && 'Correct rows here and import them, or download all that were not fully imported.'}
                ${rows.length === 0 && 'Correct the rows in the file, and import it.'}
                ${rows.length > 0 && rows.length < rejected && ` These are the first ${rows.length} of ${number(rejected)}.`}
            </p>
            <div class="actions"><${Button} icon="download" href=${link}>Download the rejected rows<//></div>
            ${report.error && html`<${Failure} error=${report.error} onRetry=${report.retry} />`}
            ${report.loading && html`<${Loading} what="the rejected rows" />`}
            ${report.data && rows.length > 0 && html`<${Corrections} job=${job} report=${report.data} />`}
        </section>`;
}

/**
 * The first rejected rows of a report; the rest is not read.
 *
 * @param {string} link
 * @param {AbortSignal} signal
 */
async function readReport(link, signal) {
    const answer = await attempt(() => fetch(link, { signal, cache: 'no-store' }), { signal }).catch((error) => {
        if (signal.aborted) throw error;
        throw new ApiError(0, { detail: 'the rejected rows cannot be reached' });
    });
    if (!answer.ok || !answer.body) throw new ApiError(answer.status, { detail: 'the rejected rows cannot be read' });
    const take = reportReader(MOST_ROWS);
    const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    /** @type {Rejected | undefined} */
    let report;
    for (let read = 0; read < MOST_CHARACTERS; ) {
        const { value, done } = await pieces.read();
        if (done) break;
        read += value.length;
        report = take(value);
        if (report?.rows.length === MOST_ROWS) break;
    }
    pieces.cancel().catch(() => {});
    return report;
}

/** @param {{job: Import, report: Rejected}} props */
function Corrections({ job, report: { names, delimiter, rows } }) {
    const [edits, setEdits] = useState(() => rows.map(({ cells }) => cells));
    /** What the person has said by the box of a row; else it is what was changed. */
    const [ticks, setTicks] = useState(/** @type {Record<number, boolean>} */ ({}));
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown, isEmpty?: boolean}} */ ({}));
    const columns = [...new Set(job.mapping.map(({ column }) => column))].sort((one, other) => one - other);
    const isChanged = rows.map(({ cells }, row) => cells.some((cell, column) => cell !== edits[row]?.[column]));
    const isChosen = isChanged.map((changed, row) => ticks[row] ?? changed);
    const chosen = edits.filter((_, row) => isChosen[row]);
    useUnsaved(isChanged.includes(true));
    /** @type {(row: number, column: number, text: string) => void} */
    const edit = (row, column, text) => {
        setEdits((before) => before.map((cells, at) => (at === row ? cells.with(column, text) : cells)));
        setState({});
    };
    /** @type {(row: number, tick: boolean) => void} */
    const tick = (row, tick) => {
        setTicks((before) => ({ ...before, [row]: tick }));
        setState({});
    };
    const order = async () => {
        if (chosen.length === 0) {
            setState({ isEmpty: true });
            return;
        }
        setState({ busy: true });
        try {
            const text = csvOf(job.header ? [names, ...chosen] : chosen, delimiter);
            await orderImport(new File([text], correctedName(job.file_name)), {
                ...settingsOf(job),
                encoding: 'utf-8',
                quoting: 'standard',
                // The first import has made the new fields.
                mapping: job.mapping.map(({ column, field }) => ({ column, field })),
            });
        } catch (error) {
            setState({ error });
        }
    };
    return html`
        ${rows.map(
            (row, at) => html`
                <${Row} key=${at} row=${row} cells=${edits[at]} names=${names} columns=${columns} chosen=${isChosen[at]}
                    onEdit=${(/** @type {number} */ column, /** @type {string} */ text) => edit(at, column, text)}
                    onTick=${(/** @type {boolean} */ wanted) => tick(at, wanted)} />`,
        )}
        ${state.error && html`<${Problem} error=${state.error} />`}
        ${state.isEmpty && html`<p class="error" role="alert">Correct a row first, or tick one.</p>`}
        <div class="actions">
            <${Button} kind="primary" icon="upload" busy=${state.busy} onClick=${order}>Import these rows<//>
            <span class="quiet" role="status">${count(chosen.length, 'row')} of ${rows.length} ticked</span>
        </div>`;
}

/**
 * @param {{
 *     row: RejectedRow,
 *     cells: string[],
 *     names: string[],
 *     columns: number[],
 *     chosen: boolean,
 *     onEdit: (column: number, text: string) => void,
 *     onTick: (tick: boolean) => void,
 * }} props `columns`: those that feed a field
 */
function Row({ row, cells, names, columns, chosen, onEdit, onTick }) {
    /** What is wrong with a cell, as long as it is as it was. @param {number} column */
    const faultOf = (column) => {
        const fault = row.faults.get(column);
        return fault && cells[column] === row.cells[column] ? reason(fault) : undefined;
    };
    return html`
        <fieldset class="rejected-row">
            <legend class="hidden">Line ${row.line}</legend>
            <label class="choice">
                <input type="checkbox" checked=${chosen}
                    onChange=${(/** @type {Event & {currentTarget: HTMLInputElement}} */ event) => onTick(event.currentTarget.checked)} />
                <span>Import line ${row.line}</span>
            </label>
            ${row.problems.map((problem) => html`<p class="error" key=${problem}>${sentence(problem)}</p>`)}
            <div class="cells">
                ${columns.map((column) => {
                    const name = columnName({ header: names[column]?.trim() || null, column });
                    return html`
                        <${TextField} key=${column} value=${cells[column] ?? ''} error=${faultOf(column)}
                            label=${html`<bdi class="cut" title=${name}>${name}</bdi>`}
                            onInput=${(/** @type {string} */ text) => onEdit(column, text)} />`;
                })}
            </div>
        </fieldset>`;
}
