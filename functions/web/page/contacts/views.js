// What is chosen above the list: which contacts, and in what order.

/**
 * @import { Order as SortOrder } from './book.js'
 * @import { View } from './orders.js'
 */

import { navigate } from '../router.js';
import { href } from '../routes.js';
import { SelectField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { ORDERS } from './orders.js';

/**
 * Which contacts are listed. The choice is part of the address.
 *
 * @param {{view: View, sort?: string}} props
 */
export function Views({ view, sort }) {
    /** @type {[View, string, string][]} */
    const views = [
        ['all', 'All', href.contacts({ sort })],
        ['talked', 'Talked', href.contacts({ view: 'talked' })],
        ['conflicts', 'Conflicts', href.contacts({ view: 'conflicts' })],
    ];
    return html`
        <nav class="views" aria-label="Views">
            ${views.map(
                ([name, text, link]) => html`
                    <a key=${name} href=${link} aria-current=${name === view ? 'page' : undefined}>${text}</a>`,
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
