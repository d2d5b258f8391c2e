// What a contact leads to: other contacts, and the sources of its values.

import { isStatus } from '../api.js';
import { useRoute } from '../router.js';
import { href } from '../routes.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { readContact } from './book.js';
import { nameOf } from './fields.js';

/**
 * A link to a contact, by its name.
 *
 * @param {{id: string}} props
 */
export function ContactLink({ id }) {
    const { query } = useRoute();
    const contact = useLoad((signal) => readContact(id, signal), [id]);
    const unknown = isStatus(contact.error, 404) ? 'a deleted contact' : 'another contact';
    return html`<a href=${href.contact(id, query)}><bdi>${contact.data ? nameOf(contact.data) : unknown}</bdi></a>`;
}

/** @param {{id: string}} props */
export function Known({ id }) {
    return html`This belongs to <${ContactLink} id=${id} />, who is in the book already.`;
}

/**
 * Where a value came from: `conversation/<id>`, `import/<id>/<line>`, `manual` or `manual/edit`.
 *
 * @param {{source: string}} props
 */
export function Origin({ source }) {
    const [kind, id, line] = source.split('/');
    switch (kind) {
        case 'conversation':
            return html`From conversation <bdi>${id}</bdi>`;
        case 'import':
            return html`From line ${line} of <a href=${href.import(id)}>an import</a>`;
        default:
            return id === 'edit' ? 'Changed by hand' : 'Added by hand';
    }
}
