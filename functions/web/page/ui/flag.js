// The flag of a country, as a picture: the emoji has none on Windows.
//
//     html`<${Flag} country="DE" />`     with the country's name for whoever hears the page, and as a tooltip

import { FLAGS } from '../assets.js';
import { country as nameOf } from '../format.js';
import { html } from './html.js';

/** @param {{country: string}} props */
export function Flag({ country }) {
    const name = nameOf(country);
    return html`
        <svg class="flag" viewBox="0 0 3 2" role="img" aria-label=${name}>
            <title>${name}</title>
            <use href=${`${FLAGS}#${country}`} width="3" height="2" />
        </svg>`;
}
