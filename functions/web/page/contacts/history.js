// What happened to a contact, the newest first. It is read when it is opened, since few people need it.

/**
 * @import { Contact, CustomField, HistoryEntry } from '#api'
 * @import { TargetedEvent } from '../vendor/preact.js'
 * @import { Part } from './history-words.js'
 *
 * @typedef {{cursor?: string, items: HistoryEntry[], next: string | null}} Shown `cursor`: of the page that was read last
 * @typedef {{contact: Contact, customFields: CustomField[]}} Props
 */

import { exactly, moment } from '../format.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading } from '../ui/state.js';
import { useRef, useState } from '../vendor/hooks.js';
import { listHistory } from './book.js';
import { ConversationId } from './conversation-link.js';
import { sentenceOf } from './history-words.js';
import { ContactLink } from './link.js';

/** The history follows the contact with a delay: how long to wait after a change, in milliseconds. */
const LAG = 2_000;

/** @param {Props} props */
export function History(props) {
    const [isOpen, setIsOpen] = useState(false);
    /** @param {TargetedEvent<HTMLDetailsElement>} event */
    const onToggle = ({ currentTarget }) => setIsOpen(currentTarget.open);
    return html`
        <section>
            <details class="history" onToggle=${onToggle}>
                <summary><h3>History</h3></summary>
                ${isOpen && html`<${Entries} ...${props} />`}
            </details>
        </section>`;
}

/** @param {Props} props */
function Entries({ contact: { id, version }, customFields }) {
    const [cursor, setCursor] = useState('');
    const shown = useRef(/** @type {Shown} */ ({ items: [], next: null }));
    /** @param {AbortSignal} signal */
    const load = async (signal) => {
        const { items, next } = shown.current;
        const isRead = shown.current.cursor === cursor;
        if (isRead) await new Promise((resolve) => setTimeout(resolve, LAG));
        const page = await listHistory(id, isRead ? '' : cursor, signal);
        const known = new Set(items.map(keyOf));
        const others = page.items.filter((item) => !known.has(keyOf(item)));
        if (signal.aborted) return shown.current;
        shown.current = isRead
            ? { cursor, items: [...others, ...items], next }
            : { cursor, items: [...items, ...others], next: page.next_cursor };
        return shown.current;
    };
    const { data, error, loading, retry } = useLoad(load, [cursor, version]);
    const { items, next } = shown.current;
    return html`
        <div aria-busy=${String(loading)}>
            ${data && items.length === 0 && html`<p class="quiet">Nothing is recorded of this contact.</p>`}
            <ol class="entries">
                ${items.map(
                    (entry) => html`
                        <li key=${keyOf(entry)}>
                            <p>
                                ${sentenceOf(entry, id, customFields).map((part) => html`<${Said} part=${part} />`)}
                            </p>
                            <time datetime=${entry.at} title=${exactly(entry.at)}>${moment(entry.at)}</time>
                        </li>`,
                )}
            </ol>
            ${!data && !error && html`<${Loading} what="the history" />`}
            ${error && html`<${Failure} error=${error} onRetry=${retry} />`}
            ${next && !error && html`<${Button} busy=${loading} onClick=${() => setCursor(next)}>Show more<//>`}
        </div>`;
}

/** @param {HistoryEntry} entry */
const keyOf = ({ contact_id: id, version }) => `${id} ${version}`;

/** @param {{part: Part}} props */
function Said({ part }) {
    if (typeof part === 'string') return html`${part}`;
    if ('contact' in part) return html`<${ContactLink} id=${part.contact} />`;
    if ('import' in part) return html`<a href=${href.import(part.import)}>import</a>`;
    if ('conversation' in part) return html`<${ConversationId} id=${part.conversation} />`;
    return html`<bdi>${part.value}</bdi>`;
}
