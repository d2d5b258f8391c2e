// What the first load costs, and what is not loaded a second time.

import assert from 'node:assert/strict';
import { pageTests } from './support/page-tests.mjs';

const test = pageTests();

/** Of the bundle, which `make test` builds into the system. Each request is an invocation of a function on Lambda. */
const MOST_REQUESTS = 6;
/** With headers, without the flags, which are pictures and come last. */
const MOST_BYTES = 75_000;

/** What the page itself consists of, and no answer of the API. */
const isOfPage = (url) => ['/', '/config.json'].includes(url.pathname) || url.pathname.startsWith('/assets/');

/** Notes what comes over the wire from now on: [{url, headers, bytes, isKept}], bytes with headers; `isKept` by the browser. */
async function listen(page) {
    const protocol = await page.context().newCDPSession(page);
    const loads = new Map();
    const kept = new Set();
    await protocol.send('Network.enable');
    protocol.on('Network.requestServedFromCache', ({ requestId }) => kept.add(requestId));
    protocol.on('Network.responseReceived', ({ requestId, response }) => {
        const url = new URL(response.url);
        const headers = new Headers(response.headers);
        const isKept = response.fromDiskCache || kept.has(requestId);
        if (isOfPage(url)) loads.set(requestId, { url, headers, isKept });
    });
    protocol.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        const load = loads.get(requestId);
        if (load) load.bytes = encodedDataLength;
    });
    return () => [...loads.values()];
}

async function withFlag(api) {
    await api.post('/contacts', { name: 'Ada', channels: { telephone: '+442079460018' } });
}

test('the first load is small', async ({ page, open, api, url }) => {
    await withFlag(api);
    await open();
    await page.getByRole('link', { name: 'Ada' }).waitFor();
    // The session is there, the files are not.
    const protocol = await page.context().newCDPSession(page);
    await protocol.send('Network.clearBrowserCache');
    await page.goto('about:blank');
    const loads = await listen(page);
    await page.goto(url);
    await page.getByRole('img', { name: 'United Kingdom' }).waitFor();
    await page.waitForLoadState('networkidle');
    // The document names its script several times, but the browser has it then.
    const requests = loads().filter((load) => !load.isKept);
    // The page and its tab both show the icon: one of them asks for it, or both if the other's has not come yet.
    const paths = [...new Set(requests.map((load) => load.url.pathname))];
    const bytes = (some) => some.reduce((sum, load) => sum + load.bytes, 0);
    const isOfFlags = (load) => load.url.pathname.endsWith('/flags.svg');
    const [flags, others] = [requests.filter(isOfFlags), requests.filter((load) => !isOfFlags(load))];
    console.log(`${paths.length} requests: ${bytes(others)} bytes, and ${bytes(flags)} of the flags`);
    assert.equal(flags.length, 1, 'the flags count, too');
    assert.ok(paths.length <= MOST_REQUESTS, paths.join('\n'));
    assert.ok(bytes(others) <= MOST_BYTES, `${bytes(others)} bytes`);
});

test('who is sent to the issuer does not wait for the application', async ({ page, url }) => {
    const loads = await listen(page);
    await page.goto(url);
    await page.getByLabel('Workspace').waitFor();
    const paths = loads().map((load) => load.url.pathname);
    assert.ok(
        paths.some((path) => path.endsWith('/enter.js')),
        paths.join('\n'),
    );
    assert.ok(!paths.some((path) => path.endsWith('/main.js')), paths.join('\n'));
});

test('what was loaded is kept, and only the page itself is asked for again', async ({ page, open, api, url }) => {
    await withFlag(api);
    const first = await listen(page);
    await open();
    await page.getByRole('img', { name: 'United Kingdom' }).waitFor();
    await page.waitForLoadState('networkidle');
    for (const { url, headers } of first()) {
        if (url.pathname.startsWith('/assets/')) {
            assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable', url.pathname);
            assert.ok(['br', 'gzip'].includes(headers.get('content-encoding')), `${url.pathname} is compressed`);
            assert.ok(headers.get('etag'), url.pathname);
        } else {
            assert.match(headers.get('cache-control'), /^no-(cache|store)$/, url.pathname);
        }
        assert.equal(headers.get('x-content-type-options'), 'nosniff', url.pathname);
    }
    const [document] = first();
    const policy = document.headers.get('content-security-policy');
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);

    await page.goto('about:blank');
    const second = await listen(page);
    await page.goto(url);
    await page.getByRole('img', { name: 'United Kingdom' }).waitFor();
    await page.waitForLoadState('networkidle');
    const asked = second()
        .filter((load) => !load.isKept)
        .map((load) => load.url.pathname);
    assert.deepEqual(asked, ['/']);
});
