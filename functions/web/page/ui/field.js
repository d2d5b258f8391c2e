// Fields of forms: label, hint and message belong to their control for whoever hears the page, too.
//
//     html`<${TextField} label="Email" hint="…" error=${text} value=${v} onInput=${(text) => …} type="email" />`
//     html`<${SelectField} label="Type" options=${[['string', 'Text']]} value=${v} onChange=${(value) => …} />`
//     html`<${Field} label="…" error=${…}>${(control) => html`<input ...${control} />`}<//>`     any other control
//
// `error` may be a text or a view (with a link in it). `note` stands below the control, for more than a hint.
// `focusFirstError(form)` moves to the first field with a message. Everything else goes to the control.

import { useState } from '../vendor/hooks.js';
import { html } from './html.js';

let fields = 0;

export function Field({ label, hint, error, note, children }) {
    const [id] = useState(() => `field-${++fields}`);
    const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
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

export function TextField({ label, hint, error, note, onInput, ...rest }) {
    return html`
        <${Field} label=${label} hint=${hint} error=${error} note=${note}>
            ${(control) => html`
                <input type="text" autocomplete="off" dir="auto" ...${rest} ...${control}
                    onInput=${(event) => onInput(event.currentTarget.value)} />`}
        <//>`;
}

export function SelectField({ label, hint, error, note, options, value, onChange, ...rest }) {
    return html`
        <${Field} label=${label} hint=${hint} error=${error} note=${note}>
            ${(control) => html`
                <select ...${rest} ...${control} onChange=${(event) => onChange(event.currentTarget.value)}>
                    ${options.map(
                        ([key, text]) => html`
                            <option key=${key} value=${key} selected=${key === value}>${text}</option>`,
                    )}
                </select>`}
        <//>`;
}

/** Moves to the first field with a message, once it is drawn. */
export function focusFirstError(form) {
    requestAnimationFrame(() => form?.querySelector('[aria-invalid="true"]')?.focus());
}
