// Everything that is known of a contact, as a file: for the person who asks what that is.

/** @import { Contact } from '#api' */

import { Button } from '../ui/button.js';
import { html } from '../ui/html.js';
import { Problem } from '../ui/state.js';
import { toast } from '../ui/toast.js';
import { useState } from '../vendor/hooks.js';
import { readEverything } from './book.js';

/** Milliseconds. By then a browser has read what it saves. */
const KEPT = 60_000;

/** @param {{contact: Contact, onDone: () => void}} props */
export function Everything({ contact: { id }, onDone }) {
    const [state, setState] = useState(/** @type {{busy?: boolean, error?: unknown}} */ ({}));
    const download = async () => {
        setState({ busy: true });
        try {
            const json = await readEverything(id);
            // Without the name: files are left in folders and attached to messages.
            save(json, `contact-${id}.json`);
            if (JSON.parse(json).truncated)
                toast('The history is too long for one file, so the file does not have all of it.');
            onDone();
        } catch (error) {
            setState({ error });
        }
    };
    return html`
        <${Button} kind="quiet" icon="download" busy=${state.busy} onClick=${download}>Everything known (JSON)<//>
        ${state.error && html`<${Problem} error=${state.error} />`}`;
}

/** @type {(json: string, name: string) => void} */
function save(json, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
