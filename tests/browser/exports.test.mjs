// The export of all contacts.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { axe } from './support/axe.mjs';
import { people } from './support/files.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const button = (page, name) => page.getByRole('button', { name, exact: true });
const text = async (download) => readFile(await download.path(), 'utf8');

test('all contacts are exported, and imported again as they are', async ({ page, open, api }) => {
    await api.post('/contacts', {
        name: 'Ada, "the first"',
        channels: { email: 'ada@example.com', telephone: '+15557654321' },
    });
    await api.post('/contacts', { name: '=1+1', channels: { instagram: 'charles' } });
    await open('/#/imports');
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export contacts').click()]);
    assert.match(download.suggestedFilename(), /^contacts-\d{4}-\d\d-\d\d\.csv$/);
    const file = await text(download);
    assert.match(file, /"Ada, ""the first""",\+15557654321,,,ada@example\.com/);
    assert.match(file, /'=1\+1/);
    await page.getByText('2 contacts in a CSV file.').waitFor();
    await axe(page);
    await screenshot(page, 'export-done');
    // Again by the link, and the page stays.
    const [again] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download it' }).click(),
    ]);
    assert.equal(await text(again), file);
    await button(page, 'Dismiss').click();
    await page.getByText('The export is done').waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Import contacts' }).click();
    await page.getByLabel('Choose a file').setInputFiles(await again.path());
    await button(page, 'Import').click();
    await page.getByText('The import is done').waitFor();
    assert.equal(await page.locator('.counts .unchanged dd').innerText(), '2');
});

test('an export shows how it moves, and is found again after a reload', async ({ page, open, api }) => {
    await api.importCsv(people(3_000).join('\n'));
    await open('/#/imports');
    await page.getByRole('row', { name: /people\.csv/ }).waitFor();
    await button(page, 'Export contacts').click();
    const progress = page.getByText(/contacts? so far/);
    await progress.waitFor();
    await axe(page);
    await screenshot(page, 'export-running');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Custom fields' }).waitFor();
    await page.goBack();
    await page.reload();
    await page.getByText('3000 contacts in a CSV file.').waitFor();
});

test('an export that cannot be ordered says so', async ({ page, open, allow }) => {
    await open('/#/imports');
    await page.route('**/exports', (route) => route.abort('connectionreset'));
    allow(/^net::ERR_CONNECTION_RESET POST .*\/exports$/);
    await button(page, 'Export contacts').click();
    await page.getByText('The server cannot be reached.').waitFor();
    await page.unroute('**/exports');
    await button(page, 'Export contacts').click();
    await page.getByText('The export is done').waitFor();
});
