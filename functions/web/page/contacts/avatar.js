// The initials of a contact, in a colour of its own: rows are told apart at a glance.

/** @import { Contact } from '#api' */

import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';

/** @param {{contact: Contact}} props */
export function Avatar({ contact }) {
    const { id, name } = contact;
    // The end of an id is random.
    const hue = parseInt(id.slice(-4), 16) % 360;
    return html`
        <span class="avatar" style=${{ '--hue': hue }} aria-hidden="true">
            ${name ? initials(name) : html`<${Icon} name="person" />`}
        </span>`;
}

/** @param {string} name */
function initials(name) {
    const words = name.split(' ').filter((word) => /^\p{L}/u.test(word));
    if (words.length === 0) return Array.from(name)[0];
    const [first, last] = [words[0], words.length > 1 ? words[words.length - 1] : ''];
    return [first, last]
        .map((word) => Array.from(word)[0] ?? '')
        .join('')
        .toUpperCase();
}
