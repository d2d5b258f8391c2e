// The contacts: the list, and beside or over it what is open of one of them.

/** @import { Route } from '../routes.js' */

import { goBack } from '../router.js';
import { href } from '../routes.js';
import { html } from '../ui/html.js';
import { useLoad } from '../ui/load.js';
import { useMedia } from '../ui/media.js';
import { AddContact } from './add.js';
import { listCustomFields } from './book.js';
import { ContactDrawer } from './drawer.js';
import { List } from './list.js';

/** From this width, an open contact stands beside the list. contacts.css has the same. */
const WIDE = '(min-width: 1200px)';

/** @param {{route: Route}} props */
export function Contacts({ route }) {
    const { mode, id } = route;
    const { prefill, ...query } = route.query;
    const customFields = useLoad(listCustomFields, []);
    const close = () => goBack(href.contacts(query));
    const isWide = useMedia(WIDE);
    const isBeside = isWide && Boolean(id);
    return html`
        <div class=${isBeside ? 'split' : undefined}>
            <div class="side">
                <${List} mode=${mode} id=${id} isBeside=${isBeside} query=${query} customFields=${customFields} onClose=${close} />
            </div>
            ${
                mode === 'new' &&
                html`
                    <${AddContact} customFields=${customFields} prefill=${prefill} query=${query} onClose=${close} />`
            }
            ${
                id &&
                html`
                    <${ContactDrawer} key=${id} id=${id} isBeside=${isWide} isEdited=${mode === 'edit'}
                        customFields=${customFields} query=${query} onClose=${close} />`
            }
        </div>`;
}
