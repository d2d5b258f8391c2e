// Shows the application, in a tab that has a session.

import { App } from './app.js';
import { navigate } from './router.js';
import { href } from './routes.js';
import { share } from './sign-in.js';
import { h, render } from './vendor/preact.js';

export function show() {
    share();
    const page = /** @type {HTMLElement} */ (document.getElementById('page'));
    navigate(location.hash || href.contacts(), { replace: true });
    page.replaceChildren();
    render(h(App, null), page);
}
