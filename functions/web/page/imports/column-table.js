// The columns of a file, and what each of them feeds.

/**
 * @import { CustomField, ImportColumn, PreviewColumn } from '#api'
 * @import { Control } from '../ui/field.js'
 *
 * @typedef {[value: string, text: string]} Option
 *
 * @typedef {object} TableProps
 * @property {PreviewColumn[]} columns
 * @property {ImportColumn[]} mapping
 * @property {Map<number, string>} faults by column why its field is refused
 * @property {CustomField[]} fields the custom fields that there are
 * @property {(column: PreviewColumn, choice: string) => void} onChoose
 * @property {() => void} onLeaveNewOut
 */

import { CHANNELS } from '../contacts/fields.js';
import { count, reason } from '../format.js';
import { Button } from '../ui/button.js';
import { Field, withText } from '../ui/field.js';
import { html } from '../ui/html.js';
import { useEffect, useState } from '../vendor/hooks.js';
import { useFocusKept } from './focus.js';
import { choiceOf, columnName, LEFT_OUT, NEW, OWN } from './mapping.js';

const SHOWN_SAMPLES = 3;
/** How many rows are drawn at first, and by how much they grow: a thousand at once keep the page from answering for seconds. */
const FIRST_ROWS = 100;
const GROWTH = 3;

/** @type {Option[]} */
const CONTACT = [['name', 'Name'], ...CHANNELS.map(({ key, label }) => /** @type {Option} */ ([key, label]))];
/** @type {Option[]} */
const MADE = [
    [NEW.string, 'New field: text'],
    [NEW.number, 'New field: number'],
];
/** What the first rows show is not what decides. */
const NUMBER_HINT = 'Number, if the rest of the file agrees; else text';

/** @param {TableProps} props */
export function ColumnTable({ columns, mapping, faults, fields, onChoose, onLeaveNewOut }) {
    const made = mapping.filter(({ create }) => create).length;
    useFocusKept(made);
    const drawn = useGrowing(columns.length);
    return html`
        <section class="card">
            <div class="heading">
                <h2>Columns</h2>
                ${
                    made > 0 &&
                    html`
                        <p class="quiet">
                            ${count(made, 'new field')} will be made.${' '}
                            <${Button} kind="quiet" onClick=${onLeaveNewOut}>Leave them out<//>
                        </p>`
                }
            </div>
            <table class="column-table">
                <caption class="hidden">The columns of the file and the fields that they feed</caption>
                <thead>
                    <tr><th scope="col">Column</th><th scope="col">First values</th><th scope="col">Goes to</th></tr>
                </thead>
                <tbody>
                    ${columns.slice(0, drawn).map(
                        (column) => html`
                            <${Row} key=${column.column} column=${column} choice=${choiceOf(mapping, column.column)}
                                fault=${faults.get(column.column)} fields=${fields} onChoose=${onChoose} />`,
                    )}
                </tbody>
            </table>
        </section>`;
}

/**
 * How many of the rows are drawn by now: some at first, and more whenever the page has nothing else to do.
 * @param {number} all
 */
function useGrowing(all) {
    const [drawn, setDrawn] = useState(FIRST_ROWS);
    useEffect(() => {
        if (drawn >= all) return undefined;
        const timer = setTimeout(() => setDrawn(drawn * GROWTH));
        return () => clearTimeout(timer);
    }, [drawn, all]);
    return drawn;
}

/**
 * @param {Pick<TableProps, 'fields' | 'onChoose'> & {
 *     column: PreviewColumn,
 *     choice: string,
 *     fault?: string,
 * }} props
 */
function Row({ column, choice, fault, fields, onChoose }) {
    const name = columnName(column);
    const samples = column.samples.slice(0, SHOWN_SAMPLES);
    /** @type {Option[]} */
    const custom = fields.map(({ key, label }) => [`custom.${key}`, label]);
    return html`
        <tr class=${choice === LEFT_OUT ? 'left-out' : ''}>
            <th scope="row"><bdi class="cut" title=${name}>${name}</bdi></th>
            <td><ul>${samples.map((sample) => html`<li key=${sample}><bdi class="cut">${sample}</bdi></li>`)}</ul></td>
            <td>
                <${Field} label=${html`<span class="hidden">Field for ${name}</span>`}
                    hint=${choice === NEW.number && NUMBER_HINT} error=${fault && reason(fault)}>
                    ${(/** @type {Control} */ control) => html`
                        <select ...${control} onChange=${withText((value) => onChoose(column, value))}>
                            <option value=${LEFT_OUT} selected=${choice === LEFT_OUT}>Leave out</option>
                            <${Options} label="Contact" options=${CONTACT} choice=${choice} />
                            ${custom.length > 0 && html`<${Options} label="Custom field" options=${custom} choice=${choice} />`}
                            <${Options} label="New custom field" options=${MADE} choice=${choice} />
                            <${Options} label="Export of this book" options=${Object.entries(OWN)} choice=${choice} />
                        </select>`}
                <//>
            </td>
        </tr>`;
}

/** @param {{label: string, options: Option[], choice: string}} props */
function Options({ label, options, choice }) {
    return html`
        <optgroup label=${label}>
            ${options.map(([value, text]) => html`<option key=${value} value=${value} selected=${value === choice}>${text}</option>`)}
        </optgroup>`;
}
