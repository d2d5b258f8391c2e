// The keys of the list: what each does, and the window that shows them.

import { Dialog } from '../ui/dialog.js';
import { html } from '../ui/html.js';

/** @type {[keys: string[], what: string][]} */
const KEYS = [
    [['/'], 'Find somebody'],
    [['↓'], 'From the search into the rows, then down; ↑ goes up, at the top to the column headers'],
    [['Enter'], 'Open the row; in the search, the first one'],
    [['Esc'], 'Clear the search, or close what is open'],
    [['j', 'k'], 'Next and previous contact, also while one is open'],
    [['n'], 'Add a contact'],
    [['e'], 'Edit the open contact'],
    [['u'], 'Undo a deletion, as long as it is announced'],
    [['t'], 'Exact times, while a contact is open'],
    [['?'], 'Show these keys'],
];

/** @param {{onClose: () => void}} props */
export function KeysDialog({ onClose }) {
    return html`
        <${Dialog} title="Keys" onClose=${onClose}>
            <dl class="keys">
                ${KEYS.map(
                    ([keys, what]) => html`
                        <div key=${what}>
                            <dt>${keys.map((key) => html`<kbd key=${key}>${key}</kbd> `)}</dt>
                            <dd>${what}</dd>
                        </div>`,
                )}
            </dl>
            <p class="hint">Single keys work while no field has the focus.</p>
        <//>`;
}
