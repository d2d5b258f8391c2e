// Fields of forms: label, hint and message belong to their control for whoever hears the page, too.
//
//     html`<${TextField} label="Email" hint="…" error=${text} value=${v} onInput=${(text) => …} type="email" />`
//     html`<${SelectField} label="Type" options=${[['string', 'Text']]} value=${v} onChange=${(value) => …} />`
//     html`<${Field} label="…" error=${…}>${(control) => html`<input ...${control} />`}<//>`     any other control
//
// `error` may be a text or a view (with a link in it). `note` stands below the control, for more than a hint.
// `focusFirstError(form)` moves to the first field with a message; `withText` listens to any other control. Everything else goes to the control.

/**
 * @import { ComponentChildren, TargetedEvent } from '../vendor/preact.js'
 *
 * @typedef {object} Control the attributes of a field's control
 * @property {string} id
 * @property {string | undefined} aria-describedby
 * @property {'true' | undefined} aria-invalid
 *
 * @typedef {object} FieldProps
 * @property {ComponentChildren} label
 * @property {string} [hint]
 * @property {ComponentChildren} [error]
 * @property {ComponentChildren} [note]
 */

import { useState } from '../vendor/hooks.js';
import { html } from './html.js';

let fields = 0;

/** @param {FieldProps & {children: (control: Control) => ComponentChildren}} props */
export function Field({ label, hint, error, note, children }) {
    const [id] = useState(() => `field-${++fields}`);
    const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
    /** @type {Control} */
    const control = { id, 'aria-describedby': described || undefined, 'aria-invalid': error ? 'true' : undefined };
    return html`
        <div class="field">
            <label for=${id}>${label}</label>
            ${children(control)}
            ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
            ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
            ${note}
        </div>`;
}

/** @param {FieldProps & {onInput: (text: string) => void, [attribute: string]: unknown}} props */
export function TextField({ label, hint, error, note, onInput, ...rest }) {
    return html`
        <${Field} label=${label} hint=${hint} error=${error} note=${note}>
            ${(/** @type {Control} */ control) => html`
                <input type="text" autocomplete="off" dir="auto" ...${rest} ...${control}
                    onInput=${withText(onInput)} />`}
        <//>`;
}

/**
 * @param {FieldProps & {
 *     options: (readonly [key: string, text: string])[],
 *     value?: string,
 *     onChange: (value: string) => void,
 *     [attribute: string]: unknown,
 * }} props
 */
export function SelectField({ label, hint, error, note, options, value, onChange, ...rest }) {
    return html`
        <${Field} label=${label} hint=${hint} error=${error} note=${note}>
            ${(/** @type {Control} */ control) => html`
                <select ...${rest} ...${control} onChange=${withText(onChange)}>
                    ${options.map(
                        ([key, text]) => html`
                            <option key=${key} value=${key} selected=${key === value}>${text}</option>`,
                    )}
                </select>`}
        <//>`;
}

/**
 * A listener that passes on the text of its control.
 *
 * @param {(text: string) => void} take
 * @returns {(event: TargetedEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>) => void}
 */
export const withText = (take) => (event) => take(event.currentTarget.value);

/**
 * Moves to the first field with a message, once it is drawn.
 *
 * @param {HTMLElement | null} form
 */
export function focusFirstError(form) {
    requestAnimationFrame(() => {
        /** @type {HTMLElement | null | undefined} */
        const control = form?.querySelector('[aria-invalid="true"]');
        control?.focus();
    });
}
