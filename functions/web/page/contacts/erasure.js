// Erasing a contact for good, after a question that is not answered by accident.

/** @import { TargetedEvent } from '../vendor/preact.js' */

import { isStatus } from '../api.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { focusFirstError, TextField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useState } from '../vendor/hooks.js';
import { eraseContact } from './book.js';
import { noteDeleted } from './changes.js';
import { isMeant } from './erasure-words.js';

/**
 * @param {{id: string, name?: string, onErased: () => void, onCancel: () => void}} props `name`: unknown of a deleted contact
 */
export function Erasure({ id, name, onErased, onCancel }) {
    const [text, setText] = useState('');
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown, isRefused?: boolean}} */ ({}));
    /** @param {TargetedEvent<HTMLFormElement>} event */
    const onSubmit = async (event) => {
        event.preventDefault();
        if (state.busy) return;
        if (!isMeant(text, name)) {
            setState({ isRefused: true });
            focusFirstError(event.currentTarget);
            return;
        }
        setState({ busy: true });
        try {
            await eraseContact(id);
        } catch (error) {
            if (!isStatus(error, 404)) {
                setState({ error });
                return;
            }
            // Somebody else has erased it.
        }
        noteDeleted(id);
        // Without the name, which is not to be kept.
        toast('The contact was erased for good.');
        onErased();
    };
    const actions = html`
        <${Button} onClick=${onCancel}>Cancel<//>
        <${Button} kind="danger" type="submit" form="erasure" busy=${state.busy}>Erase for good<//>`;
    const wanted = name ? html`Type <bdi>“${name}”</bdi> or “erase”` : 'Type “erase”';
    return html`
        <${Dialog} title=${html`Erase <bdi>${name ?? 'this contact'}</bdi> for good?`} onClose=${onCancel} actions=${actions}>
            <form id="erasure" class="prose" onSubmit=${onSubmit}>
                <p>This cannot be undone. What is removed:</p>
                <ul>
                    <li>The contact, its history, its list of conversations, and the contacts that were joined into it.</li>
                    <li>What other contacts hold of it, in conflicts and unconfirmed values.</li>
                    <li>The files of imports that have ended, their reports, and exports: they may contain this person.</li>
                </ul>
                <p>What stays:</p>
                <ul>
                    <li>
                        Keyed hashes of its phones, emails and other ids, by default for two years, so that old files and late
                        conversations do not bring the person back.
                    </li>
                    <li>Backups, for up to 35 days.</li>
                </ul>
                <p>Who talks to an assistant again becomes a new contact.</p>
                <${TextField} label=${wanted} value=${text} onInput=${setText} autofocus
                    autocapitalize="none" spellcheck=${false}
                    error=${state.isRefused && `This is ${name ? 'neither the name nor' : 'not'} “erase”.`} />
            </form>
            ${state.error && html`<${Problem} error=${state.error} />`}
        <//>`;
}
