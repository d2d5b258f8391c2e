// How far an import is, and what became of it.

/**
 * @import { Import, ImportRows } from '#api'
 * @import { Upload } from './uploads.js'
 */

import { bytes, count, number, sentence } from '../format.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Progress } from '../ui/progress.js';
import { Notice } from '../ui/state.js';
import { Again, ToColumns } from './order.js';
import { RejectedRows } from './rejected.js';
import { hasChanged } from './status.js';
import { CancelImport, isInterrupted, ResumeImport } from './steer.js';
import { UndoImport, UndoState } from './undo.js';
import { canUndo } from './undo-words.js';

/** @type {(keyof ImportRows)[]} */
const OUTCOMES = ['created', 'updated', 'unchanged', 'rejected'];

/** @param {{told: Import, upload: Upload}} props */
export function Uploading({ told, upload }) {
    const { file, state, sent, reason, cancel, retry } = upload;
    if (state === 'sending') {
        return html`
            <section class="card">
                <h2>Uploading</h2>
                <${Progress} label="Upload" value=${sent} max=${file.size} />
                <p class="figures">${bytes(sent)} of ${bytes(file.size)}</p>
                <p class="quiet">Keep this page open until the upload ends. After that the import continues by itself.</p>
                <div class="actions"><${Button} onClick=${cancel}>Cancel<//></div>
            </section>`;
    }
    const title = state === 'cancelled' ? 'The upload was cancelled' : 'The file could not be uploaded';
    return html`
        <${Notice} kind="warning" title=${title}>
            <p>${reason} Nothing has been imported.</p>
            <div class="actions">
                ${
                    retry
                        ? html`<${Button} kind="primary" icon="upload" onClick=${retry}>Upload again<//>`
                        : html`<${Again} told=${told} upload=${upload} dryRun=${told.dry_run}>Start again<//>`
                }
            </div>
        <//>`;
}

/**
 * One that was opened without its file at hand: after a reload, or by somebody else.
 *
 * @param {{told: Import}} props
 */
export function Waiting({ told }) {
    return html`
        <${Notice} kind="warning" title="The file is not uploaded yet">
            <p>
                Either it is still being uploaded from another window, or that was interrupted. If so, choose the file
                again: it will be imported with the same columns. Nothing has been imported so far.
            </p>
            <${Again} told=${told} dryRun=${told.dry_run}>Choose the file again<//>
        <//>`;
}

/** @param {{told: Import, onChange: () => void}} props `onChange`: the import is another one now */
export function Running({ told, onChange }) {
    const { status, rows, dry_run: isDry } = told;
    const { total, checked, done } = told.bytes;
    const isPlanned = status === 'running';
    return html`
        <section class="card">
            <h2>${isPlanned ? (isDry ? 'Counting' : 'Importing') : 'Checking the file'}</h2>
            <${Progress} label="Import" value=${isPlanned ? done : checked || undefined} max=${total} />
            <p class="figures">
                ${
                    isPlanned
                        ? html`<span class="rows">${count(rows.read, 'row')}</span> so far · ${percent(done, total)}`
                        : bytes(total)
                }
            </p>
            ${
                rows.read > 0 &&
                html`
                    <p class="quiet figures">
                        ${OUTCOMES.map((what) => `${number(rows[what])} ${what}`).join(', ')}
                    </p>`
            }
            <p class="quiet">You can leave this page: the import continues by itself.</p>
            <div class="actions"><${CancelImport} told=${told} onDone=${onChange} /></div>
        </section>`;
}

/** @type {(done: number, total: number) => string} */
const percent = (done, total) =>
    new Intl.NumberFormat(undefined, { style: 'percent' }).format(Math.min(done / total, 1));

/**
 * @param {{told: Import, upload?: Upload, onChange: () => void}} props `upload`: if this page still has it, the file need not
 *     be chosen again; `onChange`: the import is another one now
 */
