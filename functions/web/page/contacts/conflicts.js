// Contacts that may be the same person as this one, but contradict it.

/** @import { Conflict, Contact } from '#api' */

import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Notice, Problem } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { useState } from '../vendor/hooks.js';
import { dismissConflicts } from './book.js';
import { noteChanged } from './changes.js';
import { labelOf } from './fields.js';
import { ContactLink } from './link.js';

/** @param {{contact: Contact, conflicts: Conflict[], onChanged: (contact: Contact) => void}} props */
export function Conflicts({ contact, conflicts, onChanged }) {
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    const dismiss = async () => {
        setState({ busy: true });
        try {
            const changed = await dismissConflicts(contact.id);
            noteChanged(changed);
            onChanged(changed);
        } catch (error) {
            setState({ error });
        }
    };
    const isOne = conflicts.length === 1;
    return html`
        <${Notice} kind="warning" title=${isOne ? 'Conflict with another contact' : 'Conflicts with other contacts'}>
            <ul class="conflicts">
                ${conflicts.map(
                    ({ field, contact_id: id, at }) => html`
                        <li key=${field + id}>
                            This person also gave details of <${ContactLink} id=${id} /> (${labelOf(field)}),
                            ${' '}<${Time} at=${at} />.
                        </li>`,
                )}
            </ul>
            <p>They contradict each other, so they were not joined. Correct what is wrong, or dismiss this.</p>
            ${state.error && html`<${Problem} error=${state.error} />`}
            <${Button} busy=${state.busy} onClick=${dismiss}>Dismiss<//>
        <//>`;
}
