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

/** @param {{job: Import, upload: Upload}} props */
export function Uploading({ job, upload }) {
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
                        : html`<${Again} job=${job} upload=${upload} dryRun=${job.dry_run}>Start again<//>`
                }
            </div>
        <//>`;
}

/**
 * One that was opened without its file at hand: after a reload, or by somebody else.
 *
 * @param {{job: Import}} props
 */
export function Waiting({ job }) {
    return html`
        <${Notice} kind="warning" title="The file is not uploaded yet">
            <p>
                Either it is still being uploaded from another window, or that was interrupted. If so, choose the file
                again: it will be imported with the same columns. Nothing has been imported so far.
            </p>
            <${Again} job=${job} dryRun=${job.dry_run}>Choose the file again<//>
        <//>`;
}

/** @param {{job: Import, onChange: () => void}} props `onChange`: the import is another one now */
export function Running({ job, onChange }) {
    const { status, rows, dry_run: isDry } = job;
    const { total, checked, done } = job.bytes;
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
            <div class="actions"><${CancelImport} job=${job} onDone=${onChange} /></div>
        </section>`;
}

/** @type {(done: number, total: number) => string} */
const percent = (done, total) =>
    new Intl.NumberFormat(undefined, { style: 'percent' }).format(Math.min(done / total, 1));

/**
 * @param {{job: Import, upload?: Upload, onChange: () => void}} props `upload`: if this page still has it, the file
 *     need not be chosen again; `onChange`: the import is another one now
 */
export function Result({ job, upload, onChange }) {
    const { rows, joined, conflicts, duplicates, other_names: otherNames, warnings, dry_run: isDry } = job;
    const ends = isDry ? 'would be' : 'were';
    return html`
        ${job.undo ? html`<${UndoState} job=${job} onDone=${onChange} />` : html`<${Headline} job=${job} />`}
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
        <${Report} job=${job} />
        <div class="actions">
            ${isInterrupted(job) && !job.undo && html`<${ResumeImport} job=${job} onDone=${onChange} />`}
            ${
                isDry &&
                job.status === 'completed' &&
                html`
                    <${Again} job=${job} upload=${upload} dryRun=${false}>Import for real<//>`
            }
            ${(isDry || job.status !== 'completed') && html`<${ToColumns} job=${job} upload=${upload} />`}
            ${hasChanged(job) && html`<${Button} href=${href.contacts()} kind="primary">See the contacts<//>`}
            <${Button} href=${href.newImport()}>Import another file<//>
            ${canUndo(job) && html`<${UndoImport} job=${job} onDone=${onChange} />`}
        </div>`;
}

/**
 * How an import has ended, with its rejected rows.
 * @param {Import} job
 */
const endOf = ({ rows: { rejected }, dry_run: isDry }) => {
    const end = isDry ? 'The dry run is done' : 'The import is done';
    if (rejected === 0) return end;
    return `${end}, ${count(rejected, 'row')} ${isDry ? 'would be rejected' : 'rejected'}`;
};

/** @param {{job: Import}} props */
function Headline({ job }) {
    const { status, error, dry_run: isDry } = job;
    if (status === 'completed') {
        return html`
            <${Notice} kind=${job.rows.rejected > 0 ? 'warning' : 'success'} title=${endOf(job)}>
                ${isDry && html`<p>Nothing was changed. This is what the import would do:</p>`}
            <//>`;
    }
    if (status === 'cancelled') {
        return html`
            <${Notice} kind="warning" title=${isDry ? 'The dry run was cancelled' : 'The import was cancelled'}>
                ${hasChanged(job) && html`<p>The rows that were imported until then stay.</p>`}
            <//>`;
    }
    return html`
        <div class="failure" role="alert">
            <div>
                <strong>${isDry ? 'The dry run failed' : 'The import failed'}</strong>
                <p>${sentence(error?.reason ?? 'something went wrong on our side')}</p>
                ${
                    hasChanged(job) &&
                    html`
                        <p>What was imported until then stays. Importing the file again is safe: nobody is created twice.</p>`
                }
            </div>
        </div>`;
}

/** @param {{job: Import}} props */
function Report({ job }) {
    const { report_url: link, rows, status, dry_run: isDry, undo } = job;
    if (!link) return null;
    // What is corrected after a dry run would still have to be corrected in the file.
    if (rows.rejected > 0 && status === 'completed' && !isDry && !undo) {
        return html`<${RejectedRows} job=${job} link=${link} />`;
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
