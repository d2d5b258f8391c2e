// The imports of CSV files, and the export. A file may be dropped anywhere on these views.

/** @import { Route } from '../routes.js' */

import { html } from '../ui/html.js';
import { useEffect } from '../vendor/hooks.js';
import { ChooseFile, DropTarget, forgetFile, useChosenFile } from './choose.js';
import { Columns } from './columns.js';
import { useFocusOn } from './focus.js';
import { ImportView } from './import-view.js';
import { List } from './list.js';

/** @param {{route: Route}} props */
export function Imports({ route: { mode, id, query } }) {
    useFocusOn(`${mode} ${id}`);
    return html`
        ${
            mode === 'new'
                ? html`<${Wizard} />`
                : mode === 'one'
                  ? html`<${ImportView} key=${id} id=${id} />`
                  : html`<${List} cursor=${query.cursor} />`
        }
        <${DropTarget} />`;
}

/** The way to an import: a file, what its columns are, and off it goes. */
function Wizard() {
    const chosen = useChosenFile();
    useEffect(() => forgetFile, []);
    return chosen ? html`<${Columns} key=${chosen.key} choice=${chosen} />` : html`<${ChooseFile} />`;
}
