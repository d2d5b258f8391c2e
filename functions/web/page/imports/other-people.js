// The question before rows are imported of which many would go to somebody else.

/** @import { Meeting } from './people.js' */

import { count, number, sentence } from '../format.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { html } from '../ui/html.js';

/**
 * @param {{meeting: Meeting, onBack: () => void, onConfirm: () => void, onClose: () => void}} props `onBack`: the person
 *     wants to see the columns; `onClose`: nothing but close the question
 */
export function OtherPeople({ meeting: { rows, otherNames, warnings, isWhole }, onBack, onConfirm, onClose }) {
    /** @param {() => void} answer */
    const after = (answer) => () => {
        onClose();
        answer();
    };
    const actions = html`
        <${Button} onClick=${after(onBack)} autofocus>Go back to the columns<//>
        <${Button} kind="danger" onClick=${after(onConfirm)}>Import anyway<//>`;
    return html`
        <${Dialog} title="Many rows would meet another person’s contact" onClose=${onClose} actions=${actions}>
            <p>
                ${number(otherNames)} of ${isWhole ? '' : 'the first '}${count(rows, 'row')}${' '}
                ${otherNames === 1 ? 'leads' : 'lead'} to a contact that is clearly called differently. Maybe a column
                holds what several people share, such as the phone or the email of an office. Their rows would become one
                contact.
            </p>
            ${warnings.length > 0 && html`<${Warnings} warnings=${warnings} />`}
        <//>`;
}

/**
 * What the API says for people, one text after the other.
 *
 * @param {{warnings: string[]}} props
 */
export function Warnings({ warnings }) {
    return html`
        <ul class="warnings">
            ${warnings.map((warning) => html`<li key=${warning}><bdi>${sentence(warning)}</bdi></li>`)}
        </ul>`;
}
