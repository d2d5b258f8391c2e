// The conversations of a contact, the latest first.

/**
 * @import { Conversation as Item } from '#api'
 *
 * @typedef {{cursor?: string, items: Item[], next: string | null}} Shown `cursor`: of the page that was read last
 */

import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { useRef, useState } from '../vendor/hooks.js';
import { listConversations } from './book.js';
import { labelOf } from './fields.js';

/** @param {{id: string, version: number}} props `version`: of the contact, which changes when it talks again */
export function Conversations({ id, version }) {
    const [cursor, setCursor] = useState('');
    const shown = useRef(/** @type {Shown} */ ({ items: [], next: null }));
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
    const { items = [], next } = data ?? {};
    return html`
        <section aria-busy=${String(loading)}>
            <h3>Conversations</h3>
            ${data && items.length === 0 && html`<p class="quiet">None yet.</p>`}
            <ul class="conversations">
                ${items.map((item) => html`<${Conversation} key=${item.conversation_id} ...${item} />`)}
            </ul>
            ${!data && !error && html`<${Loading} what="conversations" />`}
            ${error && html`<${Failure} error=${error} onRetry=${retry} />`}
            ${next && !error && html`<${Button} busy=${loading} onClick=${() => setCursor(next)}>Show earlier ones<//>`}
        </section>`;
}

/** @param {Item} props */
function Conversation({ conversation_id: id, channel, assistant_id: assistant, started_at: at, identity }) {
    return html`
        <li>
            <${Icon} name=${channel} />
            <div>
                <p><strong>${labelOf(channel)}</strong> with <bdi>${assistant}</bdi></p>
                <p class="quiet"><bdi>${id}</bdi> · ${identity === 'proven' ? 'identity confirmed' : 'only stated'}</p>
            </div>
            <${Time} at=${at} />
        </li>`;
}
