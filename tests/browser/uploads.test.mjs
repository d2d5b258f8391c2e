// Uploads that take their time, and those that do not arrive.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { csvFile, people } from './support/files.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

/** Few rows of many bytes. */
const FILE = csvFile(
    'people.csv',
    people(250).map((row, line) => `${row},${line === 0 ? 'Note' : 'x'.repeat(1_000)}`),
);

const FAST = -1;

const button = (page, name) => page.getByRole('button', { name, exact: true });

/** From now on the connection takes so many bytes a second. */
async function connection(page, bytesPerSecond) {
    const protocol = await page.context().newCDPSession(page);
    await protocol.send('Network.enable');
    const conditions = { offline: false, latency: 0, downloadThroughput: FAST, uploadThroughput: bytesPerSecond };
    await protocol.send('Network.emulateNetworkConditions', conditions);
}

/** Turns to the page, or away from it. */
async function look(page, here) {
    await page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
        document.dispatchEvent(new Event('visibilitychange'));
    }, !here);
}

async function choose(page, file) {
    await page.getByLabel('Choose a file').setInputFiles(file);
    await page.getByRole('heading', { name: 'First rows' }).waitFor();
}

test('an upload shows how far it is, may be cancelled, and begins again', async ({ page, open, api }) => {
    await open('/#/imports/new');
    await choose(page, FILE);
    await connection(page, 60_000);
    await button(page, 'Import').click();
    const bar = page.getByRole('progressbar', { name: 'Upload' });
    await bar.waitFor();
    const seen = new Set();
    await until('the upload has moved', async () => seen.add(await bar.getAttribute('value')).size >= 3);
    await axe(page);
    await screenshot(page, 'import-uploading');
    await button(page, 'Cancel').click();
    await page.getByText('The upload was cancelled').waitFor();
    // The button that had the focus is gone.
    await page.locator('h1:focus').waitFor();
    await axe(page);
    await screenshot(page, 'import-cancelled');
    assert.equal((await api.get('/imports')).items[0].status, 'awaiting_upload');
    await connection(page, FAST);
    await button(page, 'Upload again').click();
    await page.getByText('The import is done').waitFor();
    assert.equal((await api.get('/imports')).items.length, 1);
});

test('an upload goes on while one looks at something else', async ({ page, open }) => {
    await open('/#/imports/new');
    await choose(page, FILE);
    await connection(page, 100_000);
    await button(page, 'Import').click();
    await page.getByRole('progressbar', { name: 'Upload' }).waitFor();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Custom fields' }).waitFor();
    await page.goBack();
    await page.getByText('The import is done').waitFor();
});

test('an upload that is interrupted may be tried again', async ({ page, open, allow }) => {
    await open('/#/imports/new');
    await choose(page, FILE);
    allow(/^net::ERR_CONNECTION_RESET PUT /);
    await page.route(/\.csv\?/, (route) => route.abort('connectionreset'));
    await button(page, 'Import').click();
    await page.getByText('The file could not be uploaded').waitFor();
    await axe(page);
    await screenshot(page, 'import-interrupted');
    await page.unroute(/\.csv\?/);
    await button(page, 'Upload again').click();
    await page.getByText('The import is done').waitFor();
});

test('an upload whose link is too old begins as a new import', async ({ page, open, api, allow }) => {
    await open('/#/imports/new');
    await choose(page, FILE);
    allow(/^net::ERR_CONNECTION_RESET PUT /);
    await page.route(/\.csv\?/, (route) => route.abort('connectionreset'));
    // A link is good for an hour.
    await page.clock.setSystemTime(Date.now() + 2 * 3_600_000);
    await button(page, 'Import').click();
    await page.getByText('The upload link has expired.').waitFor();
    await page.unroute(/\.csv\?/);
    await button(page, 'Start again').click();
    await page.getByText('The import is done').waitFor();
    assert.deepEqual(
        (await api.get('/imports')).items.map(({ status }) => status),
        ['completed', 'awaiting_upload'],
    );
});

test('a page that nobody looks at does not ask, and catches up when it is looked at', async ({ page, open, api }) => {
    await open('/#/imports/new');
    await choose(page, FILE);
    await look(page, false);
    const asked = [];
    page.on('request', (request) => request.method() === 'GET' && asked.push(request.url()));
    await button(page, 'Import').click();
    await until('the import has ended', async () => (await api.get('/imports')).items[0]?.status === 'completed');
    assert.deepEqual(
        asked.filter((url) => url.includes('/imports/')),
        [],
    );
    await look(page, true);
    await page.getByText('The import is done').waitFor();
});

test('an import that never got its file explains itself, and takes the file again', async ({ page, open, api }) => {
    await open('/#/imports/new');
    await choose(page, FILE);
    await page.getByLabel('Field for Plan').selectOption('Leave out');
    await connection(page, 30_000);
    await button(page, 'Import').click();
    await page.getByRole('progressbar', { name: 'Upload' }).waitFor();
    // The browser asks first: the upload would be lost.
    page.once('dialog', (dialog) => dialog.accept());
    await page.reload();
    await page.getByText('The file is not uploaded yet').waitFor();
    await axe(page);
    await screenshot(page, 'import-waiting');
    await connection(page, FAST);
    const again = page.getByLabel('Choose the file again');
    await again.setInputFiles(csvFile('other.csv', ['Email', 'ada@example.com']));
    await page.getByText('That is another file: other.csv, 22 bytes').waitFor();
    await again.setInputFiles(FILE);
    await page.getByText('The import is done').waitFor();
    const [done, left] = (await api.get('/imports')).items;
    assert.deepEqual([done.status, left.status], ['completed', 'awaiting_upload']);
    // With the columns that were chosen for it.
    assert.deepEqual(
        done.mapping.map(({ field }) => field),
        ['name', 'email', 'telephone', 'custom.note'],
    );
});

test('a dry run is imported for real after a reload, too', async ({ page, open }) => {
    await open('/#/imports/new');
    await choose(page, csvFile('one.csv', ['Email', 'ada@example.com']));
    await button(page, 'Dry run').click();
    await page.getByText('The dry run is done').waitFor();
    await page.reload();
    await page.getByLabel('Import for real').setInputFiles(csvFile('one.csv', ['Email', 'ada@example.com']));
    await page.getByText('The import is done').waitFor();
});
