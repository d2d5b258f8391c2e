// Ordering an import; and another one of the same file by the settings of an earlier one.

/**
 * @import { Import, NewImport } from '#api'
 * @import { ComponentChildren } from '../vendor/preact.js'
 *
 * @typedef {Omit<NewImport, 'file_name' | 'size_bytes'>} ImportSettings
 */

import { request } from '../api.js';
import { bytes } from '../format.js';
import { forgetUnsaved, navigate } from '../router.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { useState } from '../vendor/hooks.js';
import { FileButton } from './choose.js';
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
    if (data.upload) upload(data.id, file, data.upload);
    forgetUnsaved();
    navigate(href.import(data.id), { replace: location.hash === href.newImport() });
}

/**
 * A button that imports the same file again: after a dry run, or where the file never came.
 *
 * @param {{told: Import, file?: File, dryRun: boolean, children?: ComponentChildren}} props `file`: if this page still
 *     has it; else the person chooses it again
 */
export function Again({ told, file, dryRun, children }) {
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown, other?: File}} */ ({}));
    /** @param {File} chosen */
    const order = async (chosen) => {
        if (chosen.name !== told.file_name || chosen.size !== told.size_bytes) {
            setState({ other: chosen });
            return;
        }
        setState({ busy: true });
        try {
            await orderImport(chosen, { ...settingsOf(told), dry_run: dryRun });
        } catch (error) {
            setState({ error });
        }
    };
    /** @param {Iterable<File>} files */
    const orderFirst = ([chosen]) => chosen && order(chosen);
    return html`
        <div class="again">
            ${
                file
                    ? html`<${Button} kind="primary" icon="upload" busy=${state.busy} onClick=${() => order(file)}>${children}<//>`
                    : html`<${FileButton} kind="primary" onFiles=${orderFirst}>${children}<//>`
            }
            ${
                state.other &&
                html`
                    <p role="alert">
                        That is another file: <bdi>${state.other.name}</bdi>, ${bytes(state.other.size)}, and not${' '}
                        <bdi>${told.file_name}</bdi>, ${bytes(told.size_bytes)}. <a href=${href.newImport()}>Import another file</a>
                    </p>`
            }
            ${state.error && html`<${Problem} error=${state.error} />`}
        </div>`;
}

/**
 * The settings of an import, to order another one by.
 *
 * @param {Import} told
 * @returns {ImportSettings}
 */
function settingsOf({ header, mapping, default_country, on_invalid }) {
    // One that waits for its file may have left it to be found out.
    return { header, mapping: mapping.length > 0 ? mapping : undefined, default_country, on_invalid };
}
