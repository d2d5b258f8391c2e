// Which columns the list has, and in what order: chosen by each person, and remembered in this browser.

/**
 * @import { Contact, CustomField, CustomFieldType } from '#api'
 * @import { TargetedEvent } from '../vendor/preact.js'
 * @import { Order } from './book.js'
 * @import { View } from './orders.js'
 *
 * @typedef {object} Column
 * @property {string} key
 * @property {string} label
 * @property {Order} [sort] the order of the list that goes by it
 * @property {CustomFieldType} [type] of a custom field
 * @property {boolean} [atFirst] whether those see it who have not chosen yet; all but some custom fields
 *
 * @typedef {Column & {shown: boolean}} ChosenColumn
 *
 * @typedef {object} Chosen
 * @property {Record<string, boolean>} shown
 * @property {string[]} order their keys
 *
 * @typedef {object} ColumnChoice
 * @property {ChosenColumn[]} columns
 * @property {(key: string, shown: boolean) => void} choose
 * @property {(key: string, step: number) => void} move by 1 to the right, or by -1 to the left
 */

import { person } from '../sign-in.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Menu } from '../ui/menu.js';
import { useState } from '../vendor/hooks.js';

/** At most so many custom fields are shown to those who have not chosen yet. */
const CUSTOM_AT_FIRST = 3;

/** @type {Column[]} */
const STANDARD = [
    { key: 'email', label: 'Email', sort: 'email' },
    { key: 'phone', label: 'Phone', sort: 'phone' },
    { key: 'country', label: 'Country' },
    { key: 'channels', label: 'Channels' },
];
/** @type {Column} */
const ACTIVITY = { key: 'activity', label: 'Last conversation', sort: 'recent' };
/**
 * What a contact is in conflict about: a column of the list of conflicts, which always has it.
 *
 * @type {ChosenColumn}
 */
const CONFLICT = { key: 'conflicts', label: 'Conflict', shown: true };

/**
 * The columns besides the name, those that are not shown included, in the order that was chosen; and how to choose.
 *
 * @param {CustomField[]} customFields
 * @param {Contact[]} contacts the rows: a custom field that none of them has is not shown unless somebody chose it
 * @returns {ColumnChoice}
 */
export function useColumns(customFields, contacts) {
    const [chosen, setChosen] = useState(remembered);
    const filled = customFields.filter(({ key }) =>
        contacts.some((contact) => contact.custom_fields?.[key] !== undefined),
    );
    const first = new Set(filled.slice(0, CUSTOM_AT_FIRST));
    /** @param {Column} column one that came after the order was chosen stands last */
    const placeOf = ({ key }) => (chosen.order.includes(key) ? chosen.order.indexOf(key) : chosen.order.length);
    /** @type {Column[]} */
    const custom = customFields.map((field) => {
        const { key, label, type } = field;
        return { key: `custom.${key}`, label, type, atFirst: first.has(field) };
    });
    const columns = [...STANDARD, ...custom, ACTIVITY]
        .map((column) => ({ ...column, shown: chosen.shown[column.key] ?? column.atFirst ?? true }))
        .sort((one, other) => placeOf(one) - placeOf(other));
    /** @param {Partial<Chosen>} change */
    const remember = (change) => {
        const changed = { ...chosen, ...change };
        localStorage.setItem(storageKey(), JSON.stringify({ ...changed.shown, order: changed.order }));
        setChosen(changed);
    };
    /** @type {ColumnChoice['move']} */
    const move = (key, step) => {
        const order = columns.map((column) => column.key).filter((other) => other !== key);
        const place = columns.findIndex((column) => column.key === key) + step;
        remember({ order: order.toSpliced(Math.max(place, 0), 0, key) });
    };
    return { columns, choose: (key, shown) => remember({ shown: { ...chosen.shown, [key]: shown } }), move };
}

/**
 * The columns of a view: what it is about comes first.
 *
 * @param {View} view
 * @param {ChosenColumn[]} columns
 */
export function columnsOf(view, columns) {
    if (view === 'conflicts') return [CONFLICT, ...columns];
    if (view === 'all') return columns;
    /** @param {ChosenColumn} column */
    const isActivity = ({ key }) => key === ACTIVITY.key;
    return [...columns.filter(isActivity), ...columns.filter((column) => !isActivity(column))];
}

/** @param {ColumnChoice} props */
export function ColumnMenu({ columns, choose, move }) {
    /** @type {(key: string) => (event: TargetedEvent<HTMLInputElement>) => void} */
    const toggle = (key) => (event) => choose(key, event.currentTarget.checked);
    /** @type {(key: string, step: number) => (event: Event) => void} */
    const mover = (key, step) => (event) => {
        const { currentTarget: button } = event;
        move(key, step);
        // What is put elsewhere loses the focus.
        requestAnimationFrame(() => button instanceof HTMLElement && button.focus());
    };
    return html`
        <${Menu} label="Columns" icon="columns">
            ${() =>
                columns.map(
                    ({ key, label, shown }) => html`
                        <div class="column" key=${key}>
                            <label class="choice">
                                <input type="checkbox" checked=${shown}
                                    onChange=${toggle(key)} />
                                <bdi>${label}</bdi>
                            </label>
                            <${Button} kind="quiet" icon="up" label=${`Move ${label} up`} onClick=${mover(key, -1)} />
                            <${Button} kind="quiet" icon="down" label=${`Move ${label} down`} onClick=${mover(key, 1)} />
                        </div>`,
                )}
        <//>`;
}

/** The choice belongs to the person and the workspace, which is what the token is of. */
const storageKey = () => `contacts.columns ${person().key}`;

/**
 * The order stands beside what is shown: earlier versions of the page remembered nothing else, and ignore it.
 *
 * @returns {Chosen}
 */
function remembered() {
    try {
        const { order = [], ...shown } = JSON.parse(localStorage.getItem(storageKey()) ?? '{}');
        return { shown, order };
    } catch {
        return { shown: {}, order: [] };
    }
}
