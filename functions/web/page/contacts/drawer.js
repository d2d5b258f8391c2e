// One contact, at the side of the list: to look at, to change, to delete.

/**
 * @import { Contact, CustomField } from '#api'
 * @import { Query } from '../routes.js'
 * @import { Load } from '../ui/load.js'
 * @import { RefObject } from '../vendor/preact.js'
 */

import { ApiError, isMissing, isStatus } from '../api.js';
import { goBack, navigate } from '../router.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { Confirm, Drawer } from '../ui/dialog.js';
import { Empty } from '../ui/empty.js';
import { html } from '../ui/html.js';
import { useLive } from '../ui/live.js';
import { useLoad } from '../ui/load.js';
import { Menu } from '../ui/menu.js';
import { Failure, Loaded, Loading, Notice } from '../ui/state.js';
import { useTitle } from '../ui/title.js';
import { toast } from '../ui/toast.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { deleteContact, readContact, rereadContact } from './book.js';
import { changed, noteDeleted, useChanges } from './changes.js';
import { Deleted, LeftWithOthers, undoDeletion } from './deleted.js';
import { Details } from './details.js';
import { EditContact } from './edit.js';
import { Erasure } from './erasure.js';
import { Everything } from './everything.js';
import { nameOf } from './fields.js';

/**
 * @param {{
 *     id: string,
 *     isBeside: boolean,
 *     isEdited: boolean,
 *     customFields: Load<CustomField[]>,
 *     query: Query,
 *     onClose: () => void,
 * }} props
 */
export function ContactDrawer({ id, isBeside, isEdited, customFields, query, onClose }) {
    const contact = useLoad((signal) => readContact(id, signal), [id]);
    const [asked, setAsked] = useState(/** @type {'deletion' | 'erasure' | undefined} */ (undefined));
    const stay = () => setAsked(undefined);
    /** @param {() => void} closeMenu */
    const askErasure = (closeMenu) => {
        closeMenu();
        setAsked('erasure');
    };
    const { data } = contact;
    const isGone = isMissing(contact.error);
    useReread(contact, id, isEdited);
    useRestored(contact, id);
    const name = data ? nameOf(data) : 'Contact';
    const title = isEdited && data ? `Edit ${name}` : name;
    useTitle(title);
    const content = useFocusAfterEdit(isEdited);
    const closeEdit = () => goBack(href.contact(id, query));
    const tools =
        data &&
        !isGone &&
        !isEdited &&
        html`
            <${Button} kind="quiet" icon="edit" href=${href.editContact(id, query)} aria-keyshortcuts="e">
                Edit
            <//>
            <${Button} kind="quiet" icon="delete" label="Delete" onClick=${() => setAsked('deletion')} />
            <${Menu} label="More" icon="more" kind="quiet" text=${null}>
                ${(/** @type {() => void} */ close) => html`
                    <${Everything} contact=${data} onDone=${close} />
                    <${Button} kind="quiet" icon="delete" onClick=${() => askErasure(close)}>Erase for good…<//>`}
            <//>`;
    /** @param {Contact} shown */
    const details = (shown) => html`
        ${shown.id !== id && html`<${Joined} />`}
        <${LeftWithOthers} contact=${shown} />
        <${Details} contact=${shown} customFields=${customFields.data ?? []} onChanged=${contact.set} />`;
    /** @param {Contact} saved */
    const onSaved = (saved) => {
        contact.set(saved);
        closeEdit();
    };
    /** @param {Contact} added */
    const onAdded = (added) => navigate(href.contact(added.id, query), { replace: true });
    const edit = () => html`
        <${Loaded} what="the form" ...${customFields}>
            ${() => html`
                <${EditContact} contact=${data} customFields=${customFields.data} onClose=${closeEdit}
                    onSaved=${onSaved} onAdded=${onAdded} />`}
        <//>`;
    return html`
        <${Drawer} title=${html`<bdi>${title}</bdi>`} tools=${tools} isBeside=${isBeside}
            onClose=${isEdited ? closeEdit : onClose}>
            <div ref=${content}>
                ${contact.error && html`<${Failed} id=${id} ...${contact} onErase=${() => setAsked('erasure')} />`}
                ${!data && !contact.error && html`<${Loading} what="the contact" />`}
                ${data && !isGone && (isEdited ? edit() : details(data))}
            </div>
            ${
                asked === 'deletion' &&
                html`
                    <${Deletion} contact=${data} query=${query} onStale=${contact.retry} onCancel=${stay}
                        onDeleted=${onClose} />`
            }
            ${
                asked === 'erasure' &&
                html`
                    <${Erasure} id=${data?.id ?? id} name=${data && name} onCancel=${stay} onErased=${onClose} />`
            }
        <//>`;
}

