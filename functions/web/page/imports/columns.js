// The step of an import in which one sees how the file is read, and corrects it.

/**
 * @import { ImportColumn, OnInvalid, Preview, PreviewColumn, PreviewEncoding } from '#api'
 * @import { Reading as HowRead } from './preview.js'
 */

import { ApiError, get, reasonFor } from '../api.js';
import { bytes, sentence } from '../format.js';
import { useUnsaved } from '../router.js';
import { COUNTRIES } from '../settings/countries.js';
import { Button } from '../ui/button.js';
import { SelectField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Empty, Failure, Loading, Notice, Problem } from '../ui/state.js';
import { Title } from '../ui/title.js';
import { useState } from '../vendor/hooks.js';
import { chooseFile, FileButton, Steps } from './choose.js';
import { ColumnTable } from './column-table.js';
import { useFocusOn } from './focus.js';
import { choose, faultsOf, namesSomebody, withoutNew } from './mapping.js';
import { orderImport } from './order.js';
import { FirstRows, usePreview } from './preview.js';

/** @type {Record<PreviewEncoding, string>} */
const ENCODINGS = { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16', 'windows-1252': 'Windows-1252' };
/** @type {Record<Preview['delimiter'], string>} */
const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };
const HEADERS = [
    ['true', 'It names the columns'],
    ['false', 'It is data already'],
];
/** @type {[OnInvalid, string][]} */
const INVALID = [
    ['reject_row', 'Reject the row'],
    ['skip_cell', 'Leave out the value'],
];

/** @param {{file: File}} props */
export function Columns({ file }) {
    /** What the person has changed of how the file is read; all else is found out. */
    const [told, setTold] = useState(/** @type {HowRead} */ ({}));
    const [onInvalid, setOnInvalid] = useState(/** @type {OnInvalid} */ ('reject_row'));
    const [state, setState] = useState(/** @type {{busy?: 'dry' | 'real', error?: unknown}} */ ({}));
    const preview = usePreview(file, told);
    const workspace = useLoad(readWorkspace, []);
    useFocusOn(Boolean(preview.data));
    useUnsaved(Boolean(told.mapping));
    const { columns = [] } = preview.data ?? {};
    const mapping = told.mapping ?? preview.data?.mapping ?? [];
    const country = told.default_country ?? workspace.data?.country;
    /** @param {HowRead} news */
    const change = (news) => {
        setTold({ ...told, ...news });
        setState({});
    };
    /** @type {(column: PreviewColumn, choice: string) => void} */
    const onChoose = (column, choice) => {
        change({ mapping: choose(mapping, column, choice, workspace.data?.fields ?? []) });
    };
    /** @param {boolean} dry */
    const start = async (dry) => {
        setState({ busy: dry ? 'dry' : 'real' });
        try {
            await orderImport(file, {
                header: preview.data?.header,
                mapping,
                default_country: country,
                on_invalid: onInvalid,
                dry_run: dry,
            });
        } catch (error) {
            setState({ error });
        }
    };
    const error = state.error ?? preview.error;
    const faults = faultsOf(error instanceof ApiError ? error.errors : [], mapping, columns);
    const failed = [workspace, preview].find((load) => load.error && faults.size === 0);
    return html`
        <div class="wizard">
            <${Title} text=${`Import ${file.name}`}><${FileButton} onFiles=${chooseFile}>Choose another file<//><//>
            <${Steps} at="columns" />
            ${failed && html`<${Unread} load=${failed} />`}
            ${!failed && !(preview.data && workspace.data) && html`<${Loading} what="the beginning of the file" />`}
            ${
                preview.data &&
                workspace.data &&
                html`
                    <p>
                        Text in ${ENCODINGS[preview.data.encoding]}, separated by ${DELIMITERS[preview.data.delimiter]},
                        ${' '}${bytes(file.size)}. This is how it will be read:
                    </p>
                    <${Reading} header=${preview.data.header} country=${country} onInvalid=${onInvalid}
                        onChange=${change} onInvalidChange=${setOnInvalid} />
                    <${ColumnTable} columns=${columns} mapping=${mapping} faults=${faults} fields=${workspace.data.fields}
                        onChoose=${onChoose}
                        onLeaveNewOut=${() => change({ mapping: withoutNew(mapping) })} />
                    <${FirstRows} preview=${preview.data} isStale=${preview.loading || faults.size > 0} mapping=${mapping}
                        fields=${workspace.data.fields} onInvalid=${onInvalid} />
                    <${Start} mapping=${mapping} busy=${state.busy} error=${faults.size === 0 && state.error} onStart=${start} />`
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
 * How the file is read, besides what its columns are.
 *
 * @param {{
 *     header: boolean,
 *     country: string,
 *     onInvalid: OnInvalid,
 *     onChange: (news: HowRead) => void,
 *     onInvalidChange: (value: OnInvalid) => void,
 * }} props
 */
function Reading({ header, country, onInvalid, onChange, onInvalidChange }) {
    /** @param {string} value */
    const setHeader = (value) => onChange({ header: value === 'true' });
    /** @param {string} value */
    const setCountry = (value) => onChange({ default_country: value });
    return html`
        <div class="reading">
            <${SelectField} label="First row" options=${HEADERS} value=${String(header)}
                onChange=${setHeader} />
            <${SelectField} label="Default country of phones" options=${COUNTRIES} value=${country}
                onChange=${setCountry} />
            <${SelectField} label="If a value cannot be read" options=${INVALID} value=${onInvalid}
                onChange=${onInvalidChange} />
        </div>`;
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
            <p class="quiet">A dry run reads the whole file and counts what the import would do. It changes nothing.</p>
        </div>`;
}
