// What a contact leads to: other contacts, and the sources of its values.

import { get, isMissing } from '../api.js';
import { useRoute } from '../router.js';
import { href } from '../routes.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { readContact } from './book.js';
import { ConversationId } from './conversation-link.js';
import { nameOf } from './fields.js';

/**
 * A link to a contact, by its name.
 *
 * @param {{id: string}} props
 */
export function ContactLink({ id }) {
    const { query } = useRoute();
    const contact = useLoad((signal) => readContact(id, signal), [id]);
    const unknown = isMissing(contact.error) ? 'a deleted contact' : 'another contact';
    return html`<a href=${href.contact(id, query)}><bdi>${contact.data ? nameOf(contact.data) : unknown}</bdi></a>`;
}

/** @param {{id: string}} props */
export function Known({ id }) {
    return html`This belongs to <${ContactLink} id=${id} />, who is in the book already.`;
}

/**
 * Where a value came from, or all values, or those that say nothing else (`most`).
 *
 * @param {{source: string, of?: 'one' | 'all' | 'most'}} props `source`: `conversation/<id>`, `import/<id>/<line>`,
 *     `manual` or `manual/edit`
 */
export function Origin({ source, of = 'one' }) {
    const [kind, id, line] = source.split('/');
    /** @param {string} text */
    const words = (text) => ({ one: sentenceStart(text), all: `All ${text}`, most: `Unless noted, ${text}` })[of];
    switch (kind) {
        case 'conversation':
            return html`${words('from conversation')} <${ConversationId} id=${source.slice('conversation/'.length)} />`;
        case 'import':
            return html`${words('from line')} ${line} of <${ImportLink} id=${id} />`;
        default:
            return words(id === 'edit' ? 'changed by hand' : 'added by hand');
    }
}

/** @param {string} text */
const sentenceStart = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The file names of imports that were read, by id. They never change.
 *
 * @type {Map<string, Promise<string>>}
 */
const fileNames = new Map();

/**
 * A link to an import, by the name of its file.
 *
 * @param {{id: string}} props
 */
function ImportLink({ id }) {
    const name = useLoad(() => fileName(id), [id]);
    return html`<a href=${href.import(id)}><bdi>${name.data ?? 'an import'}</bdi></a>`;
}

/** @param {string} id */
function fileName(id) {
    const known = fileNames.get(id);
    if (known) return known;
    const read = get('/imports/{id}', { path: { id } }).then(({ file_name: name }) => name);
    fileNames.set(id, read);
    read.catch(() => fileNames.delete(id));
    return read;
}