/**
 * Keeps up with what others and conversations make of the contact. A form has a draft of its own, which stays.
 *
 * @param {Load<Contact>} contact
 * @param {string} id
 * @param {boolean} isEdited
 */
function useReread(contact, id, isEdited) {
    const { data, error } = contact;
    /** @param {AbortSignal} signal */
    const reread = async (signal) => {
        try {
            const now = await rereadContact(id, signal);
            if (!signal.aborted && (now.id !== data?.id || now.version > data.version)) contact.set(now);
        } catch (failure) {
            if (!isMissing(failure)) throw failure;
            noteDeleted(id);
            // The form says it when it is saved.
            if (!isEdited) contact.retry();
        }
    };
    useLive(reread, Boolean(data && !error));
}

/**
 * Shows a contact again whose deletion was taken back while its address is open.
 *
 * @param {Load<Contact>} contact
 * @param {string} id
 */
function useRestored(contact, id) {
    useChanges();
    const restored = changed(id);
    useEffect(() => {
        if (restored && isMissing(contact.error)) contact.set(restored);
    }, [restored]);
}

/**
 * The form has taken the focus from what opened it; the heading gets it back.
 *
 * @param {boolean} isEdited
 */
function useFocusAfterEdit(isEdited) {
    /** @type {RefObject<HTMLDivElement>} */
    const content = useRef(null);
    const wasEdited = useRef(isEdited);
    useEffect(() => {
        if (wasEdited.current && !isEdited) content.current?.closest('dialog')?.querySelector('h2')?.focus();
        wasEdited.current = isEdited;
    }, [isEdited]);
    return content;
}

/** @param {{id: string, error: unknown, retry: () => void, onErase: () => void}} props */
function Failed({ id, error, retry, onErase }) {
    if (!isMissing(error)) return html`<${Failure} error=${error} onRetry=${retry} />`;
    if (isStatus(error, 410)) return html`<${Deleted} id=${id} error=${error} onErase=${onErase} />`;
    return html`
        <${Empty} icon="person" title="There is no such contact">
            <p>It was deleted long ago, or it belongs to another workspace.</p>
            <p><a href=${href.contacts()}>Go to all contacts</a></p>
        <//>`;
}

function Joined() {
    return html`
        <${Notice} title="Two contacts have become one">
            <p>The contact of this link turned out to be the same person as this one, so the two were joined.</p>
        <//>`;
}

/**
 * @param {{
 *     contact: Contact,
 *     query: Query,
 *     onStale: () => void,
 *     onCancel: () => void,
 *     onDeleted: () => void,
 * }} props
 */
function Deletion({ contact, query, onStale, onCancel, onDeleted }) {
    const name = nameOf(contact);
    const remove = async () => {
        try {
            await deleteContact(contact);
        } catch (error) {
            // Gone is gone.
            if (!isMissing(error)) throw isStatus(error, 412) ? stale(onStale) : error;
        }
        noteDeleted(contact.id);
        toast(`${name} was deleted.`, { label: 'Undo', act: () => undoDeletion(contact, query) });
        onDeleted();
    };
    const title = html`Delete <bdi>${name}</bdi>?`;
    return html`
        <${Confirm} title=${title} action="Delete" danger onConfirm=${remove} onClose=${onCancel}>
            <p>
                The contact and its list of conversations can be restored for 30 days, then they go for good. Whoever talks
                to an assistant again meanwhile becomes a new contact.
            </p>
        <//>`;
}

/** @param {() => void} onStale */
function stale(onStale) {
    onStale();
    return new ApiError(412, { detail: 'this contact has just changed; look at it again before you delete it' });
}
