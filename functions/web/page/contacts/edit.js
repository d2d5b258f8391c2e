// Changing a contact. If somebody else has changed it meanwhile, the form says what, field by field.

/**
 * @import { Contact, CustomField } from '#api'
 * @import { RefObject } from '../vendor/preact.js'
 * @import { Change } from './draft.js'
 * @import { Saving } from './form.js'
 * @import { Sent } from './sent.js'
 */

import { isMissing, isStatus } from '../api.js';
import { forgetUnsaved, useUnsaved } from '../router.js';
import { html } from '../ui/html.js';
import { Notice } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { addContact, changeContact, readContact } from './book.js';
import { noteAdded, noteChanged, noteDeleted } from './changes.js';
import { bodyOf, draftOf, isChanged, patchOf, rebase } from './draft.js';
import { nameOf } from './fields.js';
import { Form } from './form.js';
import { keyOf } from './sent.js';

/** So often a contact is saved again that was changed elsewhere but in no field of the form. */
const TRIES = 3;

/**
 * @param {{
 *     contact: Contact,
 *     customFields: CustomField[],
 *     onSaved: (contact: Contact) => void,
 *     onAdded: (contact: Contact) => void,
 *     onClose: () => void,
 * }} props `onAdded`: the contact was deleted meanwhile, and is another one now
 */
export function EditContact({ contact, customFields, onSaved, onAdded, onClose }) {
    const [seen, setSeen] = useState(contact);
    const [draft, setDraft] = useState(() => draftOf(contact, customFields));
    const [state, setState] = useState(/** @type {Saving & {isGone?: boolean}} */ ({}));
    useUnsaved(isChanged(draftOf(seen, customFields), draft));

    /**
     * Saves on top of `base`, or of what it has become, unless the person has to look at that first.
     *
     * @returns {Promise<Contact | undefined>}
     */
    const save = async (base = seen, tries = TRIES) => {
        const before = draftOf(base, customFields);
        if (!isChanged(before, draft)) return base;
        try {
            return await changeContact(base, patchOf(before, draft));
        } catch (error) {
            if (!isStatus(error, 412)) throw error;
            const fresh = await readContact(base.id);
            const rebased = rebase(before, draft, draftOf(fresh, customFields));
            if (Object.keys(rebased.changes).length === 0 && tries > 1) return save(fresh, tries - 1);
            setSeen(fresh);
            setDraft(rebased.draft);
            setState({ changes: rebased.changes });
            return undefined;
        }
    };
    const submit = async () => {
        setState(({ changes }) => ({ changes, busy: true }));
        try {
            const saved = await save();
            if (!saved) return;
            noteChanged(saved);
            forgetUnsaved();
            toast(`${nameOf(saved)} was saved.`);
            onSaved(saved);
        } catch (error) {
            if (isMissing(error)) noteDeleted(contact.id);
            setState(({ changes }) => ({ changes, error, refused: draft }));
        }
    };
    const key = useRef(/** @type {Sent} */ ({ text: '', key: '' }));
    const add = async () => {
        setState({ busy: true, isGone: true });
        try {
            const body = bodyOf(draft);
            const added = await addContact(body, keyOf(key.current, body));
            noteAdded(added);
            forgetUnsaved();
            toast(`${nameOf(added)} was saved as a new contact.`);
            onAdded(added);
        } catch (error) {
            setState({ error, refused: draft, isGone: true });
        }
    };
    const isGone = state.isGone || isMissing(state.error);
    /** @type {(path: string, text: string) => void} */
    const input = (path, text) => setDraft({ ...draft, [path]: text });
    return html`
        <${Form} draft=${draft} ...${state} error=${isMissing(state.error) ? undefined : state.error}
            customFields=${customFields} action=${isGone ? 'Save as a new contact' : 'Save'}
            onInput=${input} onSubmit=${isGone ? add : submit} onCancel=${onClose}>
            ${isGone ? html`<${Gone} />` : state.changes && html`<${Stale} changes=${state.changes} />`}
        <//>`;
}

/** @param {{changes: Record<string, Change>}} props */
function Stale({ changes }) {
    /** @type {RefObject<HTMLDivElement>} */
    const notice = useRef(null);
    useEffect(() => notice.current?.focus(), [changes]);
    const clashed = Object.values(changes).some((change) => change.clashed);
    return html`
        <div ref=${notice} tabindex="-1">
            <${Notice} kind="warning" title="This contact has changed while you were editing">
                <p>
                    Nothing has been saved yet, and your input is still here. The fields that somebody else changed are
                    marked below${clashed && '; where you changed one, too, yours is kept unless you take theirs'}. Then
                    save again.
                </p>
            <//>
        </div>`;
}

function Gone() {
    /** @type {RefObject<HTMLDivElement>} */
    const notice = useRef(null);
    useEffect(() => notice.current?.focus(), []);
    return html`
        <div ref=${notice} tabindex="-1">
            <${Notice} kind="warning" title="This contact was deleted while you were editing">
                <p>Your input is still here. You can save it as a new contact. Its conversations stay with the deleted one.</p>
            <//>
        </div>`;
}
