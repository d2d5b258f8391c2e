// Loads the page: the style sheet, and the application, or first the sign-in where there is no session. What is lost on the
// way is requested twice more; then the page says so.
//
// This is no module: browsers remember that a module was lost, and do not request it again.

(() => {
    /** Milliseconds before each try. */
    const PAUSES = [0, 400, 1200];
    /** Milliseconds after which a try without an answer is followed by the next one. It may still succeed. */
    const LIMIT = 10_000;

    const page = /** @type {HTMLElement} */ (document.getElementById('page'));
    // The document names this script more than once.
    if (page.dataset.isStarted) return;
    page.dataset.isStarted = 'yes';

    const failure = /** @type {HTMLFormElement} */ (page.querySelector('form'));
    let link = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="stylesheet"]'));
    const address = link.href;

    failure.addEventListener('submit', (event) => {
        event.preventDefault();
        location.reload();
    });
    start().catch((error) => {
        say();
        throw error instanceof AggregateError ? error.errors[0] : error;
    });

    async function start() {
        const style = load(styled);
        // Whoever must go to the issuer does not wait for the application. Under this name, `sign-in.js` keeps the session.
        if (location.search || !sessionStorage.getItem('contacts.session')) {
            const [{ enter }] = await Promise.all([load(signIn), style]);
            if (!(await enter())) return;
        }
        const [{ show }] = await Promise.all([load(application), style]);
        show();
    }

    /** @type {(query: string) => Promise<typeof import('./enter.js')>} */
    function signIn(query) {
        return import(`./enter.js${query}`);
    }

    /** @type {(query: string) => Promise<typeof import('./main.js')>} */
    function application(query) {
        return import(`./main.js${query}`);
    }

    /**
     * The styles of the document's link. Another try replaces the link: one without an answer keeps the page from being
     * drawn.
     *
     * @param {string} query
     */
    function styled(query) {
        if (query) {
            const another = /** @type {HTMLLinkElement} */ (link.cloneNode());
            another.href = address + query;
            link.replaceWith(another);
            link = another;
        }
        return new Promise((resolve, reject) => {
            link.onload = resolve;
            link.onerror = reject;
            // It may have come, or been lost, before this script ran. A browser may have an empty sheet for one that was lost.
            if (link.sheet?.cssRules.length) resolve(link);
            else if (link.sheet || performance.getEntriesByName(link.href).length > 0)
                reject(new Error('no style sheet'));
        });
    }

    /**
     * @template T
     * @param {(query: string) => Promise<T>} attempt takes a query, which the server ignores: a path that was lost is
     *     requested again only with another one
     * @returns {Promise<T>} the first success, even after the page has said that there is none
     */
    async function load(attempt) {
        /** @type {Promise<T>[]} */
        const tries = [];
        for (const [number, pause] of PAUSES.entries()) {
            await after(pause * (1 + Math.random() / 4));
            const latest = attempt(number > 0 ? `?again=${number}` : '');
            tries.push(latest);
            try {
                return await Promise.race([Promise.any(tries), latest, after(LIMIT).then(() => Promise.reject())]);
            } catch {
                // The next try follows.
            }
        }
        say();
        return Promise.any(tries);
    }

    /** @param {number} milliseconds */
    function after(milliseconds) {
        return new Promise((resolve) => setTimeout(resolve, milliseconds));
    }

    function say() {
        failure.hidden = false;
        page.replaceChildren(failure);
    }
})();
