// The idempotency key of a contact that is added, however often it is sent.

/**
 * @import { NewContact } from '#api'
 *
 * @typedef {{text: string, key: string}} Sent the last request, and its idempotency key
 */

/**
 * The same contact sent again counts once; a corrected one is another request.
 *
 * @param {Sent} sent
 * @param {NewContact} body
 */
export function keyOf(sent, body) {
    const text = JSON.stringify(body);
    if (sent.text !== text) Object.assign(sent, { text, key: crypto.randomUUID() });
    return sent.key;
}
