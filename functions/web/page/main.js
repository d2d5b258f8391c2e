// Where the page starts: sign-in, then the view of the route.

/** @import { ComponentType } from './vendor/preact.js' */

import { App } from './app.js';
import { navigate } from './router.js';
import { href } from './routes.js';
import { resume, signIn } from './sign-in.js';
import { Button } from './ui/button.js';
import { html } from './ui/html.js';
import { Empty } from './ui/state.js';
import { h, render } from './vendor/preact.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));

start();

async function start() {
    try {
        const { place = location.hash, signedOut, handedOver } = await resume();
        if (handedOver) {
            show(HandedOver);
            return;
        }
        navigate(place || href.contacts(), { replace: true });
        show(signedOut ? SignedOut : App);
    } catch {
        show(NotSignedIn);
    }
}

/** @param {ComponentType} View */
function show(View) {
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
