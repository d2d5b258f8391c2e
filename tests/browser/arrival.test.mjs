// The page arrives, whatever is lost on the way, or says that it does not; and ten executions of Lambda are enough for it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Api } from './support/api.mjs';
import { axe } from './support/axe.mjs';
import { openPage, startBrowser } from './support/browser.mjs';
import { tenExecutions } from './support/executions.mjs';
import { PROXY_ARGUMENTS, startProxy } from './support/proxy.mjs';
import { screenshot } from './support/screenshot.mjs';
import { signedIn } from './support/sign-in.mjs';
import { startSystem } from './support/system.mjs';

const WORKSPACE = 'acme';
const FAULTS = ['abort', 503, 'hang'];
/** The longest that anything here may take, in milliseconds: three tries of ten seconds. */
const WAIT_LIMIT = 40_000;

let system;
let browser;

before(async () => {
    [system, browser] = await Promise.all([startSystem(), startBrowser(...PROXY_ARGUMENTS)]);
    const channels = { telephone: '+442079460018' };
    await new Api(system.url, WORKSPACE).post('/contacts', { name: 'Ada', channels });
});
after(async () => {
    await browser?.close();
    await system?.stop();
});

const list = (page) => page.getByRole('link', { name: 'Ada' });
const issuer = (page) => page.getByLabel('Workspace');
const retry = (page) => page.getByRole('button', { name: 'Try again' });

/** Opens the page behind a proxy for each of some visitors, and calls `body` with their pages. */
async function visit({ meet, isSignedIn = true, visitors = 1, path = '/' }, body) {
    const { proxy, stop } = await startProxy(meet);
    const opened = await Promise.all(Array.from({ length: visitors }, () => openPage(browser, { proxy })));
    try {
        for (const { context, page } of opened) {
            context.setDefaultTimeout(WAIT_LIMIT);
            if (isSignedIn) await signedIn(page, system.url, WORKSPACE);
        }
        const pages = opened.map(({ page }) => page);
        // A navigation lasts until everything is loaded, or lost.
        for (const page of pages) page.goto(system.url + path).catch(() => {});
        await body(...pages);
    } finally {
        await Promise.all(opened.map(({ context }) => context.close()));
        stop();
    }
}

/** Loses a file: the first `times` requests for it meet the fault. */
function losing(file, fault, times = Number.POSITIVE_INFINITY) {
    const lost = { times };
    const meet = (path) => (path.split('?')[0].endsWith(`/${file}`) && lost.times-- > 0 ? fault : undefined);
    return { meet, lost };
}

describe('a file that is lost', { concurrency: 4 }, () => {
    for (const [file, isSignedIn] of [
        ['start.js', true],
        ['style.css', true],
        ['main.js', true],
        ['enter.js', false],
        ['config.json', false],
    ]) {
        const arrives = isSignedIn ? list : issuer;
        for (const fault of FAULTS) {
            // A script that hangs cannot be missed by itself, and the sign-in waits for its configuration.
            if (fault === 'hang' && ['start.js', 'config.json'].includes(file)) continue;
            test(`${file} is requested again, ${fault}`, async () => {
                const { meet } = losing(file, fault, 1);
                await visit({ meet, isSignedIn }, (page) => arrives(page).waitFor());
            });
        }
        for (const fault of [503, 'hang']) {
            test(`${file} is missed, ${fault}, and may come later`, async () => {
                const { meet, lost } = losing(file, fault);
                await visit({ meet, isSignedIn, path: '/#/contacts?find=ada' }, async (page) => {
                    await retry(page).waitFor();
                    await screenshot(page, `lost ${file} ${fault}`);
                    if (file === 'main.js' && fault === 503) await axe(page);
                    lost.times = 0;
                    await retry(page).click();
                    await arrives(page).waitFor();
                    // Without the first script, the button leads to the list.
                    if (isSignedIn && file !== 'start.js') assert.match(page.url(), /\/#\/contacts\?find=ada$/);
                });
            });
        }
    }
    for (const file of ['icon.svg', 'flags.svg'])
        for (const fault of FAULTS) {
            test(`${file} is not needed, ${fault}`, async () => {
                await visit(losing(file, fault), (page) => list(page).waitFor());
            });
        }
    test('without the first script, too, one can try again and again', async () => {
        const { meet, lost } = losing('start.js', 503);
        await visit({ meet, path: '/#/contacts?find=ada' }, async (page) => {
            for (const isLast of [false, false, true]) {
                await retry(page).waitFor();
                if (isLast) lost.times = 0;
                await Promise.all([page.waitForEvent('domcontentloaded'), retry(page).click()]);
            }
            await list(page).waitFor();
        });
    });
});

for (const visitors of [1, 6])
    test(`ten executions are enough for ${visitors} at once`, async () => {
        const { meet, counted } = tenExecutions();
        const began = Date.now();
        await visit({ meet, visitors }, async (...pages) => {
            await Promise.all(pages.map((page) => list(page).waitFor()));
        });
        const seconds = (Date.now() - began) / 1000;
        console.log(`${visitors} at once: ${counted.executions} executions, ${counted.refused} refused, ${seconds} s`);
    });
