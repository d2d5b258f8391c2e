// The conversations of a contact, the latest first.

/**
 * @import { Contact, Conversation as Item } from '#api'
 * @import { RefObject } from '../vendor/preact.js'
 *
 * @typedef {{cursor?: string, items: Item[], next: string | null}} Shown `cursor`: of the page that was read last
 */

import { isMissing } from '../api.js';
import { Button } from '../ui/button.js';
import { Confirm } from '../ui/dialog.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { toast } from '../ui/toast.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { listConversations, readContact, unlinkConversation } from './book.js';
import { ConversationId } from './conversation-link.js';
import { labelOf, nameOf } from './fields.js';

/** @param {{contact: Contact, onChanged: (contact: Contact) => void}} props */
export function Conversations({ contact, onChanged }) {
    // The version changes when the contact talks again.
    const { id, version } = contact;
    const [taken, setTaken] = useState(/** @type {Item | undefined} */ (undefined));
    const [cursor, setCursor] = useState('');
    const shown = useRef(/** @type {Shown} */ ({ items: [], next: null }));
    const [forgotten, setForgotten] = useState(0);
    /** @type {RefObject<HTMLHeadingElement>} */
    const heading = useRef(null);
    /** @param {AbortSignal} signal */
    const load = async (signal) => {
        const { items, next } = shown.current;
        const isRead = shown.current.cursor === cursor;
        const page = await listConversations(id, isRead ? '' : cursor, signal);
        const known = new Set(items.map((item) => item.conversation_id));
        const others = page.items.filter((item) => !known.has(item.conversation_id));
        shown.current = isRead
            ? { cursor, items: [...others, ...items], next }
            : { cursor, items: [...items, ...others], next: page.next_cursor };
        return shown.current;
    };
    const { data, error, loading, retry } = useLoad(load, [cursor, version]);
    const { next } = data ?? {};
    const { items } = shown.current;
    /** @param {Item} item */
    const forget = (item) => {
        shown.current = { ...shown.current, items: shown.current.items.filter((other) => other !== item) };
        setTaken(undefined);
        setForgotten(forgotten + 1);
    };
    // Only once the question is closed can anything below it have the focus.
    useEffect(() => {
        if (forgotten > 0) heading.current?.focus();
    }, [forgotten]);
    return html`
        <section aria-busy=${String(loading)}>
            <h3 ref=${heading} tabindex="-1">Conversations</h3>
            ${data && items.length === 0 && html`<p class="quiet">None yet.</p>`}
            <ul class="conversations">
                ${items.map(
                    (item) => html`
                        <${Conversation} key=${item.conversation_id} item=${item} onTake=${() => setTaken(item)} />`,
                )}
            </ul>
            ${!data && !error && html`<${Loading} what="conversations" />`}
            ${error && html`<${Failure} error=${error} onRetry=${retry} />`}
            ${next && !error && html`<${Button} busy=${loading} onClick=${() => setCursor(next)}>Show earlier ones<//>`}
            ${
                taken &&
                html`
                    <${Unlink} contact=${contact} item=${taken} onDone=${forget} onChanged=${onChanged}
                        onClose=${() => setTaken(undefined)} />`
            }
        </section>`;
}

/** @param {{item: Item, onTake: () => void}} props */
function Conversation({ item, onTake }) {
    const { conversation_id: id, channel, assistant_id: assistant, started_at: at, identity } = item;
    return html`
        <li>
            <${Icon} name=${channel} />
            <div>
                <p><strong>${labelOf(channel)}</strong> with <bdi>${assistant}</bdi></p>
                <p class="quiet"><${ConversationId} id=${id} /> · ${identity === 'proven' ? 'identity confirmed' : 'only stated'}</p>
            </div>
            <${Time} at=${at} />
            <${Button} kind="quiet" class="copy" icon="unlink" label=${`Not this person: conversation ${id}`}
                onClick=${onTake} />
        </li>`;
}

/**
 * @param {{
 *     contact: Contact,
 *     item: Item,
 *     onDone: (item: Item) => void,
 *     onChanged: (contact: Contact) => void,
 *     onClose: () => void,
 * }} props
 */
function Unlink({ contact, item, onDone, onChanged, onClose }) {
    const name = nameOf(contact);
    const unlink = async () => {
        try {
            await unlinkConversation(contact.id, item.conversation_id);
        } catch (error) {
            // Somebody else has taken it already.
            if (!isMissing(error)) throw error;
        }
        toast('The conversation was taken from this contact.');
        onDone(item);
        // The contact is another version now; it is read again before long in any case.
        readContact(contact.id).then(onChanged, () => {});
    };
    const title = html`Take this conversation from <bdi>${name}</bdi>?`;
    return html`
        <${Confirm} title=${title} action="Take it away" danger onConfirm=${unlink} onClose=${onClose}>
            <p>
                ${labelOf(item.channel)} conversation <bdi>${item.conversation_id}</bdi> no longer belongs to this contact.
                If the other side goes on talking in it, a contact of their own is made, and the two are kept apart.
            </p>
            <p>
                What is already known about <bdi>${name}</bdi> from the conversation stays. Correct it by hand if it is
                wrong.
            </p>
        <//>`;
}
