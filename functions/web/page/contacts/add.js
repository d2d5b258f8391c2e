// Adding a contact.

/**
 * @import { CustomField, NewContact } from '#api'
 * @import { Query } from '../routes.js'
 * @import { Load } from '../ui/load.js'
 * @import { Draft } from './draft.js'
 * @import { Saving } from './form.js'
 * @import { Sent } from './sent.js'
 */

import { forgetUnsaved, navigate, useUnsaved } from '../router.js';
import { href } from '../routes.js';
import { Drawer } from '../ui/dialog.js';
import { html } from '../ui/html.js';
import { Loaded } from '../ui/state.js';
import { useTitle } from '../ui/title.js';
import { toast } from '../ui/toast.js';
import { useRef, useState } from '../vendor/hooks.js';
import { addContact } from './book.js';
import { noteAdded } from './changes.js';
import { bodyOf, draftOf, isChanged } from './draft.js';
import { nameOf } from './fields.js';
import { readNew } from './filters.js';
import { Form } from './form.js';
import { keyOf } from './sent.js';

/**
 * @param {{
 *     customFields: Load<CustomField[]>,
 *     prefill?: string,
 *     query: Query,
 *     onClose: () => void,
 * }} props `prefill`: what somebody looked up in vain
 */
export function AddContact({ customFields, prefill, query, onClose }) {
    useTitle('Add contact');
    const [draft, setDraft] = useState(/** @type {Draft} */ ({}));
    const [state, setState] = useState(/** @type {Saving} */ ({}));
    const key = useRef(/** @type {Sent} */ ({ text: '', key: '' }));
    const empty = {
        ...draftOf(undefined, customFields.data ?? []),
        ...Object.fromEntries(prefill ? [readNew(prefill)] : []),
    };
    const filled = { ...empty, ...draft };
    useUnsaved(isChanged(empty, filled));
    const add = async () => {
        setState({ busy: true });
        try {
            const body = bodyOf(filled);
            const contact = await addContact(body, keyOf(key.current, body));
            noteAdded(contact);
            forgetUnsaved();
            toast(`${nameOf(contact)} was added.`);
            navigate(href.contact(contact.id, query), { replace: true });
        } catch (error) {
            setState({ error, refused: filled });
        }
    };
    /** @type {(path: string, text: string) => void} */
    const input = (path, text) => setDraft({ ...draft, [path]: text });
    const form = () => html`
        <${Form} draft=${filled} ...${state} customFields=${customFields.data} action="Add contact"
            onInput=${input} onSubmit=${add} onCancel=${onClose} />`;
    return html`
        <${Drawer} title="Add contact" onClose=${onClose}>
            <${Loaded} what="the form" ...${customFields}>${form}<//>
        <//>`;
}
