// How far something is.
//
//     html`<${Progress} label="Uploading" value=${40} max=${100} />`     without `value`: it is not known

import { html } from './html.js';

/** @param {{label: string, value?: number, max?: number}} props */
export function Progress({ label, value, max = 100 }) {
    return html`<progress aria-label=${label} value=${value} max=${max}></progress>`;
}
