// What a file of browser tests begins with: `const test = pageTests();`

import { after, before, test as nodeTest } from 'node:test';
import { Api } from './api.mjs';
import { openPage, startBrowser } from './browser.mjs';
import { screenshot } from './screenshot.mjs';
import { signIn } from './sign-in.mjs';
import { startSystem } from './system.mjs';

/** The longest that a test may take, in milliseconds. */
const LIMIT = 300_000;

/**
 * A system and a browser for the tests of this file. The function that it returns registers a test:
 * `test(name, look, body)`, where `look` is that of `openPage` and may be left out.
 *
 * `body` is called with
 *
 * - `page`, not yet at any address, in a context of its own
 * - `open(path)`, which opens the page there and signs in to the test's own workspace
 * - `api`, a client of that workspace
 * - `url` and `workspace`
 * - `allow(pattern)`, which declares a fault of the page to be part of the test, such as an answer `409 POST http://…`
 *
 * A test fails if its page logs an error, throws one, breaks its policy, or asks for something in vain, unless that was
 * allowed; and if what was allowed did not happen.
 */
export function pageTests() {
    let system;
    let browser;
    let workspaces = 0;

    before(async () => {
        [system, browser] = await Promise.all([startSystem(), startBrowser()]);
    });
    after(async () => {
        await browser?.close();
        await system?.stop();
    });

    return function test(name, ...lookAndBody) {
        const body = lookAndBody.pop();
        nodeTest(name, { timeout: LIMIT }, async () => {
            const workspace = `acme-${++workspaces}`;
            const { url } = system;
            const { context, page, faults } = await openPage(browser, lookAndBody[0]);
            const allowed = [];
            const open = async (path = '/') => {
                await page.goto(url + path);
                await signIn(page, workspace);
            };
            const api = new Api(url, workspace);
            try {
                await body({ page, open, api, url, workspace, allow: (pattern) => allowed.push(pattern) });
                judge(faults, allowed);
            } catch (error) {
                await screenshot(page, `failed ${name}`).catch(() => {});
                throw faults.length > 0
                    ? new Error(`the page did this:\n${faults.join('\n')}`, { cause: error })
                    : error;
            } finally {
                await context.close();
            }
        });
    };
}

function judge(faults, allowed) {
    const unexpected = faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault)));
    if (unexpected.length > 0) throw new Error('the page did what no page should');
    const missing = allowed.find((pattern) => !faults.some((fault) => pattern.test(fault)));
    if (missing) throw new Error(`this was expected, and did not happen: ${missing}`);
}
