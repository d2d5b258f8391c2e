// How long it takes from opening the page until the first contacts of a large book are seen.
//
//     node first-page.mjs [CONTACTS]
//
// In a signed-in session, with nothing in the browser's cache. Prints one line of JSON; the times are milliseconds.

import { Api } from './support/api.mjs';
import { openPage, startBrowser } from './support/browser.mjs';
import { people } from './support/files.mjs';
import { signIn } from './support/sign-in.mjs';
import { startSystem } from './support/system.mjs';

const WORKSPACE = 'large';
const RUNS = 10;
/** The longest that the book may take to be filled, in milliseconds. */
const FILLING = 30 * 60_000;

const contacts = Number(process.argv[2] ?? 50_000);
const [system, browser] = await Promise.all([startSystem(), startBrowser()]);
try {
    await new Api(system.url, WORKSPACE).importCsv(people(contacts).join('\n'), {}, FILLING);
    const { page, context } = await openPage(browser);
    await page.goto(system.url);
    await signIn(page, WORKSPACE);
    await page.addInitScript(noteFirstRows);
    const protocol = await context.newCDPSession(page);
    const times = [];
    for (let run = 0; run < RUNS; run++) {
        await page.goto('about:blank');
        await protocol.send('Network.clearBrowserCache');
        await page.goto(system.url);
        times.push(Math.round(await page.evaluate(() => window.firstRows)));
    }
    const [low, high] = times.toSorted((one, other) => one - other).slice(RUNS / 2 - 1);
    console.log(JSON.stringify({ contacts, first_rows_ms: { median: (low + high) / 2, runs: times } }));
} finally {
    await browser.close();
    await system.stop();
}

/** In the page: when the first row was painted, since the navigation began. */
function noteFirstRows() {
    window.firstRows = new Promise((resolve) => {
        const painted = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        const watch = new MutationObserver(() => {
            if (!document.querySelector('tbody tr')) return;
            watch.disconnect();
            painted();
        });
        watch.observe(document, { childList: true, subtree: true });
    });
}
