// The flag of a country, as a picture: the emoji has none on Windows.
//
//     html`<${Flag} country="DE" />`     with the country's name for whoever hears the page, and as a tooltip

import { country as nameOf } from '../format.js';
import { html } from './html.js';

const sprite = new URL('../vendor/flags.svg', import.meta.url);

/** @param {{country: string}} props */
export function Flag({ country }) {
    const name = nameOf(country);
    return html`
        <svg class="flag" viewBox="0 0 3 2" role="img" aria-label=${name}>
            <title>${name}</title>
            <use href=${`${sprite}#${country}`} width="3" height="2" />
        </svg>`;
}
