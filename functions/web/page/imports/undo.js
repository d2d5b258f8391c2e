// Undoing an import: the question, the progress and the result.

/**
 * @import { Import } from '#api'
 * @import { Undo } from './undo-words.js'
 */

import { isStatus, request } from '../api.js';
import { Button } from '../ui/button.js';
import { Confirm } from '../ui/dialog.js';
import { html } from '../ui/html.js';
import { Progress } from '../ui/progress.js';
import { Notice } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { useState } from '../vendor/hooks.js';
import { ContinueUndo } from './steer.js';
import { changesOf, outcomesOf, soFar } from './undo-words.js';

/** @param {{job: Import, onDone: () => void}} props `onDone`: the import is another one now */
export function UndoImport({ job, onDone }) {
    const [isAsked, setIsAsked] = useState(false);
    const close = () => setIsAsked(false);
    const undo = async () => {
        try {
            await request('POST', '/imports/{id}/undo', { path: { id: job.id } });
        } catch (error) {
            // Somebody else may have begun it. Then the view shows that, instead of this question.
            if (isStatus(error, 409)) onDone();
            throw error;
        }
        close();
        onDone();
    };
    const title = html`Undo the import of <bdi>${job.file_name}</bdi>?`;
    return html`
        <${Button} onClick=${() => setIsAsked(true)}>Undo import<//>
        ${
            isAsked &&
            html`
                <${Confirm} title=${title} action="Undo import" danger onConfirm=${undo} onClose=${close}>
                    <div class="prose">
                        <p>${changesOf(job)} This is taken back:</p>
                        <ul>
                            <li>
                                Contacts that only this import created are deleted, unless somebody has changed them or they
                                have talked since. They can be restored for 30 days.
                            </li>
                            <li>
                                Contacts that it updated become what they were before, and contacts that it joined are
                                separate again.
                            </li>
                            <li>What people changed and conversations said since the import stays.</li>
                        </ul>
                        <p>An undo cannot be taken back, but the file can be imported again.</p>
                    </div>
                <//>`
        }`;
}

/** @param {{job: Import & {undo: Undo}, onDone: () => void}} props `onDone`: the import is another one now */
export function UndoState({ job, onDone }) {
    const { undo } = job;
    if (undo.status === 'running') {
        return html`
            <section class="card">
                <h2>Undoing the import</h2>
                <${Progress} label="Undo" />
                <p class="figures">${soFar(undo)}</p>
                <p class="quiet">You can leave this page: the undo continues by itself.</p>
            </section>`;
    }
    if (undo.status === 'interrupted') {
        return html`
            <${Notice} kind="warning" title="The undo stopped">
                <p>It has made no progress for a while: ${soFar(undo)}. It can go on where it was.</p>
                <${ContinueUndo} job=${job} onDone=${onDone} />
            <//>`;
    }
    return html`
        <${Notice} kind="success" title="The import was undone">
            <div class="prose">
                <ul>${outcomesOf(undo).map((outcome) => html`<li key=${outcome}>${outcome}</li>`)}</ul>
                ${undo.finished_at && html`<p class="quiet">Finished <${Time} at=${undo.finished_at} /></p>`}
            </div>
        <//>`;
}
