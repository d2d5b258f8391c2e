// Conflicts of a contact: who else was named, side by side, and what a person can say about it.

/**
 * @import { Conflict, ConflictReason, Contact, CustomField, Settlement } from '#api'
 * @import { TargetedEvent } from '../vendor/preact.js'
 * @import { Props, Run } from './unsettled.js'
 */

import { navigate, useRoute } from '../router.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Notice, Problem } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { useState } from '../vendor/hooks.js';
import { dismissConflicts, readContact, settleConflict } from './book.js';
import { noteChanged, noteDeleted } from './changes.js';
import { CHANNELS, labelOf, nameOf, shownIn } from './fields.js';
import { ContactLink, Origin } from './link.js';
import { useSettling } from './unsettled.js';

/** @type {Record<ConflictReason, string>} */
const REASONS = {
    unproven: 'A conversation named both, but nothing proves that they are one person.',
    different_person: 'It was used under another name, so it may belong to two people.',
    contradiction: 'Both were named together, but they have different values in a field.',
    too_many: 'Together they would have more values than one contact can have.',
};

/** @param {Props} props */
export function Conflicts({ contact, customFields, onChanged }) {
    const { run, box, busy, error } = useSettling(onChanged);
    const conflicts = contact.conflicts ?? [];
    const title = conflicts.length === 1 ? 'Conflict with another contact' : 'Conflicts with other contacts';
    const dismiss = async () => {
        const changed = await dismissConflicts(contact.id);
        // The list shows the others, too.
        for (const { contact_id: id } of conflicts) readContact(id).then(noteChanged, () => {});
        return changed;
    };
    return html`
        <div ref=${box}>
            <${Notice} kind="warning" title=${title}>
                <ul class="unsettled">
                    ${conflicts.map(
                        (conflict) => html`
                            <${OneConflict} key=${conflict.id} contact=${contact} conflict=${conflict}
                                customFields=${customFields} run=${run} busy=${busy} />`,
                    )}
                </ul>
                ${error && html`<${Problem} error=${error} />`}
                <p>
                    They were not joined.${' '}
                    <${Button} kind="quiet" busy=${busy === 'all'} onClick=${() => run('all', dismiss, 'Dismissed for both.')}>
                        Dismiss without an answer
                    <//>
                </p>
            <//>
        </div>`;
}

/**
 * @param {{
 *     contact: Contact,
 *     conflict: Conflict,
 *     customFields: CustomField[],
 *     run: Run,
 *     busy?: string,
 * }} props
 */
