// Where somebody enters who has no session in this tab: the way to the issuer and back, and what is said on it.
//
// The application is not needed for it, so nothing here may import it.

/** @import { ComponentType } from './vendor/preact.js' */

import { resume, signIn } from './sign-in.js';
import { Button } from './ui/button.js';
import { Empty } from './ui/empty.js';
import { html } from './ui/html.js';
import { h, render } from './vendor/preact.js';

/** @returns {Promise<boolean>} whether there is a session, and the application is to be shown */
export async function enter() {
    try {
        const { place, signedOut, handedOver } = await resume();
        if (place) history.replaceState(history.state, '', place);
        if (signedOut) show(SignedOut);
        if (handedOver) show(HandedOver);
        return !signedOut && !handedOver;
    } catch {
        show(NotSignedIn);
        return false;
    }
}

/** @param {ComponentType} View */
function show(View) {
    const page = /** @type {HTMLElement} */ (document.getElementById('page'));
    page.replaceChildren();
    render(h(View, null), page);
}

function SignedOut() {
    return html`
        <main class="lone">
            <${Empty} icon="person" title="You are signed out"
                actions=${html`<${Button} kind="primary" onClick=${again}>Sign in<//>`} />
        </main>`;
}

/** Only where the browser does not let the window close itself. */
function HandedOver() {
    return html`
        <main class="lone">
            <${Empty} icon="check" title="You are signed in again">
                <p>Close this window, and go on where you were.</p>
            <//>
        </main>`;
}

function NotSignedIn() {
    return html`
        <main class="lone">
            <${Empty} icon="warning" title="You could not be signed in"
                actions=${html`<${Button} kind="primary" onClick=${again}>Try again<//>`}>
                <p>The sign-in service refused the request, or cannot be reached.</p>
            <//>
        </main>`;
}

function again() {
    signIn().catch(() => show(NotSignedIn));
}