export function Result({ told, upload, onChange }) {
    const { rows, joined, conflicts, duplicates, other_names: otherNames, warnings, dry_run: isDry } = told;
    const ends = isDry ? 'would be' : 'were';
    return html`
        ${told.undo ? html`<${UndoState} told=${told} onDone=${onChange} />` : html`<${Headline} told=${told} />`}
        <section class="card">
            <h2>${count(rows.read, 'row')} read</h2>
            <dl class="counts">
                ${OUTCOMES.map(
                    (name) => html`
                        <div key=${name} class=${name}><dt>${isDry ? `would be ${name}` : name}</dt><dd>${number(rows[name])}</dd></div>`,
                )}
            </dl>
            ${
                joined > 0 &&
                html`
                    <p>${count(joined, 'row')} showed that several contacts are one person; they ${ends} joined.</p>`
            }
            ${
                conflicts > 0 &&
                html`
                    <p>
                        ${count(conflicts, 'row')} named two contacts that contradict each other. Both stay as they are, and the
                        conflict is noted with the contact.
                    </p>`
            }
            ${
                duplicates > 0 &&
                html`
                    <p class="quiet">
                        ${count(duplicates, 'row')} ${duplicates === 1 ? 'is' : 'are'} about a contact that an earlier row
                        has.
                    </p>`
            }
            ${
                otherNames > 0 &&
                html`
                    <p class="quiet">
                        ${count(otherNames, 'row')} ${otherNames === 1 ? 'leads' : 'lead'} to a contact that is clearly
                        called differently.
                    </p>`
            }
            ${warnings.map((warning) => html`<p key=${warning}><bdi>${sentence(warning)}</bdi></p>`)}
        </section>
        <${Report} told=${told} />
        <div class="actions">
            ${isInterrupted(told) && !told.undo && html`<${ResumeImport} told=${told} onDone=${onChange} />`}
            ${
                isDry &&
                told.status === 'completed' &&
                html`
                    <${Again} told=${told} upload=${upload} dryRun=${false}>Import for real<//>`
            }
            ${(isDry || told.status !== 'completed') && html`<${ToColumns} told=${told} upload=${upload} />`}
            ${hasChanged(told) && html`<${Button} href=${href.contacts()} kind="primary">See the contacts<//>`}
            <${Button} href=${href.newImport()}>Import another file<//>
            ${canUndo(told) && html`<${UndoImport} told=${told} onDone=${onChange} />`}
        </div>`;
}

/**
 * How an import has ended, with its rejected rows.
 * @param {Import} told
 */
const endOf = ({ rows: { rejected }, dry_run: isDry }) => {
    const end = isDry ? 'The dry run is done' : 'The import is done';
    if (rejected === 0) return end;
    return `${end}, ${count(rejected, 'row')} ${isDry ? 'would be rejected' : 'rejected'}`;
};

/** @param {{told: Import}} props */
function Headline({ told }) {
    const { status, error, dry_run: isDry } = told;
    if (status === 'completed') {
        return html`
            <${Notice} kind=${told.rows.rejected > 0 ? 'warning' : 'success'} title=${endOf(told)}>
                ${isDry && html`<p>Nothing was changed. This is what the import would do:</p>`}
            <//>`;
    }
    if (status === 'cancelled') {
        return html`
            <${Notice} kind="warning" title=${isDry ? 'The dry run was cancelled' : 'The import was cancelled'}>
                ${hasChanged(told) && html`<p>The rows that were imported until then stay.</p>`}
            <//>`;
    }
    return html`
        <div class="failure" role="alert">
            <div>
                <strong>${isDry ? 'The dry run failed' : 'The import failed'}</strong>
                <p>${sentence(error?.reason ?? 'something went wrong on our side')}</p>
                ${
                    hasChanged(told) &&
                    html`
                        <p>What was imported until then stays. Importing the file again is safe: nobody is created twice.</p>`
                }
            </div>
        </div>`;
}

/** @param {{told: Import}} props */
function Report({ told }) {
    const { report_url: link, rows, status, dry_run: isDry, undo } = told;
    if (!link) return null;
    // What is corrected after a dry run would still have to be corrected in the file.
    if (rows.rejected > 0 && status === 'completed' && !isDry && !undo) {
        return html`<${RejectedRows} told=${told} link=${link} />`;
    }
    return html`
        <section class="card">
            <h2>${rows.rejected > 0 ? 'Rejected rows' : 'Rows that need attention'}</h2>
            <p>
                This file has the rows that were not fully imported, each with its problems. Correct the rows in the
                file, and import it.
            </p>
            <div class="actions">
                <${Button} icon="download" href=${link}>Download ${rows.rejected > 0 ? 'the rejected rows' : 'the rows'}<//>
            </div>
        </section>`;
}
