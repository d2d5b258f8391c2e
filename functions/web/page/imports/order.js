// Ordering an import; and another one of the same file by the settings of an earlier one.

/**
 * @import { Import } from '#api'
 * @import { ComponentChildren } from '../vendor/preact.js'
 * @import { ImportSettings } from './draft.js'
 * @import { Upload } from './uploads.js'
 */

import { request } from '../api.js';
import { bytes } from '../format.js';
import { forgetUnsaved, navigate } from '../router.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { useState } from '../vendor/hooks.js';
import { FileButton, resume } from './choose.js';
import { settingsOf } from './draft.js';
import { OtherPeople } from './other-people.js';
import { meetingOfImport, meetsOthers } from './people.js';
import { upload } from './uploads.js';

/**
 * Orders an import, begins to put its file up, and goes to where one sees how that goes on.
 *
 * @param {File} file
 * @param {ImportSettings} settings
 * @throws {ApiError}
 */
export async function orderImport(file, settings) {
    const body = { ...settings, file_name: file.name, size_bytes: file.size };
    const data = await request('POST', '/imports', { body });
    if (data.upload) upload(data.id, file, data.upload, settings);
    forgetUnsaved();
    navigate(href.import(data.id), { replace: location.hash === href.newImport() });
}

/**
 * A button that imports the same file again: after a dry run, or where the file never came.
 *
 * @param {{job: Import, upload?: Upload, dryRun: boolean, children?: ComponentChildren}} props
 */
export function Again({ job, upload, dryRun, children }) {
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown, asked?: File}} */ ({}));
    const meeting = meetingOfImport(job);
    /** @param {File} file */
    const order = async (file) => {
        setState({ busy: true });
        try {
            await orderImport(file, { ...settingsOf(job), dry_run: dryRun });
        } catch (error) {
            setState({ error });
        }
    };
    /** @param {File} file */
    const begin = (file) => (!dryRun && meetsOthers(meeting) ? setState({ asked: file }) : order(file));
    const { asked, busy, error } = state;
    return html`
        <${SameFile} kind="primary" job=${job} file=${upload?.file} busy=${busy} error=${error}
            onFile=${begin}>${children}<//>
        ${
            asked &&
            html`
                <${OtherPeople} meeting=${meeting} onClose=${() => setState({})} onConfirm=${() => order(asked)}
                    onBack=${() => goBack(job, asked, upload)} />`
        }`;
}

/**
 * A button that leads from an import back to the columns of its file.
 *
 * @param {{job: Import, upload?: Upload}} props
 */
export function ToColumns({ job, upload }) {
    /** @param {File} file */
    const onFile = (file) => goBack(job, file, upload);
    return html`<${SameFile} job=${job} file=${upload?.file} onFile=${onFile}>Go back to the columns<//>`;
}

/**
 * @param {Import} job
 * @param {File} file
 * @param {Upload} [upload]
 */
function goBack(job, file, upload) {
    const { dry_run: isDry, ...draft } = upload?.settings ?? settingsOf(job);
    resume({ file, draft, tried: (isDry ?? job.dry_run) ? job : undefined });
}

/**
 * A button that needs the file of an import.
 *
 * @param {{
 *     job: Import,
 *     kind?: 'plain' | 'primary',
 *     file?: File,
 *     busy?: boolean,
 *     error?: unknown,
 *     onFile: (file: File) => void,
 *     children?: ComponentChildren,
 * }} props `file`: if this page still has it; else the person chooses it again
 */
function SameFile({ job, kind, file, busy, error, onFile, children }) {
    const [other, setOther] = useState(/** @type {File | undefined} */ (undefined));
    /** @param {Iterable<File>} files */
    const onFiles = ([chosen]) => {
        if (!chosen) return;
        const isSame = chosen.name === job.file_name && chosen.size === job.size_bytes;
        setOther(isSame ? undefined : chosen);
        if (isSame) onFile(chosen);
    };
    return html`
        <div class="again">
            ${
                file
                    ? html`<${Button} kind=${kind} icon=${kind && 'upload'} busy=${busy} onClick=${() => onFile(file)}>${children}<//>`
                    : html`<${FileButton} kind=${kind} onFiles=${onFiles}>${children}<//>`
            }
            ${
                other &&
                html`
                    <p role="alert">
                        That is another file: <bdi>${other.name}</bdi>, ${bytes(other.size)}, and not${' '}
                        <bdi>${job.file_name}</bdi>, ${bytes(job.size_bytes)}. <a href=${href.newImport()}>Import another file</a>
                    </p>`
            }
            ${error && html`<${Problem} error=${error} />`}
        </div>`;
}
