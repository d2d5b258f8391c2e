// A button that copies a text.
//
//     html`<${Copy} what="Phone" text=${phone} />`

import { Button } from './button.js';
import { html } from './html.js';
import { toast } from './toast.js';

/** @param {{what: string, text: string}} props */
export function Copy({ what, text }) {
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text);
            toast(`${what} copied.`);
        } catch {
            toast('The browser did not allow this page to copy.');
        }
    };
    return html`<${Button} kind="quiet" class="copy" icon="copy" label=${`Copy ${what}`} onClick=${copy} />`;
}
