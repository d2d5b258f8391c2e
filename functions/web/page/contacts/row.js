// A row of the table of contacts.

/**
 * @import { Conflict, Contact, CustomFieldType } from '#api'
 * @import { TargetedMouseEvent } from '../vendor/preact.js'
 * @import { Column } from './columns.js'
 */

import { number } from '../format.js';
import { Flag } from '../ui/flag.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { Time } from '../ui/time.js';
import { useMemo } from '../vendor/hooks.js';
import { Avatar } from './avatar.js';
import { channelsOf, labelOf, nameOf } from './fields.js';
import { Marked, nameMarks } from './mark.js';
import { Phone } from './phone.js';

/** How long after a click another one makes it a double click, in milliseconds; most people are faster. */
const SECOND_CLICK = 220;
let opening = 0;

/**
 * It is drawn again only if one of its properties has changed: while somebody types, each key draws the list.
 *
 * @param {{
 *     contact: Contact,
 *     columns: Column[],
 *     find: string,
 *     link: string,
 *     isStop: boolean,
 *     isOpen: boolean,
 *     onOpen: (id: string) => void,
 * }} props `find`: what is marked; `isStop`: Tab leads here
 */
export function Row({ contact, columns, find, link, isStop, isOpen, onOpen }) {
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
        opening = setTimeout(() => String(getSelection()) || onOpen(contact.id), SECOND_CLICK);
    };
    /** @param {TargetedMouseEvent<HTMLElement>} event */
    const onLink = (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onOpen(contact.id);
    };
    return useMemo(
        () => html`
            <tr class=${isOpen ? 'open' : undefined} onClick=${onClick}>
                <th scope="row" class="name">
                    <div class="person">
                        <${Avatar} contact=${contact} />
                        <div>
                            <a href=${link} class="cut" title=${nameOf(contact)} data-id=${contact.id} tabindex=${isStop ? 0 : -1}
                                aria-current=${isOpen ? 'true' : undefined} onClick=${onLink}><bdi><${Marked} text=${nameOf(contact)} find=${find} /></bdi></a>
                            ${
                                contact.conflicts &&
                                html`
                                    <span class="conflict" title="Conflict">
                                        <${Icon} name="warning" /><span>Conflict</span>
                                    </span>`
                            }
                            <div class="beneath"><${Reach} contact=${contact} find=${find} /></div>
                        </div>
                    </div>
                </th>
                ${columns.map(
                    ({ key, type }) => html`
                        <td key=${key} class=${cellClass(key, type)}>
                            <${Cell} contact=${contact} column=${key} type=${type} find=${find} />
                        </td>`,
                )}
            </tr>`,
        [contact, columns, find, link, isStop, isOpen, onOpen],
    );
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
export const cellClass = (key, type) => (key.startsWith('custom.') ? `custom ${type}` : key);
