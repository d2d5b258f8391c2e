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

/** @param {Import} told */
const untilSettled = (told) => !isOver(told) || isMoving(told);
const once = () => false;

/** @param {{id: string}} props */
export function ImportView({ id }) {
    const upload = useUpload(id);
    // Nothing is to be learned while its file is still here.
    const isHere = upload && upload.state !== 'sent';
    const {
        data: told,
        error,
        retry,
    } = usePolled(id, (signal) => get('/imports/{id}', { path: { id }, signal }), isHere ? once : untilSettled);
    const status = told && statusOf(told, upload);
    useFocusKept(`${status} ${upload?.state}`);
    if (isStatus(error, 404)) return html`<${Missing} />`;
    return html`
        <${Title} text=${told ? `Import of ${told.file_name}` : 'Import'}><${Button} href=${href.imports()}>All imports<//><//>
        ${upload && html`<${Steps} at="import" />`}
        ${error && html`<${Failure} error=${error} onRetry=${retry} />`}
        ${!told && !error && html`<${Loading} what="the import" />`}
        ${
            told &&
            html`
                <p class="import-state">
                    ${told.dry_run && html`<span class="status">Dry run</span>`}
                    <span class=${`status ${lookOf(told, status)}`} role="status">${status && STATUSES[status]}</span>
                    <span class="quiet">begun <${Time} at=${told.created_at} /></span>
                </p>
                <${State} told=${told} upload=${upload} onChange=${retry} />
                <${Details} told=${told} />`
        }`;
}

/** @param {{told: Import, upload?: Upload, onChange: () => void}} props */
function State({ told, upload, onChange }) {
    if (isOver(told)) return html`<${Result} told=${told} upload=${upload} onChange=${onChange} />`;
    if (upload && upload.state !== 'sent') return html`<${Uploading} told=${told} upload=${upload} />`;
    if (told.status === 'awaiting_upload' && !upload) return html`<${Waiting} told=${told} />`;
    return html`<${Running} told=${told} onChange=${onChange} />`;
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
 * @param {{told: Import}} props
 */
function Details({ told }) {
    const fields = useLoad(listCustomFields, [told.status]);
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
                <div><dt>File</dt><dd><bdi>${told.file_name}</bdi>, ${bytes(told.size_bytes)}</dd></div>
                <div><dt>First row</dt><dd>${headerOf(told.header)}</dd></div>
                <div><dt>Default country of phones</dt><dd>${country(told.default_country)}</dd></div>
                <div><dt>If a value cannot be read</dt><dd>${INVALID[told.on_invalid]}</dd></div>
                ${told.encoding && told.encoding !== 'utf-8' && html`<div><dt>Encoding</dt><dd>${encodingName(told.encoding)}</dd></div>`}
                ${told.quoting !== 'standard' && html`<div><dt>Quotes</dt><dd>${QUOTINGS[told.quoting]}</dd></div>`}
                ${
                    told.existing !== 'update' &&
                    html`<div><dt>Contacts that exist already</dt><dd>${EXISTING[told.existing]}</dd></div>`
                }
                ${
                    told.mapping.length > 0 &&
                    html`
                        <div><dt>Columns</dt><dd><ol>${told.mapping.map(
                            ({ column, field }) => html`
                                <li key=${`${column} ${field}`}>Column ${column + 1}: <bdi>${nameOf(field)}</bdi></li>`,
                        )}</ol></dd></div>`
                }
            </dl>
        </details>`;
}
