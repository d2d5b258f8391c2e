// Which columns the list has: chosen by each person, and remembered in this browser.

import { person } from '../sign-in.js';
import { html } from '../ui/html.js';
import { Menu } from '../ui/menu.js';
import { useState } from '../vendor/hooks.js';

/** So many custom fields are shown to those who have not chosen yet. */
const CUSTOM_AT_FIRST = 3;

const STANDARD = [
    { key: 'email', label: 'Email', sort: 'email' },
    { key: 'phone', label: 'Phone', sort: 'phone' },
    { key: 'country', label: 'Country' },
    { key: 'channels', label: 'Channels' },
];
const ACTIVITY = { key: 'activity', label: 'Last activity', sort: 'recent' };

/** The columns besides the name, those that are not shown included; and how to choose. */
export function useColumns(customFields) {
    const [chosen, setChosen] = useState(remembered);
    const custom = customFields.map(({ key, label, type }, index) => {
        return { key: `custom.${key}`, label, custom: key, type, atFirst: index < CUSTOM_AT_FIRST };
    });
    const columns = [...STANDARD, ...custom, ACTIVITY].map((column) => {
        return { ...column, shown: chosen[column.key] ?? column.atFirst ?? true };
    });
    const choose = (key, shown) => {
        const changed = { ...chosen, [key]: shown };
        localStorage.setItem(storageKey(), JSON.stringify(changed));
        setChosen(changed);
    };
    return { columns, choose };
}

export function ColumnMenu({ columns, choose }) {
    return html`
        <${Menu} label="Columns" icon="columns">
            ${() =>
                columns.map(
                    ({ key, label, shown }) => html`
                        <label class="choice" key=${key}>
                            <input type="checkbox" checked=${shown}
                                onChange=${(event) => choose(key, event.currentTarget.checked)} />
                            <bdi class="cut">${label}</bdi>
                        </label>`,
                )}
        <//>`;
}

/** The choice belongs to the person and the workspace, which is what the token is of. */
const storageKey = () => `contacts.columns ${person().key}`;

function remembered() {
    try {
        return JSON.parse(localStorage.getItem(storageKey())) ?? {};
    } catch {
        return {};
    }
}
