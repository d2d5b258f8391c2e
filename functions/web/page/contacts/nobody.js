// What a list without rows says, and what to do next.

/** @import { Query } from '../routes.js' */

import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { Copy } from '../ui/copy.js';
import { Empty } from '../ui/empty.js';
import { html } from '../ui/html.js';
import { NOTES, sortOf, viewOf } from './orders.js';

/** @param {{query: Query, next?: string | null}} props `next`: a link to the next page */
export function Nobody({ query, next }) {
    const { sort, find, cursor } = query;
    const [view, order] = [viewOf(query), sortOf(query)];
    const all = html`<${Button} href=${href.contacts({ sort: find && sort })}>Show all contacts<//>`;
    if (find) {
        const actions = html`
            <${Button} kind="primary" icon="plus" href=${href.newContact({ ...query, cursor: '', prefill: find })}>
                Add “<bdi>${find}</bdi>”
            <//>
            ${all}`;
        return html`
            <${Empty} icon="search" title="Nobody found" actions=${actions}>
                <p>
                    No name, phone or email starts with “<bdi>${find}</bdi>”, and nobody has it as a user name or id.
                </p>
                <p>
                    Names are found by their first or last word, and phones as they are dialled at home or from abroad.
                </p>
            <//>`;
    }
    if (next) {
        const actions = html`<${Button} kind="primary" icon="right" href=${next}>Next page<//>${all}`;
        return html`
            <${Empty} icon="person" title="Nobody on this page" actions=${actions}>
                <p>The next page may have others.</p>
            <//>`;
    }
    if (cursor) return html`<${Empty} icon="person" title="No more contacts" actions=${all} />`;
    if (view === 'talked') {
        return html`
            <${Empty} icon="web_chat" title="Nobody has talked yet" actions=${all}>
                <p>Whoever talks to one of your assistants appears here by themselves, the last one first.</p>
                <${Connect} />
            <//>`;
    }
    if (view === 'conflicts') {
        return html`
            <${Empty} icon="check" title="No conflicts" actions=${all}>
                <p>
                    When a conversation or a file names two contacts that may not be one person, both are listed here
                    until somebody decides.
                </p>
            <//>`;
    }
    if (NOTES[order]) {
        const what = order === 'email' ? 'an email' : `a ${order}`;
        return html`<${Empty} icon="person" title=${`No contact has ${what} yet`} actions=${all} />`;
    }
    const actions = html`
        <${Button} kind="primary" icon="plus" href=${href.newContact()}>Add a contact<//>
        <${Button} icon="upload" href=${href.newImport()}>Import contacts<//>`;
    return html`
        <${Empty} icon="person" title="Nobody here yet" actions=${actions}>
            <p>
                Whoever talks to one of your assistants appears here by themselves. You can also add people by hand, or
                import them from a CSV file.
            </p>
            <${Connect} />
        <//>`;
}

/** An event of a conversation, as the function takes it. */
const EVENT = `{
  "workspace_id": "your-workspace",
  "conversation_id": "chat-1",
  "channel": "web_chat",
  "assistant_id": "front-desk",
  "occurred_at": "2026-11-20T10:00:00Z",
  "captured": [
    { "field": "name", "value": "Ada Lovelace" },
    { "field": "email", "value": "ada@example.com" }
  ]
}`;

function Connect() {
    return html`
        <details class="connect">
            <summary>Connect an assistant</summary>
            <p>
                For each conversation, the assistant invokes the function <code>conversation-upsert</code> with such an event,
                again whenever it learns more. The first contact appears here within seconds.
            </p>
            <div class="event">
                <pre tabindex="0" aria-label="Event"><code>${EVENT}</code></pre>
                <${Copy} what="Event" text=${EVENT} />
            </div>
        </details>`;
}
