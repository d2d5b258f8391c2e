// The step of an import in which one sees how the file is read, and corrects it.

/**
 * @import { ImportColumn, PreviewColumn } from '#api'
 * @import { Choice } from './choose.js'
 * @import { Draft } from './draft.js'
 * @import { RefObject } from '../vendor/preact.js'
 */

import { ApiError, get, reasonFor } from '../api.js';
import { sentence } from '../format.js';
import { useUnsaved } from '../router.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { focusFirstError } from '../ui/field.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading, Notice, Problem } from '../ui/state.js';
import { Title } from '../ui/title.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { chooseFile, FileButton, Steps } from './choose.js';
import { ColumnTable } from './column-table.js';
import { mappingOf, remapped, reread, withHeader } from './draft.js';
import { useFocusOn } from './focus.js';
import { choose, faultsOf, namesSomebody, withoutNew } from './mapping.js';
import { orderImport } from './order.js';
import { OtherPeople, Warnings } from './other-people.js';
import { meetingOfImport, meetingOfPreview, meetsOthers } from './people.js';
import { FirstRows, usePreview } from './preview.js';
import { misreadings, Reading } from './reading.js';

/** @type {Draft} */
const DEFAULT_DRAFT = { on_invalid: 'skip_cell', existing: 'update' };

/**
 * @typedef {object} Ordering
 * @property {'dry' | 'real'} [busy] what is being ordered
 * @property {boolean} [agreed] the person wants it, whomever the rows meet
 * @property {boolean} [asks] the person is asked whether that is so
 * @property {unknown} [error]
 */

