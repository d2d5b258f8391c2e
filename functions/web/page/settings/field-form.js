// Adding a custom field, and changing its label. Key and type never change.

/**
 * @import { CustomField, CustomFieldType } from '#api'
 * @import { ComponentChildren, RefObject } from '../vendor/preact.js'
 * @import { ChangeProps } from './custom-fields.js'
 *
 * @typedef {(member: string) => string | undefined} ErrorOf what is wrong with a member of the body
 */

import { reasonFor, request } from '../api.js';
import { reason } from '../format.js';
import { forgetUnsaved, useUnsaved } from '../router.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { focusFirstError, TextField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useRef, useState } from '../vendor/hooks.js';
import { keyFor } from './key.js';

/**
 * The types of custom fields, in words.
 *
 * @type {Record<CustomFieldType, string>}
 */
export const TYPES = { string: 'Text', number: 'Number' };

/** @type {[CustomFieldType, string][]} */
const KINDS = [
    ['string', 'Any text: words, dates, codes'],
    ['number', 'Amounts, kept with all their digits'],
];

/** @param {Omit<ChangeProps, 'field'>} props */
export function AddField({ fields, onSaved, onClose }) {
    const [label, setLabel] = useState('');
    const [ownKey, setOwnKey] = useState(/** @type {string | undefined} */ (undefined));
    const [type, setType] = useState(/** @type {CustomFieldType} */ ('string'));
    // As long as nobody has written one.
    const key =
        ownKey ??
        (label.trim() &&
            keyFor(
                label,
                fields.map((field) => field.key),
            ));
    const save = async () => {
        const data = await request('POST', '/custom-fields', { body: { key, label, type } });
        onSaved([...fields, data]);
        toast(`The field ${data.label} was added.`);
    };
    return html`
        <${Form} title="Add a field" action="Add field" unsaved=${Boolean(label || ownKey)} onSave=${save} onClose=${onClose}
            members=${['label', 'key', 'type']}>
            ${(/** @type {ErrorOf} */ errorOf) => html`
                <${TextField} label="Label" hint="The name that people see" error=${errorOf('label')} value=${label}
                    onInput=${setLabel} autofocus />
                <${TextField} label="Key" hint="For files and programs: a–z, 0–9, _ and -. It cannot be changed later."
                    error=${errorOf('key')} value=${key} onInput=${setOwnKey} dir="ltr" autocapitalize="off" spellcheck=${false} />
                <fieldset>
                    <legend>Type</legend>
                    ${KINDS.map(
                        ([value, kind]) => html`
                            <label class="choice" key=${value}>
                                <input type="radio" name="type" value=${value} checked=${type === value} onChange=${() => setType(value)} />
                                <span>${TYPES[value]} <span class="quiet">· ${kind}</span></span>
                            </label>`,
                    )}
                    ${errorOf('type') && html`<p class="error">${errorOf('type')}</p>`}
                </fieldset>`}
        <//>`;
}

/** @param {ChangeProps} props */
export function RenameField({ field, fields, onSaved, onClose }) {
    const [label, setLabel] = useState(field.label);
    const save = async () => {
        const data = await request('PATCH', '/custom-fields/{key}', { path: { key: field.key }, body: { label } });
        onSaved(fields.map((other) => (other === field ? data : other)));
        toast(`The field is now called ${data.label}.`);
    };
    return html`
        <${Form} title=${`Rename ${field.label}`} action="Save" unsaved=${label !== field.label} onSave=${save}
            onClose=${onClose} members=${['label']}>
            ${(/** @type {ErrorOf} */ errorOf) => html`
                <${TextField} label="Label" error=${errorOf('label')} value=${label} onInput=${setLabel} autofocus />`}
        <//>`;
}

/**
 * @param {{
 *     title: string,
 *     action: string,
 *     unsaved: boolean,
 *     onSave: () => Promise<void>,
 *     onClose: () => void,
 *     members: string[],
 *     children: (errorOf: ErrorOf) => ComponentChildren,
 * }} props `members`: those of the body that have a control of their own, where what is wrong with them is shown
 */
function Form({ title, action, unsaved, onSave, onClose, members, children }) {
    /** @type {RefObject<HTMLFormElement>} */
    const form = useRef(null);
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    useUnsaved(unsaved);
    const close = () => {
        forgetUnsaved();
        onClose();
    };
    /** @param {Event} event */
    const save = async (event) => {
        event.preventDefault();
        setState({ busy: true });
        try {
            await onSave();
        } catch (error) {
            setState({ error });
            focusFirstError(form.current);
        }
    };
    /** @type {ErrorOf} */
    const errorOf = (member) => {
        const said = reasonFor(state.error, member);
        return said && reason(said);
    };
    const actions = html`
        <${Button} onClick=${close}>Cancel<//>
        <${Button} type="submit" form="field-form" kind="primary" busy=${state.busy}>${action}<//>`;
    return html`
        <${Dialog} title=${title} onClose=${close} actions=${actions}>
            <form id="field-form" class="stack" ref=${form} onSubmit=${save}>
                ${children(errorOf)}
                ${state.error && !members.some(errorOf) && html`<${Problem} error=${state.error} />`}
            </form>
        <//>`;
}