function OneConflict({ contact, conflict, customFields, run, busy }) {
    const { id, field, value, contact_id: otherId, reason, at, source, withheld } = conflict;
    const { query } = useRoute();
    const other = useLoad((signal) => readContact(otherId, signal), [otherId, contact.version]).data;
    const [chosen, setChosen] = useState(/** @type {Record<string, string>} */ ({}));
    const [isApplied, setIsApplied] = useState(false);
    const differing = other ? fieldsIn(contact, other, customFields) : [];
    const what = labelOf(field, customFields);
    const name = other ? nameOf(other) : 'the other contact';
    /** @type {(of: Contact, body: Settlement) => Promise<Contact>} */
    const settle = async (of, body) => {
        const settled = await settleConflict(of.id, id, isApplied ? { ...body, apply_withheld: true } : body);
        noteChanged(settled);
        if (body.decision !== 'same_person') {
            const [ours, theirs] = await Promise.all([contact.id, otherId].map((either) => readContact(either)));
            noteChanged(theirs);
            return ours;
        }
        const gone = settled.id === contact.id ? otherId : contact.id;
        noteDeleted(gone);
        if (gone === contact.id) navigate(href.contact(settled.id, query), { replace: true });
        return settled;
    };
    const keep = differing
        .filter(({ values }) => values.every((own) => own !== undefined))
        .map(({ key, values }) => ({ field: key, value: chosen[key] ?? values[0] }));
    /** @type {[string, string, () => Promise<Contact>][]} */
    const answers = other
        ? [
              [
                  'They are one person',
                  'The two are one contact now.',
                  () => settle(contact, { decision: 'same_person', keep }),
              ],
              [
                  `${what} belongs here`,
                  `${what} belongs here now.`,
                  () => settle(contact, { decision: 'belongs_here' }),
              ],
              [
                  `${what} belongs to ${name}`,
                  `${what} belongs to ${name}.`,
                  () => settle(other, { decision: 'belongs_here' }),
              ],
              [
                  'They are two people',
                  'The two are kept apart.',
                  () => settle(contact, { decision: 'different_people' }),
              ],
          ]
        : [];
    const said = withheld?.map((entry) => `${labelOf(entry.field, customFields)} ${entry.value}`).join('; ');
    return html`
        <li>
            <p><${ContactLink} id=${otherId} />: ${what} <strong><bdi>${value}</bdi></strong></p>
            <p>${REASONS[reason]}</p>
            ${
                other &&
                html`
                    <${Comparison} contact=${contact} other=${other} fields=${differing} group=${id} chosen=${chosen}
                        onChoose=${(/** @type {string} */ key, /** @type {string} */ text) => setChosen({ ...chosen, [key]: text })} />`
            }
            ${
                said &&
                html`
                    <label class="choice">
                        <input type="checkbox" checked=${isApplied}
                            onChange=${(/** @type {TargetedEvent<HTMLInputElement>} */ event) => setIsApplied(event.currentTarget.checked)} />
                        <span>Also save what was said and saved with neither: <bdi>${said}</bdi></span>
                    </label>`
            }
            <div class="answers">
                ${answers.map(([label, done, answer]) => {
                    const key = id + label;
                    return html`
                        <${Button} key=${key} busy=${busy === key} onClick=${() => run(key, answer, done)}>${label}<//>`;
                })}
            </div>
            <p class="origin">${source && html`<${Origin} source=${source} />, `}<${Time} at=${at} /></p>
        </li>`;
}

/**
 * The two contacts side by side. Where they differ, the value is chosen that stays if they are one person.
 *
 * @param {{
 *     contact: Contact,
 *     other: Contact,
 *     fields: {key: string, label: string, values: (string | undefined)[]}[],
 *     group: string,
 *     chosen: Record<string, string>,
 *     onChoose: (key: string, value: string) => void,
 * }} props
 */
function Comparison({ contact, other, fields, group, chosen, onChoose }) {
    if (fields.length === 0) return null;
    return html`
        <table class="comparison">
            <caption>If they are one person, choose what stays:</caption>
            <thead>
                <tr><td class="what"></td><th scope="col">This contact</th><th scope="col"><bdi>${nameOf(other)}</bdi></th></tr>
            </thead>
            <tbody>
                ${fields.map(({ key, label, values }) => {
                    const isChoice = values.every((value) => value !== undefined);
                    return html`
                        <tr key=${key}>
                            <th scope="row"><bdi>${label}</bdi></th>
                            ${values.map((value, index) => {
                                const whose = nameOf(index ? other : contact);
                                return html`
                                    <td key=${index}>
                                        ${
                                            isChoice
                                                ? html`
                                                    <label>
                                                        <input type="radio" name=${`${group} ${key}`}
                                                            aria-label=${`${label} of ${whose}: ${value}`}
                                                            checked=${(chosen[key] ?? values[0]) === value}
                                                            onChange=${() => onChoose(key, String(value))} />
                                                        <bdi>${value}</bdi>
                                                    </label>`
                                                : html`<bdi>${value ?? '–'}</bdi>`
                                        }
                                    </td>`;
                            })}
                        </tr>`;
                })}
            </tbody>
        </table>`;
}

/**
 * The fields in which two contacts differ.
 *
 * @param {Contact} contact
 * @param {Contact} other
 * @param {CustomField[]} customFields
 */
function fieldsIn(contact, other, customFields) {
    const keys = ['name', ...CHANNELS.map(({ key }) => key), ...customFields.map(({ key }) => `custom.${key}`)];
    return keys
        .map((key) => {
            const values = [contact, other].map((either) => shownIn(either, key)?.toString());
            return { key, label: labelOf(key, customFields), values };
        })
        .filter(({ values: [ours, theirs] }) => ours !== theirs);
}