/** @param {{choice: Choice}} props */
export function Columns({ choice: { file, draft: former = DEFAULT_DRAFT, tried } }) {
    /** @type {RefObject<HTMLDivElement>} */
    const box = useRef(null);
    const [draft, setDraft] = useState(former);
    const [state, setState] = useState(/** @type {Ordering} */ ({}));
    const preview = usePreview(file, draft);
    const workspace = useLoad(readWorkspace, []);
    useFocusOn(Boolean(preview.data));
    useUnsaved(Boolean(draft.mapping ?? draft.kept));
    const { columns = [], warnings = [] } = preview.data ?? {};
    const mapping = mappingOf(draft, preview.data);
    const country = draft.default_country ?? workspace.data?.country;
    const meetings = [
        ...(tried && draft === former ? [meetingOfImport(tried)] : []),
        ...(preview.data ? [meetingOfPreview(preview.data)] : []),
    ];
    const meeting = meetings.find(meetsOthers);
    /** @param {Draft} next */
    const change = (next) => {
        setDraft(next);
        setState({});
    };
    /** @param {ImportColumn[]} next */
    const remap = (next) => preview.data && change(remapped(draft, next, preview.data));
    /** @type {(column: PreviewColumn, choice: string) => void} */
    const onChoose = (column, choice) => remap(choose(mapping, column, choice, workspace.data?.fields ?? []));
    // A preview that is on its way may still show other columns, or other people.
    useEffect(() => {
        if (!state.busy || preview.loading) return;
        if (preview.error) {
            setState({});
            focusFirstError(box.current);
        } else if (state.busy === 'real' && meeting && !state.agreed) {
            setState({ asks: true });
        } else {
            order(state.busy === 'dry');
        }
    }, [state.busy, preview.loading]);
    /** @param {boolean} dry */
    const order = async (dry) => {
        const { encoding, quoting, on_invalid, existing } = draft;
        const settings = { encoding, quoting, header: preview.data?.header, mapping, on_invalid, existing };
        try {
            await orderImport(file, { ...settings, default_country: country, dry_run: dry });
        } catch (error) {
            setState({ error });
        }
    };
    // Closing the question returns the focus to the button that led to it.
    const showColumns = () =>
        requestAnimationFrame(() => box.current?.querySelector('table')?.querySelector('select')?.focus());
    const error = state.error ?? preview.error;
    const faults = faultsOf(error instanceof ApiError ? error.errors : [], mapping, columns);
    const failed = [workspace, preview].find((load) => load.error && faults.size === 0);
    const { encoding, quoting } = misreadings(preview.error);
    const isMisread = Boolean(encoding ?? quoting);
    return html`
        <div class="wizard" ref=${box}>
            <${Title} text=${`Import ${file.name}`}><${FileButton} onFiles=${chooseFile}>Choose another file<//><//>
            <${Steps} at="columns" />
            ${failed && html`<${Unread} load=${failed} />`}
            ${!failed && !(preview.data && workspace.data) && html`<${Loading} what="the beginning of the file" />`}
            ${
                (preview.data || isMisread) &&
                workspace.data &&
                html`
                    <${Reading} file=${file} preview=${preview.data} draft=${draft} country=${country} error=${preview.error}
                        onReread=${(/** @type {Draft} */ news) => change(reread(draft, news, preview.data))}
                        onHeader=${(/** @type {boolean} */ header) => change(withHeader(draft, header, preview.data))}
                        onChange=${(/** @type {Draft} */ news) => change({ ...draft, ...news })} />`
            }
            ${warnings.length > 0 && workspace.data && !isMisread && html`<${Notice} kind="warning"><${Warnings} warnings=${warnings} /><//>`}
            ${
                preview.data &&
                workspace.data &&
                html`
                    <${ColumnTable} columns=${columns} mapping=${mapping} faults=${faults} fields=${workspace.data.fields}
                        onChoose=${onChoose}
                        onLeaveNewOut=${() => remap(withoutNew(mapping))} />
                    ${
                        !isMisread &&
                        html`
                            <${FirstRows} preview=${preview.data} isStale=${preview.loading || faults.size > 0}
                                mapping=${mapping} fields=${workspace.data.fields} onInvalid=${draft.on_invalid} />`
                    }
                    <${Start} mapping=${mapping} busy=${state.busy} error=${faults.size === 0 && state.error}
                        onStart=${(/** @type {boolean} */ dry) => setState({ busy: dry ? 'dry' : 'real' })} />`
            }
            ${
                state.asks &&
                meeting &&
                html`
                    <${OtherPeople} meeting=${meeting} onClose=${() => setState({})} onBack=${showColumns}
                        onConfirm=${() => setState({ busy: 'real', agreed: true })} />`
            }
        </div>`;
}

/**
 * What the workspace has set that an import goes by.
 *
 * @param {AbortSignal} signal
 */
async function readWorkspace(signal) {
    const [settings, fields] = await Promise.all([get('/settings', { signal }), get('/custom-fields', { signal })]);
    return { country: settings.default_country, fields: fields.items };
}

/**
 * Why there is nothing to choose from.
 *
 * @param {{load: {error?: unknown, retry: () => void}}} props
 */
function Unread({ load: { error, retry } }) {
    const reason = reasonFor(error, 'sample');
    const { encoding, quoting } = misreadings(error);
    if (encoding ?? quoting) {
        return html`
            <${Notice} kind="warning" title="The file cannot be read in this way">
                <p>Try another ${encoding ? 'encoding' : 'meaning of its quotes'}.</p>
            <//>`;
    }
    if (reason) {
        const isSheet = error instanceof ApiError && error.code === 'not_text';
        return html`
            <${Empty} icon="file" title="This file cannot be imported">
                <p>${sentence(reason)}</p>
                ${isSheet && html`<p>If it is a spreadsheet, save it as CSV first: “Save as” or “Download”, then “CSV”.</p>`}
            <//>`;
    }
    if (error instanceof ApiError) return html`<${Failure} error=${error} onRetry=${retry} />`;
    return html`
        <${Empty} icon="file" title="This file cannot be read">
            <p>It may have been moved or changed since it was chosen. Choose it again.</p>
        <//>`;
}

/**
 * @param {{
 *     mapping: ImportColumn[],
 *     busy?: 'dry' | 'real',
 *     error: unknown,
 *     onStart: (dry: boolean) => void,
 * }} props `busy`: what is being ordered
 */
function Start({ mapping, busy, error, onStart }) {
    /** @param {boolean} dry */
    const begin = (dry) => () => !busy && onStart(dry);
    if (!namesSomebody(mapping)) {
        return html`
            <${Notice} kind="warning" title="No row can be imported yet">
                <p>Choose at least one column with phones, emails or user names, so that each row identifies a contact.</p>
            <//>`;
    }
    return html`
        <div class="start">
            ${error && html`<${Problem} error=${error} />`}
            <div class="actions">
                <${Button} kind="primary" icon="upload" busy=${busy === 'real'} onClick=${begin(false)}>Import<//>
                <${Button} busy=${busy === 'dry'} onClick=${begin(true)}>Dry run<//>
            </div>
        </div>
        <p class="quiet">A dry run reads the whole file and counts what the import would do. It changes nothing.</p>`;
}
