// What a workspace has set: the default country, who counts as one person, what is kept, and its custom fields.

/** @import { Settings as Saved } from '#api' */

import { get, reasonFor, request } from '../api.js';
import { country as nameOf, reason } from '../format.js';
import { useUnsaved } from '../router.js';
import { Button } from '../ui/button.js';
import { SelectField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { Failure, Loading, Problem } from '../ui/state.js';
import { Title } from '../ui/title.js';
import { toast } from '../ui/toast.js';
import { useState } from '../vendor/hooks.js';
import { COUNTRIES } from './countries.js';
import { CustomFields } from './custom-fields.js';
import { Identity } from './identity.js';
import { Records } from './records.js';

export function Settings() {
    const settings = useLoad((signal) => get('/settings', { signal }), []);
    const { data, set } = settings;
    return html`
        <${Title} text="Settings" />
        <div class="settings">
            <section class="card">
                <h2>Default country</h2>
                <p class="quiet">
                    Phone numbers that are written without a plus and a country code are read as numbers of this country.
                    Numbers that are in the book already stay as they are.
                </p>
                ${settings.error && html`<${Failure} error=${settings.error} onRetry=${settings.retry} />`}
                ${data && html`<${CountryForm} saved=${data.default_country} onSaved=${set} />`}
                ${!data && settings.loading && html`<${Loading} what="the settings" />`}
            </section>
            ${data && html`<${Identity} settings=${data} onSaved=${set} />`}
            ${data && html`<${Records} settings=${data} onSaved=${set} />`}
            <${CustomFields} />
        </div>`;
}

/** @param {{saved: string, onSaved: (settings: Saved) => void}} props */
function CountryForm({ saved, onSaved }) {
    const [country, setCountry] = useState(saved);
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    useUnsaved(country !== saved);
    /** @param {Event} event */
    const save = async (event) => {
        event.preventDefault();
        setState({ busy: true });
        try {
            const data = await request('PATCH', '/settings', { body: { default_country: country } });
            onSaved(data);
            setState({});
            toast(`Phone numbers without a plus are now read as numbers of ${nameOf(data.default_country)}.`);
        } catch (error) {
            setState({ error });
        }
    };
    const refused = reasonFor(state.error, 'default_country');
    return html`
        <form class="row" onSubmit=${save}>
            <${SelectField} label="Country" options=${COUNTRIES} value=${country} onChange=${setCountry}
                error=${refused && reason(refused)} />
            <${Button} type="submit" kind="primary" busy=${state.busy}>Save<//>
        </form>
        ${state.error && !refused && html`<${Problem} error=${state.error} />`}`;
}
