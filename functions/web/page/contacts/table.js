// The table of contacts. Enter or a click opens one; the arrow keys go from one to the next, and Tab leaves the table.

/**
 * @import { Conflict, Contact, CustomFieldType } from '#api'
 * @import { Query } from '../routes.js'
 * @import { TargetedFocusEvent, TargetedMouseEvent } from '../vendor/preact.js'
 * @import { Order } from './book.js'
 * @import { ChosenColumn, Column } from './columns.js'
 */

import { number } from '../format.js';
import { navigate } from '../router.js';
import { href } from '../routes.js';
import { Flag } from '../ui/flag.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { Time } from '../ui/time.js';
import { useState } from '../vendor/hooks.js';
import { Avatar } from './avatar.js';
import { channelsOf, labelOf, nameOf } from './fields.js';
import { Marked, nameMarks } from './mark.js';
import { Phone } from './phone.js';
import { rove } from './rove.js';

/** How long after a click another one makes it a double click, in milliseconds; most people are faster. */
const SECOND_CLICK = 220;
let opening = 0;

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
 *     open?: string,
 *     caption: string,
 *     busy: boolean,
 * }} props `open`: the contact that is open; `order`: what the list is sorted by, if that can be chosen
 */
export function Table({ contacts, columns, order, query, open, caption, busy }) {
    const shown = columns.filter((column) => column.shown);
    const [focused, setFocused] = useState('');
    const stop = contacts.some(({ id }) => id === focused) ? focused : contacts[0]?.id;
    /** @param {TargetedFocusEvent<HTMLElement>} event */
    const onFocusIn = ({ target }) => setFocused((target instanceof HTMLElement && target.dataset.id) || stop);
    return html`
        <div class="scroll">
            <table class="contacts" aria-busy=${String(busy)} onKeyDown=${rove} onFocusIn=${onFocusIn}>
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
                            <${Row} key=${contact.id} contact=${contact} columns=${shown} query=${query}
                                isStop=${contact.id === stop} open=${open} />`,
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

/**
 * @param {{
 *     contact: Contact,
 *     columns: Column[],
 *     query: Query,
 *     isStop: boolean,
 *     open?: string,
 * }} props `isStop`: Tab leads here; `open`: the contact that is open
 */
function Row({ contact, columns, query, isStop, open }) {
    const link = href.contact(contact.id, query);
    const isOpen = contact.id === open;
    // Whoever browses from one to the next goes back to the list, not through them all.
    const show = () => navigate(link, { replace: Boolean(open) });
    /** @param {TargetedMouseEvent<HTMLElement>} event */
    const onClick = (event) => {
        const isControl = event.target instanceof Element && event.target.closest('a, button');
        clearTimeout(opening);
        if (isControl || event.detail > 1) return;
        if (event.ctrlKey || event.metaKey) {
            window.open(link);
            return;
        }
        // Whoever marks a phone to copy it, by dragging or by a second click, does not want to open it.
        opening = setTimeout(() => String(getSelection()) || show(), SECOND_CLICK);
    };
    /** @param {TargetedMouseEvent<HTMLElement>} event */
    const onLink = (event) => {
        if (!open || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        show();
    };
    return html`
        <tr class=${isOpen ? 'open' : undefined} onClick=${onClick}>
            <th scope="row" class="name">
                <div class="person">
                    <${Avatar} contact=${contact} />
                    <div>
                        <a href=${link} class="cut" title=${nameOf(contact)} data-id=${contact.id} tabindex=${isStop ? 0 : -1}
                            aria-current=${isOpen ? 'true' : undefined} onClick=${onLink}><bdi><${Marked} text=${nameOf(contact)} find=${query.find} /></bdi></a>
                        ${
                            contact.conflicts &&
                            html`
                                <span class="conflict" title="Conflict">
                                    <${Icon} name="warning" /><span>Conflict</span>
                                </span>`
                        }
                        <div class="beneath"><${Reach} contact=${contact} find=${query.find} /></div>
                    </div>
                </div>
            </th>
            ${columns.map(
                ({ key, type }) => html`
                    <td key=${key} class=${cellClass(key, type)}>
                        <${Cell} contact=${contact} column=${key} type=${type} find=${query.find} />
                    </td>`,
            )}
        </tr>`;
}

/**
 * On a narrow window, where there is room for one column only: how to reach the person, or the email that is looked for.
 *
 * @param {{contact: Contact, find?: string}} props
 */
function Reach({ contact, find = '' }) {
    const { phone, email, channels } = contact;
    const [handle] = channelsOf(contact).map(({ key, label }) => `${label} ${channels[key]}`);
    if (email && nameMarks(email, find)) return html`<bdi class="cut"><${Marked} text=${email} find=${find} /></bdi>`;
    return html`
        ${channels.dial_code && html`<${Flag} country=${channels.dial_code} />`}
        ${phone ? html`<${Phone} number=${phone} find=${find} />` : html`<bdi class="cut">${email ?? handle}</bdi>`}`;
}

/** @param {{contact: Contact, column: string, type?: CustomFieldType, find?: string}} props */
function Cell({ contact, column, type, find }) {
    switch (column) {
        case 'email':
            return (
                contact.email &&
                html`<bdi class="cut" title=${contact.email}><${Marked} text=${contact.email} find=${find} /></bdi>`
            );
        case 'phone':
            return contact.phone && html`<${Phone} number=${contact.phone} find=${find} />`;
        case 'country':
            return contact.channels.dial_code && html`<${Flag} country=${contact.channels.dial_code} />`;
        case 'channels':
            return html`
                <ul class="media">
                    ${channelsOf(contact).map(
                        ({ key, label }) => html`
                            <li key=${key}><${Icon} name=${key} label=${label} /></li>`,
                    )}
                </ul>`;
        case 'activity':
            return html`<${LastConversation} contact=${contact} />`;
        case 'conflicts':
            return html`<${ConflictValues} conflicts=${contact.conflicts ?? []} />`;
        default: {
            const value = contact.custom_fields?.[column.slice('custom.'.length)];
            if (value === undefined) return null;
            const text = type === 'number' ? number(value) : value;
            return html`<bdi class="cut" title=${text}>${text}</bdi>`;
        }
    }
}

/**
 * How, when and with whom the contact talked last. Who never has says how they came here instead, and does not look active.
 *
 * @param {{contact: Contact}} props
 */
function LastConversation({ contact }) {
    const { last_seen_at: seen, last_conversation: last, created_at: created, source } = contact;
    // Contacts that were written by an earlier version do not say which conversation it was.
    if (seen) {
        return html`
            <div class="last">
                ${last && html`<${Icon} name=${last.channel} label=${labelOf(last.channel)} />`}
                <${Time} at=${seen} />
                ${last && html`<bdi class="cut" title=${last.assistant_id}>${last.assistant_id}</bdi>`}
            </div>`;
    }
    return html`<span class="never">${source === 'import' ? 'Imported' : 'Added'} <${Time} at=${created} /></span>`;
}

/** @param {{conflicts: Conflict[]}} props */
function ConflictValues({ conflicts }) {
    const said = conflicts.map(({ field, value = '' }) => `${labelOf(field)} ${value}`).join(', ');
    return html`<bdi class="cut" title=${said}>${said}</bdi>`;
}

/** @type {(key: string, type?: CustomFieldType) => string} */
const cellClass = (key, type) => (key.startsWith('custom.') ? `custom ${type}` : key);
