// A contact is erased for good, after a question; and everything that is known of it is saved as a file.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const drawer = (page) => page.getByRole('dialog').first();
const row = (page, name) => page.getByRole('row', { name });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const question = (page) => page.getByRole('dialog', { name: 'Erase Eva Nováková for good?' });
const field = (page) => question(page).getByRole('textbox');
const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

async function isErased(page, api, id) {
    await drawer(page).waitFor({ state: 'detached' });
    await page.getByRole('status').getByText('The contact was erased for good.').waitFor();
    assert.equal(await button(page, 'Undo').count(), 0);
    await row(page, 'Eva Nováková').waitFor({ state: 'detached' });
    await row(page, 'Marcus Reed').waitFor();
    await assert.rejects(api.get(`/contacts/${id}`), /: 4(04|10) /);
}

for (const [scheme, width] of [
    ['light', 1440],
    ['dark', 1024],
    ['light', 768],
    ['dark', 375],
]) {
    test(`a contact is erased by the mouse, ${width}, ${scheme}`, { scheme, width, height: 900 }, async ({
        page,
        open,
        api,
    }) => {
        const { 'Eva Nováková': id } = await somePeople(api);
        await open();
        await row(page, 'Eva Nováková').getByRole('link').click();
        await button(page, 'More').click();
        await button(page, 'Everything known (JSON)').waitFor();
        await fits(page);
        await axe(page);
        await screenshot(page, `contact more ${width} ${scheme}`);
        await button(page, 'Erase for good…').click();
        await question(page).getByText('Keyed hashes').waitFor();
        await question(page).getByText('Backups, for up to 35 days').waitFor();
        assert.ok(await hasFocus(field(page)));
        await fits(page);
        await axe(page);
        await screenshot(page, `contact erase question ${width} ${scheme}`);
        await button(page, 'Erase for good').click();
        await question(page).getByText('This is neither the name nor “erase”.').waitFor();
        await page.waitForFunction(() => document.activeElement.matches('input'));
        await axe(page);
        assert.equal((await api.get(`/contacts/${id}`)).name, 'Eva Nováková', 'nothing has happened');
        await field(page).fill('eva nováková');
        await button(page, 'Erase for good').click();
        await isErased(page, api, id);
    });
}

test('a contact is erased by the keyboard', async ({ page, open, api }) => {
    const { 'Eva Nováková': id } = await somePeople(api);
    await open();
    await row(page, 'Eva Nováková').getByRole('link').press('Enter');
    await button(page, 'More').press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await question(page).waitFor();
    await page.keyboard.press('Escape');
    await question(page).waitFor({ state: 'detached' });
    assert.ok(await hasFocus(button(page, 'More')));
    assert.equal(await button(page, 'Erase for good…').count(), 0, 'the menu is closed');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await field(page).waitFor();
    await page.keyboard.type('erase');
    await page.keyboard.press('Enter');
    await isErased(page, api, id);
});

test('a deleted contact is erased at its address', async ({ page, open, api, allow }) => {
    const { 'Eva Nováková': id } = await somePeople(api);
    allow(new RegExp(`^410 GET .*${id}`));
    await api.delete(`/contacts/${id}`);
    await open(`/#/contacts/${id}`);
    await button(page, 'Erase for good…').click();
    const unnamed = page.getByRole('dialog', { name: 'Erase this contact for good?' });
    await unnamed.getByRole('textbox', { name: 'Type “erase”' }).fill('yes');
    await page.keyboard.press('Enter');
    await unnamed.getByText('This is not “erase”.').waitFor();
    await axe(page);
    await unnamed.getByRole('textbox').fill('erase');
    await page.keyboard.press('Enter');
    await isErased(page, api, id);
});

test('an erasure that fails can be tried again', async ({ page, open, api, allow }) => {
    allow(/^503 POST .*\/erase$/);
    const { 'Eva Nováková': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    let isBroken = true;
    await page.route('**/erase', (route) =>
        isBroken ? route.fulfill({ status: 503, json: { title: 'Service Unavailable' } }) : route.fallback(),
    );
    await button(page, 'More').click();
    await button(page, 'Erase for good…').click();
    await field(page).fill('erase');
    await page.keyboard.press('Enter');
    await question(page).getByRole('alert').waitFor();
    isBroken = false;
    await page.keyboard.press('Enter');
    await isErased(page, api, id);
});

test('everything that is known is saved as a file', async ({ page, open, api }) => {
    const { 'Eva Nováková': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    await button(page, 'More').click();
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(page, 'Everything known (JSON)').click(),
    ]);
    assert.equal(download.suggestedFilename(), `contact-${id}.json`);
    const json = await readFile(await download.path(), 'utf8');
    assert.match(json, /Eva Nováková/);
    assert.match(JSON.stringify(JSON.parse(json)), /eva\.novak@example\.cz/);
    await button(page, 'Everything known (JSON)').waitFor({ state: 'detached' });
    assert.ok(await hasFocus(button(page, 'More')));
});

test('a file that cannot be had says so in the menu', async ({ page, open, api, allow }) => {
    allow(/^500 GET .*\/everything$/);
    const { 'Eva Nováková': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    await page.route('**/everything', (route) =>
        route.fulfill({
            status: 500,
            json: { title: 'Internal Server Error', detail: 'something went wrong on our side' },
        }),
    );
    await button(page, 'More').click();
    await button(page, 'Everything known (JSON)').click();
    await page.getByRole('alert').getByText('Something went wrong on our side.').waitFor();
    await axe(page);
});
