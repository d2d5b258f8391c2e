// The fields of a contact as a form, with the API's messages next to them.

/**
 * @import { CustomField } from '#api'
 * @import { Control, FieldProps } from '../ui/field.js'
 * @import { ComponentChildren, RefObject } from '../vendor/preact.js'
 * @import { Change, Draft, FieldPath } from './draft.js'
 * @import { ChannelKey } from './fields.js'
 *
 * @typedef {object} Saving how saving goes
 * @property {boolean} [busy]
 * @property {unknown} [error]
 * @property {Draft} [refused] the texts that the error is about
 * @property {Record<string, Change>} [changes] what others changed meanwhile, see `rebase`
 *
 * @typedef {FieldProps & {value: string, onInput: (text: string) => void}} InputProps
 */

import { ApiError, reasonFor } from '../api.js';
import { reason } from '../format.js';
import { Button } from '../ui/button.js';
import { Field, focusFirstError, TextField, withText } from '../ui/field.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.js';
import { CHANNELS } from './fields.js';
import { Known } from './link.js';

/**
 * @param {Saving & {
 *     draft: Draft,
 *     customFields: CustomField[],
 *     action: string,
 *     onInput: (path: string, text: string) => void,
 *     onSubmit: () => void,
 *     onCancel: () => void,
 *     children?: ComponentChildren,
 * }} props `action`: what the button says that calls `onSubmit`
 */
export function Form({ draft, customFields, action, busy, onInput, onSubmit, onCancel, children, ...said }) {
    const { error, refused, changes = {} } = said;
    /** @type {RefObject<HTMLFormElement>} */
    const form = useRef(null);
    useEffect(() => form.current?.querySelector('input')?.focus(), []);
    const [added, setAdded] = useState('');
    const { shown, others } = useShownChannels({ draft, error, changes, added });
    // Before the next key is pressed.
    useLayoutEffect(() => {
        /** @type {HTMLElement | null | undefined} */
        const input = added ? form.current?.querySelector(`[data-channel="${added}"]`) : undefined;
        input?.focus();
    }, [added]);
    useEffect(() => {
        if (error) focusFirstError(form.current);
    }, [error]);
    const known = error instanceof ApiError ? error.existingContactId : undefined;
    /** @type {(path: FieldPath, label: ComponentChildren) => InputProps} */
    const field = (path, label) => {
        // What was said is not true of what has been typed since.
        const problem = draft[path] === refused?.[path] && reasonFor(error, path);
        return {
            label,
            value: draft[path],
            error: problem && (known ? html`<${Known} id=${known} />` : reason(problem)),
            note:
                changes[path] &&
                html`
                    <${Meanwhile} ...${changes[path]} mine=${draft[path]}
                        onTake=${() => onInput(path, changes[path].theirs)} />`,
            onInput: (text) => onInput(path, text),
        };
    };
    /** @param {Event} event */
    const submit = (event) => {
        event.preventDefault();
        if (!busy) onSubmit();
    };
    return html`
        <form ref=${form} class="contact-form" onSubmit=${submit} noValidate>
            ${children}
            ${error && html`<${Rest} error=${error} draft=${draft} />`}
            <${TextField} ...${field('name', 'Name')} />
            <fieldset>
                <legend>How to reach the person</legend>
                ${shown.map(
                    ({ key, label, input }) => html`
                        <${TextField} key=${key} ...${field(`channels.${key}`, label)} ...${input} hint=${HINTS[key]}
                            data-channel=${key} />`,
                )}
                ${
                    others.length > 0 &&
                    html`
                        <div class="more" role="group" aria-label="Add a channel">
                            <span class="quiet">Add a channel</span>
                            ${others.map(
                                ({ key, label }) => html`
                                    <${Button} key=${key} icon=${key} label=${`Add ${label}`} onClick=${() => setAdded(key)}>
                                        ${label}
                                    <//>`,
                            )}
                        </div>`
                }
            </fieldset>
            ${
                customFields.length > 0 &&
                html`
                    <fieldset>
                        <legend>Custom fields</legend>
                        ${customFields.map(
                            ({ key, label, type }) => html`
                                <${type === 'number' ? NumberField : LongTextField} key=${key}
                                    ...${field(`custom_fields.${key}`, html`<bdi>${label}</bdi>`)} />`,
                        )}
                    </fieldset>`
            }
            <footer>
                <${Button} onClick=${onCancel}>Cancel<//>
                <${Button} kind="primary" type="submit" busy=${busy}>${action}<//>
            </footer>
        </form>`;
}

/**
 * Most people are reached in one or two ways: the others are shown when somebody adds them, or once they hold anything.
 *
 * @param {{draft: Draft, error: unknown, changes: Record<string, Change>, added: string}} form
 */
function useShownChannels({ draft, error, changes, added }) {
    // A field that is emptied stays.
    const kept = useRef(new Set(['telephone', 'email']));
    for (const { key } of CHANNELS) {
        const path = `channels.${key}`;
        if (key === added || draft[path] || changes[path] || reasonFor(error, path)) kept.current.add(key);
    }
    return {
        shown: CHANNELS.filter(({ key }) => kept.current.has(key)),
        others: CHANNELS.filter(({ key }) => !kept.current.has(key)),
    };
}

/** @type {Partial<Record<ChannelKey, string>>} */
const HINTS = {
    telephone: 'With the country code, or as dialled in the default country',
    whatsapp_user_id: 'By which WhatsApp names people without their number, such as US.13491208655302741918',
    slack: 'The member ID, such as U01ABCD234',
    microsoft_teams: 'The user ID, such as 29:1abc',
};

/** @param {InputProps} props */
function NumberField(props) {
    return html`<${TextField} ...${props} inputmode="decimal" />`;
}

/**
 * As imports bring them, texts may have several lines.
 *
 * @param {InputProps} props
 */
function LongTextField({ label, error, note, value, onInput }) {
    const rows = Math.min(value.split('\n').length, 8);
    return html`
        <${Field} label=${label} error=${error} note=${note}>
            ${(/** @type {Control} */ control) => html`
                <textarea ...${control} rows=${rows} dir="auto" value=${value}
                    onInput=${withText(onInput)}></textarea>`}
        <//>`;
}

/**
 * What is wrong with no field of this form in particular.
 *
 * @param {{error: unknown, draft: Draft}} props
 */
function Rest({ error, draft }) {
    if (!(error instanceof ApiError)) return html`<${Problem} error=${error} />`;
    const elsewhere = error.errors.filter(({ field }) => !(field in draft));
    if (elsewhere.length === 0 && error.errors.length > 0) return null;
    const said = elsewhere.map(({ field, reason: text }) => `${field} ${text}`).join('; ');
    return html`<${Problem} error=${said ? new ApiError(error.status, { detail: said }) : error} />`;
}

/** @param {Change & {mine: string, onTake: () => void}} props */
function Meanwhile({ before, theirs, clashed, mine, onTake }) {
    /** @param {string} text */
    const value = (text) => (text ? html`“<bdi>${text}</bdi>”` : 'empty');
    if (!clashed) return html`<p class="meanwhile">Changed meanwhile: it was ${value(before)}.</p>`;
    if (mine === theirs) return html`<p class="meanwhile">Somebody else has entered the same value.</p>`;
    return html`
        <p class="meanwhile">
            Somebody else made this ${value(theirs)}.${' '}
            <button type="button" class="link" onClick=${onTake}>Use theirs</button>
        </p>`;
}
