// An import, from the upload of its file to its result.

/**
 * @import { Import, OnInvalid } from '#api'
 * @import { Upload } from './uploads.js'
 */

import { get, isStatus } from '../api.js';
import { listCustomFields } from '../contacts/book.js';
import { labelOf } from '../contacts/fields.js';
import { bytes, country } from '../format.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { Title } from '../ui/title.js';
import { Steps } from './choose.js';
import { useFocusKept } from './focus.js';
import { customKey, OWN } from './mapping.js';
import { usePolled } from './polled.js';
import { Result, Running, Uploading, Waiting } from './progress.js';
import { EXISTING, encodingName, QUOTINGS } from './reading.js';
import { isMoving, isOver, lookOf, STATUSES, statusOf } from './status.js';
import { useUpload } from './uploads.js';

/** @param {boolean | null} header */
const headerOf = (header) => (header === null ? 'Not checked yet' : header ? 'Names the columns' : 'Is data');
/** @type {Record<OnInvalid, string>} */
const INVALID = { reject_row: 'Its row is rejected', skip_cell: 'It is left out, and the rest of its row is taken' };

/** @param {Import} job */
const untilSettled = (job) => !isOver(job) || isMoving(job);
const once = () => false;

/** @param {{id: string}} props */
export function ImportView({ id }) {
    const upload = useUpload(id);
    // Nothing is to be learned while its file is still here.
    const isHere = upload && upload.state !== 'sent';
    const {
        data: job,
        error,
        retry,
    } = usePolled(id, (signal) => get('/imports/{id}', { path: { id }, signal }), isHere ? once : untilSettled);
    const status = job && statusOf(job, upload);
    useFocusKept(`${status} ${upload?.state}`);
    if (isStatus(error, 404)) return html`<${Missing} />`;
    return html`
        <${Title} text=${job ? `Import of ${job.file_name}` : 'Import'}><${Button} href=${href.imports()}>All imports<//><//>
        ${upload && html`<${Steps} at="import" />`}
        ${error && html`<${Failure} error=${error} onRetry=${retry} />`}
        ${!job && !error && html`<${Loading} what="the import" />`}
        ${
            job &&
            html`
                <p class="import-state">
                    ${job.dry_run && html`<span class="status">Dry run</span>`}
                    <span class=${`status ${lookOf(job, status)}`} role="status">${status && STATUSES[status]}</span>
                    <span class="quiet">begun <${Time} at=${job.created_at} /></span>
                </p>
                <${State} job=${job} upload=${upload} onChange=${retry} />
                <${Details} job=${job} />`
        }`;
}

/** @param {{job: Import, upload?: Upload, onChange: () => void}} props */
function State({ job, upload, onChange }) {
    if (isOver(job)) return html`<${Result} job=${job} upload=${upload} onChange=${onChange} />`;
    if (upload && upload.state !== 'sent') return html`<${Uploading} job=${job} upload=${upload} />`;
    if (job.status === 'awaiting_upload' && !upload) return html`<${Waiting} job=${job} />`;
    return html`<${Running} job=${job} onChange=${onChange} />`;
}

function Missing() {
    return html`
        <${Title} text="Import" />
        <${Empty} icon="search" title="There is no such import">
            <p>The link may be misspelled, or belong to another workspace. <a href=${href.imports()}>Go to the imports</a></p>
        <//>`;
}

/**
 * By which settings it was ordered.
 *
 * @param {{job: Import}} props
 */
function Details({ job }) {
    const fields = useLoad(listCustomFields, [job.status]);
    // A custom field may still have to be made, or be gone again.
    /** @param {string} field */
    const nameOf = (field) => {
        const label = OWN[field] ?? labelOf(field, fields.data);
        return label === field ? (customKey(field) ?? label) : label;
    };
    return html`
        <details class="import-settings">
            <summary>Settings of this import</summary>
            <dl>
                <div><dt>File</dt><dd><bdi>${job.file_name}</bdi>, ${bytes(job.size_bytes)}</dd></div>
                <div><dt>First row</dt><dd>${headerOf(job.header)}</dd></div>
                <div><dt>Default country of phones</dt><dd>${country(job.default_country)}</dd></div>
                <div><dt>If a value cannot be read</dt><dd>${INVALID[job.on_invalid]}</dd></div>
                ${job.encoding && job.encoding !== 'utf-8' && html`<div><dt>Encoding</dt><dd>${encodingName(job.encoding)}</dd></div>`}
                ${job.quoting !== 'standard' && html`<div><dt>Quotes</dt><dd>${QUOTINGS[job.quoting]}</dd></div>`}
                ${
                    job.existing !== 'update' &&
                    html`<div><dt>Contacts that exist already</dt><dd>${EXISTING[job.existing]}</dd></div>`
                }
                ${
                    job.mapping.length > 0 &&
                    html`
                        <div><dt>Columns</dt><dd><ol>${job.mapping.map(
                            ({ column, field }) => html`
                                <li key=${`${column} ${field}`}>Column ${column + 1}: <bdi>${nameOf(field)}</bdi></li>`,
                        )}</ol></dd></div>`
                }
            </dl>
        </details>`;
}
