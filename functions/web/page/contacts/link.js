// A link to another contact, by its name.

import { isStatus } from '../api.js';
import { useRoute } from '../router.js';
import { href } from '../routes.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { readContact } from './book.js';
import { nameOf } from './fields.js';

/** @param {{id: string}} props */
export function ContactLink({ id }) {
    const { query } = useRoute();
    const contact = useLoad((signal) => readContact(id, signal), [id]);
    const unknown = isStatus(contact.error, 404) ? 'a deleted contact' : 'another contact';
    return html`<a href=${href.contact(id, query)}><bdi>${contact.data ? nameOf(contact.data) : unknown}</bdi></a>`;
}
