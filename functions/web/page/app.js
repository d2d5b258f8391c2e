// The shell of the page: header, the view of the present route, messages, and the question before input is lost.

/**
 * @import { ComponentChildren, RefObject } from './vendor/preact.js'
 * @import { Area, Route } from './routes.js'
 */

import { ICON } from './assets.js';
import { Contacts } from './contacts/contacts.js';
import { Imports } from './imports/imports.js';
import { useLeaving, useRoute } from './router.js';
import { href } from './routes.js';
import { Settings } from './settings/settings.js';
import { person, signOut } from './sign-in.js';
import { Button } from './ui/button.js';
import { Dialog } from './ui/dialog.js';
import { Empty } from './ui/empty.js';
import { html } from './ui/html.js';
import { Menu } from './ui/menu.js';
import { Title } from './ui/title.js';
import { Toasts } from './ui/toast.js';
import { useEffect, useErrorBoundary, useRef } from './vendor/hooks.js';

const VIEWS = { contacts: Contacts, imports: Imports, settings: Settings, unknown: Unknown };
/** @type {[Area, string, string][]} */
const NAVIGATION = [
    ['contacts', 'Contacts', href.contacts()],
    ['imports', 'Imports', href.imports()],
    ['settings', 'Settings', href.settings()],
];

export function App() {
    const route = useRoute();
    /** @type {RefObject<HTMLElement>} */
    const main = useRef(null);
    useFocusOnView(main, route.area);
    /** @param {Event} event */
    const skip = (event) => {
        event.preventDefault();
        main.current?.focus();
    };
    const View = VIEWS[route.area];
    return html`
        <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
        <header class="top">
            <a class="brand" href=${href.contacts()}>
                <img src=${ICON} alt="" width="28" height="28" /><span>Contacts</span>
            </a>
            <nav aria-label="Main">
                ${NAVIGATION.map(
                    ([area, text, link]) => html`
                        <a key=${area} href=${link} aria-current=${area === route.area ? 'page' : undefined}>${text}</a>`,
                )}
            </nav>
            <${Account} />
        </header>
        <main ref=${main} id="main" tabindex="-1"><${Guarded} key=${route.area}><${View} route=${route} /><//></main>
        <${Leaving} />
        <${Toasts} />`;
}

/**
 * A fault in one view leaves the others usable.
 *
 * @param {{children: ComponentChildren}} props
 */
function Guarded({ children }) {
    const [error] = useErrorBoundary((fault) => console.error(fault));
    if (!error) return children;
    const actions = html`<${Button} onClick=${() => location.reload()}>Reload<//>`;
    return html`
        <${Title} text="Something went wrong here" />
        <${Empty} icon="warning" title="This view has failed" actions=${actions} />`;
}

/**
 * A screen reader announces a new view by its heading.
 *
 * @param {RefObject<HTMLElement>} main
 * @param {string} area
 */
function useFocusOnView(main, area) {
    const shown = useRef(area);
    useEffect(() => {
        if (shown.current !== area) main.current?.querySelector('h1')?.focus();
        shown.current = area;
    }, [area]);
}

function Account() {
    const { name } = person();
    return html`
        <${Menu} label="Account" icon="person" kind="quiet" text=${html`<bdi class="who">${name}</bdi>`}>
            ${() => html`
                <p class="quiet">Signed in as<br /><bdi>${name}</bdi></p>
                <${Button} icon="signOut" onClick=${signOut}>Sign out<//>`}
        <//>`;
}

function Leaving() {
    const asked = useLeaving();
    if (!asked) return null;
    const actions = html`
        <${Button} onClick=${asked.stay} autofocus>Keep editing<//>
        <${Button} kind="danger" onClick=${asked.leave}>Discard<//>`;
    return html`
        <${Dialog} title="Discard what you entered?" onClose=${asked.stay} actions=${actions}>
            <p>It has not been saved yet.</p>
        <//>`;
}

function Unknown() {
    return html`
        <${Title} text="Page not found" />
        <${Empty} icon="search" title="There is nothing at this address">
            <p>The link may be misspelled. <a href=${href.contacts()}>Go to the contacts</a></p>
        <//>`;
}
