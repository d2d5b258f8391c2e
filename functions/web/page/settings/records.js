// What is kept of contacts, and where their conversations are found.

/**
 * @import { Settings, SettingsPatch } from '#api'
 *
 * @typedef {{settings: Settings, onSaved: (settings: Settings) => void}} Props
 * @typedef {'history_days' | 'conversation_url'} Name
 */

import { reasonFor, request } from '../api.js';
import { noteConversationUrl } from '../contacts/conversation-link.js';
import { count, reason } from '../format.js';
import { useUnsaved } from '../router.js';
import { Button } from '../ui/button.js';
import { focusFirstError, TextField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useRef, useState } from '../vendor/hooks.js';
import { wholeNumber } from './whole-number.js';

/** @param {Props} props */
export function Records({ settings, onSaved }) {
    const { history_days: days, conversation_url: url } = settings;
    return html`
        <section class="card">
            <h2>History</h2>
            <p class="quiet">
                Each contact has a history of what changed, and of who changed it. It is kept for up to 3650 days;
                with 0 days, none is kept. A change concerns only what is written from then on.
            </p>
            <${TextForm} name="history_days" label="Days" inputmode="numeric"
                saved=${String(days)} toBody=${(/** @type {string} */ text) => wholeNumber(text)} onSaved=${onSaved}
                said=${(/** @type {Settings} */ saved) => daysSaid(saved.history_days)} />
        </section>
        <section class="card">
            <h2>Links to conversations</h2>
            <p class="quiet">
                The address at which another system shows a conversation. ${'{conversation_id}'} stands for the id of the
                conversation. Without an address, conversations are no links.
            </p>
            <${TextForm} name="conversation_url" label="Address" inputmode="url" maxlength="500" spellcheck=${false}
                placeholder="https://example.com/calls/{conversation_id}" dir="ltr"
                saved=${url ?? ''} toBody=${(/** @type {string} */ text) => text.trim() || null} onSaved=${onSaved}
                said=${(/** @type {Settings} */ saved) =>
                    saved.conversation_url ? 'Conversations are now links.' : 'Conversations are no longer links.'} />
        </section>`;
}

/** @param {number} days */
const daysSaid = (days) =>
    days === 0 ? 'No history is kept from now on.' : `History is now kept for ${count(days, 'day')}.`;

/**
 * @param {{
 *     name: Name,
 *     label: string,
 *     saved: string,
 *     toBody: (text: string) => string | number | null,
 *     said: (settings: Settings) => string,
 *     onSaved: (settings: Settings) => void,
 *     [attribute: string]: unknown,
 * }} props `toBody`: what is sent of the text; `said`: the message once it is saved. Everything else goes to the control
 */
function TextForm({ name, label, saved, toBody, said, onSaved, ...rest }) {
    const [text, setText] = useState(saved);
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    const form = useRef(/** @type {HTMLFormElement | null} */ (null));
    useUnsaved(text !== saved);
    /** @param {Event} event */
    const save = async (event) => {
        event.preventDefault();
        setState({ busy: true });
        try {
            // The API says what is wrong with a value of another type.
            const body = /** @type {SettingsPatch} */ ({ [name]: toBody(text) });
            const settings = await request('PATCH', '/settings', { body });
            setText(String(settings[name] ?? ''));
            onSaved(settings);
            noteConversationUrl(settings.conversation_url);
            setState({});
            toast(said(settings));
        } catch (error) {
            setState({ error });
            focusFirstError(form.current);
        }
    };
    const refused = reasonFor(state.error, name);
    return html`
        <form class="row wide" ref=${form} onSubmit=${save} noValidate>
            <${TextField} label=${label} ...${rest} value=${text} onInput=${setText}
                error=${refused && reason(refused)} />
            <${Button} type="submit" kind="primary" busy=${state.busy}>Save<//>
        </form>
        ${state.error && !refused && html`<${Problem} error=${state.error} />`}`;
}
