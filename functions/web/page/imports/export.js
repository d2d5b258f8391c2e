// The export of all contacts as a CSV file. It goes on when one leaves the view, or reloads the page, and is found again.

/** @import { Export } from '#api' */

import { get, isStatus, request } from '../api.js';
import { count, sentence } from '../format.js';
import { person } from '../sign-in.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Progress } from '../ui/progress.js';
import { Failure, Notice, Problem } from '../ui/state.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { usePolled } from './polled.js';

/** @param {Export} job */
const isRunning = ({ status }) => status === 'running';
/** An export belongs to a workspace, which is what the token is of. */
const storageKey = () => `contacts.export ${person().key}`;

export function useExport() {
    const [id, setId] = useState(() => sessionStorage.getItem(storageKey()));
    const [state, setState] = useState(/** @type {{busy?: boolean, problem?: unknown}} */ ({}));
    /** The export that somebody here waits for. */
    const awaited = useRef(/** @type {string | undefined} */ (undefined));
    const {
        data: job,
        error,
        retry,
    } = usePolled(id, (signal) => get('/exports/{id}', { path: { id: id ?? '' }, signal }), isRunning);
    /** @param {string | null} changed */
    const keep = (changed) => {
        if (changed) sessionStorage.setItem(storageKey(), changed);
        else sessionStorage.removeItem(storageKey());
        setId(changed);
    };
    const start = async () => {
        setState({ busy: true });
        try {
            const data = await request('POST', '/exports', { body: {} });
            awaited.current = data.id;
            keep(data.id);
            setState({});
        } catch (problem) {
            setState({ problem });
        }
    };
    const isGone = isStatus(error, 404);
    useEffect(() => {
        if (isGone) keep(null);
    }, [isGone]);
    useEffect(() => {
        if (job?.status === 'running') awaited.current = job.id;
        if (job?.status !== 'completed' || awaited.current !== job.id) return;
        // Who has waited gets the file without another click.
        awaited.current = undefined;
        if (job.url) location.assign(job.url);
    }, [job?.id, job?.status]);
    const dismiss = () => keep(null);
    return { job, error: isGone ? undefined : error, retry, start, dismiss, ...state };
}

/** @param {ReturnType<typeof useExport>} props */
export function ExportButton({ job, busy, start }) {
    return html`<${Button} icon="download" busy=${busy || (job && isRunning(job))} onClick=${start}>Export contacts<//>`;
}

/** @param {ReturnType<typeof useExport>} props */
export function ExportState({ job, error, retry, problem, dismiss }) {
    if (problem) return html`<${Problem} error=${problem} />`;
    if (error) return html`<${Failure} error=${error} onRetry=${retry} />`;
    if (!job) return null;
    if (job.status === 'failed') {
        return html`
            <${Notice} kind="warning" title="The export failed" onClose=${dismiss}>
                <p>${sentence(job.error?.reason ?? 'something went wrong on our side')}</p>
            <//>`;
    }
    if (isRunning(job)) {
        return html`
            <section class="card export">
                <h2>Exporting</h2>
                <${Progress} label="Export" />
                <p class="figures">${count(job.rows, 'contact')} so far</p>
            </section>`;
    }
    return html`
        <${Notice} kind="success" title="The export is done" onClose=${dismiss}>
            <p>${count(job.rows, 'contact')} in a CSV file. <a href=${job.url}>Download it</a></p>
        <//>`;
}
