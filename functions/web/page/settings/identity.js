// Who counts as one person: what is trusted, and which identifiers name nobody.

/**
 * @import { IdentityMode, Settings } from '#api'
 *
 * @typedef {{settings: Settings, onSaved: (settings: Settings) => void}} Props
 * @typedef {'blocked_identifiers' | 'allowed_identifiers'} ListName
 */

import { get, reasonFor, request } from '../api.js';
import { CHANNELS, labelOf } from '../contacts/fields.js';
import { reason } from '../format.js';
import { useUnsaved } from '../router.js';
import { Button } from '../ui/button.js';
import { focusFirstError, SelectField, TextField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useRef, useState } from '../vendor/hooks.js';

/** @type {[IdentityMode, string, string][]} */
const MODES = [
    ['open', 'Open', 'It fills in what is missing. Everything else waits until somebody here accepts it.'],
    ['guarded', 'Guarded', 'It changes nothing. This also protects contacts whose details were entered here.'],
];
/** @type {[ListName, string, string][]} */
const LISTS = [
    [
        'blocked_identifiers',
        'Blocked identifiers',
        'Phones and addresses that name nobody, such as your own switchboard. Contacts can show them, but are not found by them. Usual placeholders are blocked already.',
    ],
    ['allowed_identifiers', 'Allowed identifiers', 'Placeholders that do name somebody among your contacts.'],
];
const CHOICES = CHANNELS.map(({ key, label }) => /** @type {const} */ ([key, label]));

/** @param {Props} props */
export function Identity(props) {
    return html`
        <${Mode} ...${props} />
        ${LISTS.map(([name, title, text]) => html`<${List} key=${name} name=${name} title=${title} text=${text} ...${props} />`)}`;
}

/** @param {Props} props */
function Mode({ settings, onSaved }) {
    const [mode, setMode] = useState(settings.identity);
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    useUnsaved(mode !== settings.identity);
    /** @param {Event} event */
    const save = async (event) => {
        event.preventDefault();
        setState({ busy: true });
        try {
            onSaved(await request('PATCH', '/settings', { body: { identity: mode } }));
            setState({});
            toast('The protection of contacts was saved.');
        } catch (error) {
            setState({ error });
        }
    };
    return html`
        <section class="card">
            <h2>Protection of contacts</h2>
            <p class="quiet">
                Anybody can give somebody else’s email in a chat. A contact is confirmed once a channel proves who is
                talking, such as the number of a caller. Choose what a conversation that proves nothing does to it.
            </p>
            <form class="stack" onSubmit=${save}>
                <fieldset>
                    <legend>A conversation that proves nothing</legend>
                    ${MODES.map(
                        ([value, label, text]) => html`
                            <label class="choice" key=${value}>
                                <input type="radio" name="identity" checked=${mode === value} onChange=${() => setMode(value)} />
                                <span>${label} <span class="quiet">· ${text}</span></span>
                            </label>`,
                    )}
                </fieldset>
                ${state.error && html`<${Problem} error=${state.error} />`}
                <div><${Button} type="submit" kind="primary" busy=${state.busy}>Save<//></div>
            </form>
        </section>`;
}

/** @param {Props & {name: ListName, title: string, text: string}} props */
function List({ settings, onSaved, name, title, text }) {
    const list = settings[name];
    const [field, setField] = useState(/** @type {string} */ (CHOICES[0][0]));
    const [value, setValue] = useState('');
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown, path?: string}} */ ({}));
    const form = useRef(/** @type {HTMLFormElement | null} */ (null));
    useUnsaved(value !== '');
    /**
     * Changes the list as it is now: others may have changed it.
     *
     * @param {(list: Settings[ListName]) => Settings[ListName]} change
     * @param {string} done
     */
    const save = async (change, done) => {
        setState({ busy: true });
        let path = '';
        try {
            const changed = change((await get('/settings', {}))[name]);
            path = `${name}[${changed.length - 1}].value`;
            onSaved(await request('PATCH', '/settings', { body: { [name]: changed } }));
            setState({});
            toast(done);
            return true;
        } catch (error) {
            setState({ error, path });
            focusFirstError(form.current);
            return false;
        }
    };
    /** @param {Event} event */
    const add = async (event) => {
        event.preventDefault();
        const isAdded = await save((others) => [...others, { field, value }], `${value} was added.`);
        if (isAdded) setValue('');
    };
    const refused = reasonFor(state.error, state.path ?? '') ?? reasonFor(state.error, name);
    return html`
        <section class="card">
            <h2>${title}</h2>
            <p class="quiet">${text}</p>
            <ul class="listed">
                ${list.map((entry) => {
                    const remove = () => {
                        form.current?.querySelector('input')?.focus();
                        save(
                            (others) => others.filter((other) => other.value !== entry.value),
                            `${entry.value} was removed.`,
                        );
                    };
                    return html`
                        <li key=${entry.field + entry.value}>
                            <span class="quiet">${labelOf(entry.field)}</span> <bdi>${entry.value}</bdi>
                            <${Button} kind="quiet" icon="delete" label=${`Remove ${entry.value}`} onClick=${remove} />
                        </li>`;
                })}
            </ul>
            <form class="row" ref=${form} onSubmit=${add} aria-label=${title} noValidate>
                <${SelectField} label="Field" options=${CHOICES} value=${field} onChange=${setField} />
                <${TextField} label="Value" value=${value} onInput=${setValue} error=${refused && reason(refused)} />
                <${Button} type="submit" icon="plus" busy=${state.busy}>Add<//>
            </form>
            ${state.error && !refused && html`<${Problem} error=${state.error} />`}
        </section>`;
}
