// What is chosen above the list: which contacts, and in what order.

/** @import { Order as SortOrder } from './book.js' */

import { navigate } from '../router.js';
import { href } from '../routes.js';
import { SelectField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { ORDERS } from './orders.js';

/**
 * Which contacts are listed. The choice is part of the address.
 *
 * @param {{isConflicts: boolean, sort?: string}} props
 */
export function Views({ isConflicts, sort }) {
    /** @type {[string, boolean, string][]} */
    const views = [
        ['All', !isConflicts, href.contacts({ sort })],
        ['Conflicts', isConflicts, href.contacts({ view: 'conflicts' })],
    ];
    return html`
        <nav class="views" aria-label="Views">
            ${views.map(
                ([text, isShown, link]) => html`
                    <a key=${text} href=${link} aria-current=${isShown ? 'page' : undefined}>${text}</a>`,
            )}
        </nav>`;
}

/**
 * On a narrow window, where the table has no headers to click.
 *
 * @param {{order: SortOrder}} props
 */
export function Order({ order }) {
    /** @param {string} sort */
    const choose = (sort) => navigate(href.contacts({ sort: sort === 'recent' ? '' : sort }));
    return html`
        <div class="order">
            <${SelectField} label="Sort by" options=${ORDERS} value=${order}
                onChange=${choose} />
        </div>`;
}
