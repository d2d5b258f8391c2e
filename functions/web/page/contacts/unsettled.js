// Values of a contact that wait for a person to accept or dismiss them.

/**
 * @import { Contact, ContactPatch, CustomField, Unconfirmed } from '#api'
 * @import { RefObject } from '../vendor/preact.js'
 *
 * @typedef {{contact: Contact, customFields: CustomField[], onChanged: (contact: Contact) => void}} Props
 * @typedef {{busy?: string, error?: unknown}} Settling `busy`: the button that works
 * @typedef {(name: string, change: () => Promise<Contact>, done: string) => Promise<void>} Run
 */

import { ApiError, isStatus } from '../api.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Notice, Problem } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { toast } from '../ui/toast.js';
import { useRef, useState } from '../vendor/hooks.js';
import { changeContact, readContact } from './book.js';
import { noteChanged } from './changes.js';
import { labelOf, shownIn } from './fields.js';
import { Known, Origin } from './link.js';

const TRIES = 3;

/** @param {Props} props */
export function UnconfirmedValues({ contact, customFields, onChanged }) {
    const { run, box, busy, error } = useSettling(onChanged);
    const known = error instanceof ApiError ? error.existingContactId : undefined;
    return html`
        <div ref=${box}>
            <${Notice} title="Not confirmed yet">
                <p>Somebody who may not be this person said this. Accept what is right, and dismiss the rest.</p>
                <ul class="unsettled">
                    ${contact.unconfirmed?.map((entry) => {
                        const { field, value, at, source } = entry;
                        const label = labelOf(field, customFields);
                        const present = shownIn(contact, field);
                        /** @type {(action: string, done: string, accepts: boolean) => unknown} */
                        const button = (action, done, accepts) => {
                            const name = `${action} ${label} ${value}`;
                            const settle = () => settleValue(contact, entry, accepts, onChanged);
                            const onClick = () => run(name, settle, `${label} was ${done}.`);
                            return html`<${Button} label=${name} busy=${busy === name} onClick=${onClick}>${action}<//>`;
                        };
                        return html`
                            <li key=${field + value}>
                                <p>
                                    <bdi>${label}</bdi>: <strong><bdi>${value}</bdi></strong>
                                    ${present !== undefined && html` instead of <bdi>${present}</bdi>`}
                                </p>
                                <p class="origin"><${Origin} source=${source} />, <${Time} at=${at} /></p>
                                ${button('Accept', 'accepted', true)} ${button('Dismiss', 'dismissed', false)}
                            </li>`;
                    })}
                </ul>
                ${error && (known ? html`<p class="error" role="alert"><${Known} id=${known} /></p>` : html`<${Problem} error=${error} />`)}
            <//>
        </div>`;
}

/**
 * Runs one change at a time. The button that is pressed disappears with what it settles, so the heading gets the focus.
 *
 * @param {(contact: Contact) => void} onChanged
 */
export function useSettling(onChanged) {
    const [state, setState] = useState(/** @type {Settling} */ ({}));
    /** @type {RefObject<HTMLDivElement>} */
    const box = useRef(null);
    /** @type {Run} */
    const run = async (name, change, done) => {
        if (state.busy) return;
        setState({ busy: name });
        try {
            const changed = await change();
            box.current?.closest('dialog')?.querySelector('h2')?.focus();
            noteChanged(changed);
            setState({});
            onChanged(changed);
            toast(done);
        } catch (error) {
            setState({ error });
        }
    };
    return { run, box, ...state };
}

/**
 * Accepts or dismisses a value. If the contact has changed meanwhile, tries again, unless the value would replace another
 * one than the person has seen.
 *
 * @param {Contact} seen
 * @param {Unconfirmed} entry
 * @param {boolean} accepts
 * @param {(contact: Contact) => void} onChanged
 * @returns {Promise<Contact>}
 */
async function settleValue(seen, entry, accepts, onChanged, tries = TRIES) {
    const { field, value } = entry;
    const others = (seen.unconfirmed ?? []).filter((other) => other.field !== field || other.value !== value);
    try {
        return await changeContact(seen, accepts ? patchTo(entry) : { unconfirmed: others });
    } catch (error) {
        if (!isStatus(error, 412) || tries === 1) throw error;
        const fresh = await readContact(seen.id);
        if (shownIn(fresh, field) === shownIn(seen, field))
            return settleValue(fresh, entry, accepts, onChanged, tries - 1);
        onChanged(fresh);
        throw new ApiError(412, { detail: 'this contact has just changed; look at it again' });
    }
}

/**
 * @param {Unconfirmed} entry
 * @returns {ContactPatch}
 */
function patchTo({ field, value }) {
    if (field === 'name') return { name: String(value) };
    const [, key] = field.split('custom.');
    return key ? { custom_fields: { [key]: value } } : { channels: { [field]: String(value) } };
}
