// Which columns the list has: chosen by each person, and remembered in this browser.

/**
 * @import { Contact, CustomField, CustomFieldType } from '#api'
 * @import { TargetedEvent } from '../vendor/preact.js'
 * @import { Order } from './book.js'
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
 * @typedef {object} ColumnChoice
 * @property {ChosenColumn[]} columns
 * @property {(key: string, shown: boolean) => void} choose
 */

import { person } from '../sign-in.js';
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
export const CONFLICT = { key: 'conflicts', label: 'Conflict', shown: true };

/**
 * The columns besides the name, those that are not shown included; and how to choose.
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
    /** @type {Column[]} */
    const custom = customFields.map((field) => {
        const { key, label, type } = field;
        return { key: `custom.${key}`, label, type, atFirst: first.has(field) };
    });
    const columns = [...STANDARD, ...custom, ACTIVITY].map((column) => {
        return { ...column, shown: chosen[column.key] ?? column.atFirst ?? true };
    });
    /** @type {ColumnChoice['choose']} */
    const choose = (key, shown) => {
        const changed = { ...chosen, [key]: shown };
        localStorage.setItem(storageKey(), JSON.stringify(changed));
        setChosen(changed);
    };
    return { columns, choose };
}

/** @param {ColumnChoice} props */
export function ColumnMenu({ columns, choose }) {
    /** @type {(key: string) => (event: TargetedEvent<HTMLInputElement>) => void} */
    const toggle = (key) => (event) => choose(key, event.currentTarget.checked);
    return html`
        <${Menu} label="Columns" icon="columns">
            ${() =>
                columns.map(
                    ({ key, label, shown }) => html`
                        <label class="choice" key=${key}>
                            <input type="checkbox" checked=${shown}
                                onChange=${toggle(key)} />
                            <bdi>${label}</bdi>
                        </label>`,
                )}
        <//>`;
}

/** The choice belongs to the person and the workspace, which is what the token is of. */
const storageKey = () => `contacts.columns ${person().key}`;

/** @returns {Record<string, boolean>} */
function remembered() {
    try {
        return JSON.parse(localStorage.getItem(storageKey()) ?? '{}');
    } catch {
        return {};
    }
}
