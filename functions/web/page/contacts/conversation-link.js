// Conversations as links to another system, if the settings say where it shows them.
//
//     html`<${ConversationId} id="c-1" />`
//     noteConversationUrl(settings.conversation_url)         the settings are known by other means

import { get } from '../api.js';
import { html } from '../ui/html.js';
import { Outside } from '../ui/outside.js';
import { useLayoutEffect, useState } from '../vendor/hooks.js';
import { conversationLink } from './fields.js';

/** How long the settings are taken for unchanged, in milliseconds. */
const FRESH = 60_000;

/** @type {string | null} */
let url = null;
let readAt = Number.NEGATIVE_INFINITY;
/** @type {Set<(change: object) => void>} */
const listeners = new Set();

/** @param {string | null} now */
export function noteConversationUrl(now) {
    readAt = Date.now();
    if (now === url) return;
    url = now;
    for (const listener of listeners) listener({});
}

/** Reads the settings, once for all conversations that are shown. */
async function refresh() {
    if (Date.now() - readAt < FRESH) return;
    const asked = Date.now();
    readAt = asked;
    try {
        const settings = await get('/settings', { background: true });
        // What was saved meanwhile is newer than the answer.
        if (readAt === asked) noteConversationUrl(settings.conversation_url);
    } catch {
        // Without the settings, conversations are shown as text.
        if (readAt === asked) readAt = Number.NEGATIVE_INFINITY;
    }
}

/** @param {{id: string}} props */
export function ConversationId({ id }) {
    const [, draw] = useState({});
    // At once: an answer that comes before the first painting would be missed.
    useLayoutEffect(() => {
        listeners.add(draw);
        refresh();
        return () => {
            listeners.delete(draw);
        };
    }, []);
    const link = conversationLink(url, id);
    const text = html`<bdi>${id}</bdi>`;
    return link ? html`<${Outside} href=${link}>${text}<//>` : text;
}
