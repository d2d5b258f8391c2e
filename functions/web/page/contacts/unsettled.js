// What a person has to decide about a contact: unconfirmed values, and conflicts with other contacts.

/**
 * @import { Conflict, ConflictReason, Contact, ContactPatch, CustomField, Unconfirmed } from '#api'
 * @import { RefObject } from '../vendor/preact.js'
 *
 * @typedef {{contact: Contact, customFields: CustomField[], onChanged: (contact: Contact) => void}} Props
 * @typedef {{busy?: string, error?: unknown}} Settling `busy`: the button that works
 */

import { ApiError, isStatus } from '../api.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Notice, Problem } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { toast } from '../ui/toast.js';
import { useRef, useState } from '../vendor/hooks.js';
import { changeContact, dismissConflicts, readContact } from './book.js';
import { noteChanged } from './changes.js';
import { labelOf, shownIn } from './fields.js';
import { ContactLink, Known, Origin } from './link.js';

const TRIES = 3;

/** @type {Record<ConflictReason, string>} */
const REASONS = {
    unproven: 'A conversation named both, but nothing proves that they are one person.',
    different_person: 'It was used under another name, so it may belong to two people.',
    contradiction: 'Both were named together, but they have different values in a field.',
    too_many: 'Together they would have more values than one contact can have.',
};

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

/** @param {Props} props */
export function Conflicts({ contact, customFields, onChanged }) {
    const { run, box, busy, error } = useSettling(onChanged);
    const conflicts = contact.conflicts ?? [];
    const title = conflicts.length === 1 ? 'Conflict with another contact' : 'Conflicts with other contacts';
    const dismiss = async () => {
        const changed = await dismissConflicts(contact.id);
        // The list shows the others, too.
        for (const { contact_id: id } of conflicts) readContact(id).then(noteChanged, () => {});
        return changed;
    };
    return html`
        <div ref=${box}>
            <${Notice} kind="warning" title=${title}>
                <ul class="unsettled">
                    ${conflicts.map(
                        ({ field, value, contact_id: id, reason, at, source, withheld }) => html`
                            <li key=${field + value + id}>
                                <p><${ContactLink} id=${id} />: ${labelOf(field)} <strong><bdi>${value}</bdi></strong></p>
                                <p>${REASONS[reason]}</p>
                                ${
                                    withheld &&
                                    html`
                                        <p>
                                            Saved with neither contact:${' '}
                                            ${withheld.map(
                                                (entry, index) => html`
                                                    ${index > 0 && '; '}<bdi>${labelOf(entry.field, customFields)}</bdi>${' '}
                                                    <strong><bdi>${entry.value}</bdi></strong>`,
                                            )}
                                        </p>`
                                }
                                <p class="origin">
                                    ${source && html`<${Origin} source=${source} />, `}<${Time} at=${at} />
                                </p>
                            </li>`,
                    )}
                </ul>
                <p>They were not joined. Correct what is wrong, or dismiss this for both contacts.</p>
                ${error && html`<${Problem} error=${error} />`}
                <${Button} busy=${Boolean(busy)} onClick=${() => run('all', dismiss, 'Dismissed for both.')}>Dismiss<//>
            <//>
        </div>`;
}

/**
 * Runs one change at a time. The button that is pressed disappears with what it settles, so the heading gets the focus.
 *
 * @param {(contact: Contact) => void} onChanged
 */
function useSettling(onChanged) {
    const [state, setState] = useState(/** @type {Settling} */ ({}));
    /** @type {RefObject<HTMLDivElement>} */
    const box = useRef(null);
    /** @type {(name: string, change: () => Promise<Contact>, done: string) => Promise<void>} */
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
