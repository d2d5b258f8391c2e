// The imports of a workspace, the newest first; and the export.

/** @import { Import, ImportRows, PageImport } from '#api' */

import { get } from '../api.js';
import { count, number } from '../format.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { html } from '../ui/html.js';
import { notePage, Pager } from '../ui/pages.js';
import { Failure, Loading } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { Title } from '../ui/title.js';
import { useEffect } from '../vendor/hooks.js';
import { ExportButton, ExportState, useExport } from './export.js';
import { usePolled } from './polled.js';
import { isMoving, lookOf, STATUSES, statusOf } from './status.js';

const PAGE = 50;
/** @param {string} [cursor] */
const to = (cursor) => href.imports({ cursor });
/** @type {(keyof ImportRows)[]} */
const CHANGES = ['created', 'updated', 'rejected'];

/** @param {PageImport} page */
const hasMoving = ({ items }) => items.some(isMoving);

/** @param {{cursor?: string}} props */
export function List({ cursor }) {
    const query = { limit: PAGE, cursor };
    const page = usePolled(`from ${cursor}`, (signal) => get('/imports', { query, signal }), hasMoving);
    const exporting = useExport();
    const { items, next_cursor: next } = page.data ?? {};
    const listed = items?.length ?? 0;
    useEffect(() => notePage(cursor, next, listed), [cursor, next, listed]);
    return html`
        <${Title} text="Imports">
            <${ExportButton} ...${exporting} />
            <${Button} kind="primary" icon="upload" href=${href.newImport()}>Import contacts<//>
        <//>
        <${ExportState} ...${exporting} />
        ${page.error && html`<${Failure} error=${page.error} onRetry=${page.retry} />`}
        ${!items && !page.error && html`<${Loading} what="imports" />`}
        ${items?.length === 0 && html`<${Nothing} cursor=${cursor} />`}
        ${items && items.length > 0 && html`<${Table} imports=${items} />`}
        <${Pager} cursor=${cursor} next=${next} count=${listed} to=${to} />`;
}

/** @param {{imports: Import[]}} props */
function Table({ imports }) {
    return html`
        <div class="sheet">
            <table class="import-table">
                <caption class="hidden">Imports, the newest first</caption>
                <thead>
                    <tr><th scope="col">File</th><th scope="col">Status</th><th scope="col">Rows</th><th scope="col">Started</th></tr>
                </thead>
                <tbody>
                    ${imports.map(
                        (job) => html`
                            <tr key=${job.id}>
                                <th scope="row"><a class="cut" href=${href.import(job.id)}><bdi>${job.file_name}</bdi></a></th>
                                <td>
                                    <span class=${`status ${lookOf(job, statusOf(job))}`}>${STATUSES[statusOf(job)]}</span>
                                    ${job.dry_run && html` <span class="status">Dry run</span>`}
                                </td>
                                <td>${job.rows.read > 0 && summary(job)}</td>
                                <td><${Time} at=${job.created_at} /></td>
                            </tr>`,
                    )}
                </tbody>
            </table>
        </div>`;
}

/** @param {Import} job */
function summary({ rows }) {
    const parts = CHANGES.filter((what) => rows[what] > 0).map((what) => `${number(rows[what])} ${what}`);
    return [count(rows.read, 'row'), ...parts].join(', ');
}

/** @param {{cursor?: string}} props */
function Nothing({ cursor }) {
    if (cursor) {
        const first = html`<${Button} href=${href.imports()}>First page<//>`;
        return html`<${Empty} icon="file" title="No more imports" actions=${first} />`;
    }
    const start = html`<${Button} kind="primary" icon="upload" href=${href.newImport()}>Choose a file<//>`;
    return html`
        <${Empty} icon="file" title="No imports yet" actions=${start}>
            <p>Bring your contacts from a spreadsheet or another contact book. Drop a CSV file here, or choose one.</p>
        <//>`;
}
