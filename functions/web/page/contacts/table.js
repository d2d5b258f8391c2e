// The table of contacts. Enter or a click opens one; the arrow keys go from one to the next, and Tab leaves the table.

/**
 * @import { Contact } from '#api'
 * @import { Query } from '../routes.js'
 * @import { TargetedFocusEvent } from '../vendor/preact.js'
 * @import { Order } from './book.js'
 * @import { ChosenColumn, Column } from './columns.js'
 */

import { navigate } from '../router.js';
import { href } from '../routes.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useLate } from '../ui/late.js';
import { useCallback, useMemo, useRef, useState } from '../vendor/hooks.js';
import { rove } from './rove.js';
import { cellClass, Row } from './row.js';

/** @type {Column} */
const NAME = { key: 'name', label: 'Name', sort: 'name' };

/** @type {Record<Order, 'ascending' | 'descending'>} */
const DIRECTIONS = { recent: 'descending', name: 'ascending', phone: 'ascending', email: 'ascending' };

/**
 * @param {{
 *     contacts: Contact[],
 *     columns: ChosenColumn[],
 *     order?: Order,
 *     query: Query,
 *     found: string,
 *     open?: string,
 *     caption: string,
 *     busy: boolean,
 * }} props `order`: what the list is sorted by, if that can be chosen; `found`: what the rows were looked up for, while
 *     `query` may already ask for something else; `open`: the contact that is open
 */
export function Table({ contacts, columns, order, query, found, open, caption, busy }) {
    const chosen = columns.filter((column) => column.shown);
    // Rows whose properties are the same objects are not drawn again.
    const shown = useMemo(() => chosen, [chosen.map(({ key, type }) => `${key} ${type}`).join()]);
    const latest = useRef({ query, open });
    latest.current = { query, open };
    const onOpen = useCallback(
        /** @param {string} id */ (id) => {
            const { query, open } = latest.current;
            // Whoever browses from one to the next goes back to the list, not through them all.
            navigate(href.contact(id, query), { replace: Boolean(open) });
        },
        [],
    );
    const [focused, setFocused] = useState('');
    const isLate = useLate(busy);
    const stop = contacts.some(({ id }) => id === focused) ? focused : contacts[0]?.id;
    /** @param {TargetedFocusEvent<HTMLElement>} event */
    const onFocusIn = ({ target }) => setFocused((target instanceof HTMLElement && target.dataset.id) || stop);
    return html`
        <div class="scroll">
            <table class=${isLate ? 'contacts late' : 'contacts'} aria-busy=${String(busy)} onKeyDown=${rove} onFocusIn=${onFocusIn}>
                <caption class="hidden">${caption}</caption>
                <thead>
                    <tr>
                        ${[NAME, ...shown].map(
                            (column) => html`<${Heading} key=${column.key} column=${column} order=${order} />`,
                        )}
                    </tr>
                </thead>
                <tbody>
                    ${contacts.map(
                        (contact) => html`
                            <${Row} key=${contact.id} contact=${contact} columns=${shown} find=${found}
                                link=${href.contact(contact.id, { ...query, find: found })}
                                isStop=${contact.id === stop} isOpen=${contact.id === open} onOpen=${onOpen} />`,
                    )}
                </tbody>
            </table>
        </div>`;
}

/** @param {{column: Column, order?: Order}} props */
function Heading({ column: { key, label, sort, type }, order }) {
    const direction = sort && sort === order ? DIRECTIONS[sort] : undefined;
    const arrow = direction === 'ascending' ? 'up' : 'down';
    const text = html`<bdi class="cut">${label}</bdi>${direction && html`<${Icon} name=${arrow} />`}`;
    const choose = () => navigate(href.contacts({ sort: sort === 'recent' ? '' : sort }));
    return html`
        <th scope="col" class=${cellClass(key, type)} aria-sort=${direction}>
            ${
                sort && order
                    ? html`<button type="button" class="sort" tabindex="-1" onClick=${choose}>${text}</button>`
                    : html`<span class="sort">${text}</span>`
            }
        </th>`;
}
