// The conversations of a contact, the latest first.

/** @import { Conversation as Item } from '#api' */

import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { useRef, useState } from '../vendor/hooks.js';
import { listConversations } from './book.js';
import { labelOf } from './fields.js';

/** @param {{id: string}} props */
export function Conversations({ id }) {
    const [cursor, setCursor] = useState('');
    const shown = useRef(/** @type {Item[]} */ ([]));
    /** @param {AbortSignal} signal */
    const load = async (signal) => {
        const page = await listConversations(id, cursor, signal);
        shown.current = [...shown.current, ...page.items];
        return { items: shown.current, next: page.next_cursor };
    };
    const { data, error, loading, retry } = useLoad(load, [cursor]);
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
