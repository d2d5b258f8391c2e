// Buttons that end an import, or continue one that stood still.

/** @import { Import } from '#api' */

import { request } from '../api.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { useState } from '../vendor/hooks.js';

/**
 * Whether an import can be resumed.
 *
 * @param {Import} job
 */
export const isInterrupted = ({ status, error }) => status === 'failed' && error?.code === 'interrupted';

/** @param {{job: Import, onDone: () => void}} props */
export function CancelImport({ job, onDone }) {
    return html`<${Step} path="/imports/{id}/cancel" job=${job} onDone=${onDone}>Cancel the import<//>`;
}

/** @param {{job: Import, onDone: () => void}} props */
export function ResumeImport({ job, onDone }) {
    return html`<${Step} path="/imports/{id}/resume" kind="primary" job=${job} onDone=${onDone}>Resume the import<//>`;
}

/** @param {{job: Import, onDone: () => void}} props */
export function ContinueUndo({ job, onDone }) {
    return html`<${Step} path="/imports/{id}/undo" kind="primary" job=${job} onDone=${onDone}>Continue the undo<//>`;
}

/**
 * @param {{
 *     path: '/imports/{id}/cancel' | '/imports/{id}/resume' | '/imports/{id}/undo',
 *     kind?: 'primary',
 *     job: Import,
 *     onDone: () => void,
 *     children?: string,
 * }} props
 */
function Step({ path, kind, job, onDone, children }) {
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    const take = async () => {
        setState({ busy: true });
        try {
            await request('POST', path, { path: { id: job.id } });
            setState({});
            onDone();
        } catch (error) {
            setState({ error });
        }
    };
    return html`
        <${Button} kind=${kind} busy=${state.busy} onClick=${take}>${children}<//>
        ${state.error && html`<${Problem} error=${state.error} />`}`;
}
