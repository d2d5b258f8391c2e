// The contacts: the list, and over it what is open of one of them.

/** @import { Route } from '../routes.js' */

import { goBack } from '../router.js';
import { href } from '../routes.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { AddContact } from './add.js';
import { listCustomFields } from './book.js';
import { ContactDrawer } from './drawer.js';
import { List } from './list.js';

/** @param {{route: Route}} props */
export function Contacts({ route }) {
    const { mode, id } = route;
    const { prefill, ...query } = route.query;
    const customFields = useLoad(listCustomFields, []);
    const close = () => goBack(href.contacts(query));
    return html`
        <${List} mode=${mode} id=${id} query=${query} customFields=${customFields} />
        ${
            mode === 'new' &&
            html`
                <${AddContact} customFields=${customFields} prefill=${prefill} query=${query} onClose=${close} />`
        }
        ${
            id &&
            html`
                <${ContactDrawer} key=${id} id=${id} isEdited=${mode === 'edit'} customFields=${customFields}
                    query=${query} onClose=${close} />`
        }`;
}
