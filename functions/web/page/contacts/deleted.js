// A deleted contact: its deletion is taken back, at once or from its own address.

/**
 * @import { Contact, Identifier } from '#api'
 * @import { ApiError } from '../api.js'
 * @import { Query } from '../routes.js'
 * @import { TargetedMouseEvent } from '../vendor/preact.js'
 */

import { moment } from '../format.js';
import { navigate } from '../router.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { html } from '../ui/html.js';
import { Notice, Problem } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useState } from '../vendor/hooks.js';
import { restoreContact } from './book.js';
import { noteAdded } from './changes.js';
import { labelOf, nameOf } from './fields.js';

/**
 * By a restored contact's id, the identifiers that belong to others by now, until somebody has read it.
 *
 * @type {Map<string, Identifier[]>}
 */
const left = new Map();

/** @param {string} id */
async function restore(id) {
    const { contact, left_with_others: others } = await restoreContact(id);
    if (others.length > 0) left.set(contact.id, others);
    // A list that was read meanwhile does not have it.
    noteAdded(contact);
    toast(`${nameOf(contact)} was restored.`);
    return contact;
}

/**
 * Restores a contact that was just deleted, and shows it.
 *
 * @param {Contact} contact
 * @param {Query} query of the list
 */
export async function undoDeletion(contact, query) {
    try {
        const { id } = await restore(contact.id);
        navigate(href.contact(id, query));
    } catch (error) {
        // The view in which it was deleted is closed, so there is no other place to say it.
        const reason = error instanceof Error ? error.message : 'something went wrong';
        const act = () => undoDeletion(contact, query);
        toast(`${nameOf(contact)} was not restored: ${reason}.`, { label: 'Try again', act });
    }
}

/** @param {{id: string, error: ApiError, onErase: () => void}} props `error`: what its address answers */
export function Deleted({ id, error: { restorableUntil: until }, onErase }) {
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    /** @param {TargetedMouseEvent<HTMLElement>} event */
    const onClick = async ({ currentTarget }) => {
        const heading = currentTarget.closest('dialog')?.querySelector('h2');
        setState({ busy: true });
        try {
            await restore(id);
            // The button that had the focus is gone.
            heading?.focus();
        } catch (error) {
            setState({ error });
        }
    };
    const actions =
        until &&
        html`
            <${Button} kind="primary" busy=${state.busy} onClick=${onClick}>Restore<//>
            <${Button} onClick=${onErase}>Erase for good…<//>`;
    return html`
        <${Empty} icon="delete" title="This contact was deleted" actions=${actions}>
            ${
                until
                    ? html`<p>It can be restored until <time datetime=${until}>${moment(until)}</time>.</p>`
                    : html`<p>It can no longer be restored.</p>`
            }
            <p><a href=${href.contacts()}>Go to all contacts</a></p>
            ${state.error && html`<${Problem} error=${state.error} />`}
        <//>`;
}

/** @param {{contact: Contact}} props */
export function LeftWithOthers({ contact: { id } }) {
    const [, draw] = useState({});
    const others = left.get(id);
    if (!others) return null;
    const close = () => {
        left.delete(id);
        draw({});
    };
    return html`
        <${Notice} kind="warning" title="Restored without what belongs to others by now" onClose=${close}>
            <ul>
                ${others.map(
                    ({ field, value }) => html`
                        <li key=${field + value}>${labelOf(field)} <bdi>${value}</bdi> stays with another contact.</li>`,
                )}
            </ul>
        <//>`;
}
