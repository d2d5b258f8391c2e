// The custom fields of a workspace.

/**
 * @import { CustomField } from '#api'
 *
 * @typedef {{what: 'add'} | {what: 'rename' | 'delete', field: CustomField}} Open what is done to which field
 *
 * @typedef {object} ChangeProps
 * @property {CustomField} field
 * @property {CustomField[]} fields
 * @property {(changed: CustomField[]) => void} onSaved
 * @property {() => void} onClose
 */

import { get, request } from '../api.js';
import { count } from '../format.js';
import { Button } from '../ui/button.js';
import { Confirm } from '../ui/dialog.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useState } from '../vendor/hooks.js';
import { AddField, RenameField, TYPES } from './field-form.js';

export function CustomFields() {
    const fields = useLoad((signal) => get('/custom-fields', { signal }), []);
    const [open, setOpen] = useState(/** @type {Open | undefined} */ (undefined));
    const close = () => setOpen(undefined);
    const items = fields.data?.items;
    /** @param {CustomField[]} changed */
    const saved = (changed) => {
        fields.set({ next_cursor: null, ...fields.data, items: changed });
        close();
    };
    return html`
        <section class="card">
            <div class="heading">
                <h2>Custom fields</h2>
                ${items && html`<${Button} icon="plus" onClick=${() => setOpen({ what: 'add' })}>Add field<//>`}
            </div>
            <p class="quiet">Further information about your contacts, such as a plan, a budget or a birthday.</p>
            ${fields.error && html`<${Failure} error=${fields.error} onRetry=${fields.retry} />`}
            ${!items && fields.loading && html`<${Loading} what="the custom fields" />`}
            ${items?.length === 0 && html`<p class="none">No custom fields yet.</p>`}
            ${items && items.length > 0 && html`<${Table} fields=${items} onOpen=${setOpen} />`}
            ${open?.what === 'add' && html`<${AddField} fields=${items} onSaved=${saved} onClose=${close} />`}
            ${
                open?.what === 'rename' &&
                html`<${RenameField} field=${open.field} fields=${items} onSaved=${saved} onClose=${close} />`
            }
            ${
                open?.what === 'delete' &&
                html`<${DeleteField} field=${open.field} fields=${items} onSaved=${saved} onClose=${close} />`
            }
        </section>`;
}

/** @param {{fields: CustomField[], onOpen: (open: Open) => void}} props */
function Table({ fields, onOpen }) {
    return html`
        <table class="fields">
            <caption class="hidden">${count(fields.length, 'custom field')}</caption>
            <thead>
                <tr>
                    <th scope="col">Label</th><th scope="col">Key</th><th scope="col">Type</th>
                    <th><span class="hidden">Actions</span></th>
                </tr>
            </thead>
            <tbody>
                ${fields.map(
                    (field) => html`
                        <tr key=${field.key}>
                            <th scope="row"><bdi>${field.label}</bdi></th>
                            <td><code>${field.key}</code></td>
                            <td>${TYPES[field.type]}</td>
                            <td class="tools">
                                <${Button} kind="quiet" icon="edit" label=${`Rename ${field.label}`}
                                    onClick=${() => onOpen({ what: 'rename', field })} />
                                <${Button} kind="quiet" icon="delete" label=${`Delete ${field.label}`}
                                    onClick=${() => onOpen({ what: 'delete', field })} />
                            </td>
                        </tr>`,
                )}
            </tbody>
        </table>`;
}

/** @param {ChangeProps} props */
function DeleteField({ field, fields, onSaved, onClose }) {
    const remove = async () => {
        await request('DELETE', '/custom-fields/{key}', { path: { key: field.key } });
        onSaved(fields.filter((other) => other !== field));
        toast(`The field ${field.label} was deleted.`);
    };
    return html`
        <${Confirm} title=${`Delete the field ${field.label}?`} action="Delete" danger onConfirm=${remove} onClose=${onClose}>
            <p>
                Its values are no longer shown, and exports do not have them. They are not lost: a new field with the key${' '}
                <code>${field.key}</code> and the type ${TYPES[field.type]} shows them again.
            </p>
        <//>`;
}
