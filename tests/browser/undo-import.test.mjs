// An import is undone: what it created goes, what it updated goes back, and what came later stays.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

const PEOPLE = [
    'name,email,phone',
    'Ada Lovelace,ada@example.com,+12015550123',
    'Grace Hopper,grace@example.com,+12015550124',
    'Emmy Noether,emmy@example.com,+12015550125',
].join('\n');

const button = (page, name) => page.getByRole('button', { name, exact: true });
const question = (page) => page.getByRole('dialog', { name: 'Undo the import of people.csv?' });
const confirm = (page) => question(page).getByRole('button', { name: 'Undo import' });
const status = (page) => page.locator('.import-state .status');
const isUndone = (page) => page.getByText('The import was undone', { exact: true }).waitFor();
const found = async (api, email) => (await api.get(`/contacts?email=${email}`)).items[0];

/** An import that updates Ada and creates Grace and Emmy. Afterwards, somebody renames Emmy. */
async function imported(api) {
    const ada = await api.post('/contacts', { name: 'Ada Lovelace', channels: { email: 'ada@example.com' } });
    const { id, rows } = await api.importCsv(PEOPLE);
    assert.deepEqual([rows.created, rows.updated], [2, 1]);
    const [grace, emmy] = [await found(api, 'grace@example.com'), await found(api, 'emmy@example.com')];
    await api.patch(`/contacts/${emmy.id}`, { name: 'Amalie Noether' });
    return { id, ada, grace, emmy };
}

for (const [scheme, width] of [
    ['light', 1440],
    ['dark', 1024],
    ['light', 768],
    ['dark', 375],
]) {
    test(`an import is undone by the mouse, ${width}, ${scheme}`, { scheme, width, height: 900 }, async ({
        page,
        open,
        api,
    }) => {
        const { id, ada, grace, emmy } = await imported(api);
        await open(`/#/imports/${id}`);
        await button(page, 'Undo import').click();
        await question(page).getByText('2 rows created a contact, and 1 updated one.').waitFor();
        await question(page).getByText('They can be restored for 30 days.').waitFor();
        assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Cancel');
        await axe(page);
        await fits(page);
        await screenshot(page, `import undo question ${width} ${scheme}`);
        await button(page, 'Cancel').click();
        await question(page).waitFor({ state: 'detached' });
        assert.equal(await status(page).innerText(), 'Completed', 'nothing has happened');

        await button(page, 'Undo import').click();
        await confirm(page).click();
        await isUndone(page);
        assert.equal(await status(page).innerText(), 'Undone');
        for (const outcome of [
            '1 contact that only this import had created was deleted. It can be restored for 30 days.',
            '1 contact is again what it was before the import.',
            '1 contact keeps what people changed or conversations said since. Some of the import may remain in it.',
        ]) {
            await page.getByRole('listitem').getByText(outcome, { exact: true }).waitFor();
        }
        assert.equal(await button(page, 'Undo import').count(), 0);
        await axe(page);
        await fits(page);
        await screenshot(page, `import undone ${width} ${scheme}`);

        assert.equal((await api.get(`/contacts/${ada.id}`)).channels.telephone, undefined);
        assert.equal((await api.get(`/contacts/${emmy.id}`)).name, 'Amalie Noether');
        await assert.rejects(api.get(`/contacts/${grace.id}`), /: 410 /);
        await page.getByRole('link', { name: 'See the contacts' }).click();
        await page.getByRole('link', { name: 'Amalie Noether' }).waitFor();
        assert.equal(await page.locator('tbody tr').count(), 2);
        await page.goBack();
        await page.getByRole('link', { name: 'All imports' }).click();
        await page.getByRole('row', { name: 'people.csv' }).getByText('Undone', { exact: true }).waitFor();
    });
}

test('an import is undone by the keyboard', async ({ page, open, api }) => {
    const { id } = await imported(api);
    await open(`/#/imports/${id}`);
    await button(page, 'Undo import').press('Enter');
    await question(page).waitFor();
    await page.keyboard.press('Escape');
    await question(page).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Undo import');
    await page.keyboard.press('Enter');
    await question(page).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await isUndone(page);
    await page.waitForFunction(() => document.activeElement.matches('h1'));
    await page.reload();
    await isUndone(page);
});

for (const scheme of ['light', 'dark']) {
    test(`a running undo says how far it is, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        const { id } = await imported(api);
        let isRunning = false;
        // As of a large import. Undoing this one takes no time.
        const running = {
            status: 'running',
            removed: 1200,
            restored: 30,
            kept: 1,
            started_at: new Date().toISOString(),
        };
        await page.route(`**/imports/${id}`, async (route) => {
            if (!isRunning) return route.fallback();
            const answer = await route.fetch();
            return route.fulfill({ json: { ...(await answer.json()), undo: running } });
        });
        await open(`/#/imports/${id}`);
        await button(page, 'Undo import').waitFor();
        isRunning = true;
        await button(page, 'Undo import').click();
        await confirm(page).click();
        await page.getByRole('progressbar', { name: 'Undo' }).waitFor();
        await page.getByText('1200 contacts deleted, 30 changed back, 1 kept so far').waitFor();
        assert.equal(await status(page).innerText(), 'Undoing');
        await axe(page);
        await screenshot(page, `import undoing ${scheme}`);
        isRunning = false;
        await isUndone(page);
    });
}

test('an undo that somebody else has begun is shown', async ({ page, open, api, allow }) => {
    allow(/^409 POST .*\/undo$/);
    const { id } = await imported(api);
    await open(`/#/imports/${id}`);
    await button(page, 'Undo import').click();
    await api.post(`/imports/${id}/undo`);
    // While it runs, to ask again is no error.
    await until('the undo is complete', async () => (await api.get(`/imports/${id}`)).undo.status === 'completed');
    await confirm(page).click();
    await isUndone(page);
    assert.equal(await question(page).count(), 0);
});

test('an undo that fails can be tried again', async ({ page, open, api, allow }) => {
    allow(/^500 POST .*\/undo$/);
    const { id } = await imported(api);
    await open(`/#/imports/${id}`);
    let isBroken = true;
    await page.route('**/undo', (route) =>
        isBroken ? route.fulfill({ status: 500, json: { title: 'Internal Server Error' } }) : route.fallback(),
    );
    await button(page, 'Undo import').click();
    await confirm(page).click();
    await question(page).getByRole('alert').waitFor();
    await axe(page);
    isBroken = false;
    await confirm(page).click();
    await isUndone(page);
});

test('what has changed nothing has no undo', async ({ page, open, api }) => {
    const { id } = await api.importCsv(PEOPLE, { dry_run: true });
    await open(`/#/imports/${id}`);
    await page.getByText('The dry run is done').waitFor();
    assert.equal(await button(page, 'Undo import').count(), 0);
    await api.importCsv(PEOPLE);
    const again = await api.importCsv(PEOPLE);
    await page.goto(`${new URL(page.url()).origin}/#/imports/${again.id}`);
    await page.getByText('3 rows read').waitFor();
    await page.getByText('The import is done').waitFor();
    assert.equal(await button(page, 'Undo import').count(), 0);
});
