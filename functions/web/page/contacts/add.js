// Adding a contact.

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
import { Form } from './form.js';

export function AddContact({ customFields, query, onClose }) {
    useTitle('Add contact');
    const [draft, setDraft] = useState({});
    const [state, setState] = useState({});
    const key = useRef({});
    const empty = draftOf(undefined, customFields.data ?? []);
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
    const form = () => html`
        <${Form} draft=${filled} ...${state} customFields=${customFields.data} action="Add contact"
            onInput=${(path, text) => setDraft({ ...draft, [path]: text })} onSubmit=${add} onCancel=${onClose} />`;
    return html`
        <${Drawer} title="Add contact" onClose=${onClose}>
            <${Loaded} what="the form" ...${customFields}>${form}<//>
        <//>`;
}

/** The same contact sent again counts once; a corrected one is another request. */
function keyOf(sent, body) {
    const text = JSON.stringify(body);
    if (sent.text !== text) Object.assign(sent, { text, key: crypto.randomUUID() });
    return sent.key;
}
