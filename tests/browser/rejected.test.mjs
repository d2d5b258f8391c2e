// The rejected rows of an import, which are corrected on the page and imported.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { csvFile } from './support/files.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const GUESTS = [
    'Last Name,First Name,E-mail,Phone,Favourite dish,Tables',
    'Lovelace,Ada,ada@example.com,(555) 765-4321,Dal,2',
    'Hopper,Grace,grace(at)example.com,+1 202 555 0143,Soup,4',
    'Noether,Emmy,,4.41E+11,"Dal, twice",3',
    'Somerville,Mary,,,Soup,2',
];

const button = (page, name) => page.getByRole('button', { name, exact: true });
const region = (page) => page.getByRole('region', { name: 'Rejected rows' });
const row = (page, line) => page.getByRole('group', { name: `Line ${line}`, exact: true });
const cell = (page, line, name) => row(page, line).getByRole('textbox', { name, exact: true });
const tick = (page, line) => row(page, line).getByRole('checkbox', { name: `Import line ${line}` });

/** The first name goes before the last one. */
const GUEST_FIELDS = [
    { column: 1, field: 'name' },
    { column: 0, field: 'name' },
    { column: 2, field: 'email' },
    { column: 3, field: 'telephone' },
];
const PERSON_FIELDS = [
    { column: 0, field: 'name' },
    { column: 1, field: 'email' },
];

/** Imports a file whose unreadable values reject their rows, and opens the import. */
async function importRejected(page, api, lines, order) {
    const text = `${lines.join('\n')}\n`;
    const { id } = await api.importCsv(text, { on_invalid: 'reject_row', mapping: GUEST_FIELDS, ...order });
    await page.goto(`${page.url().split('#')[0]}#/imports/${id}`);
    await region(page).waitFor();
}

/** Notes what the page uploads. Returns a function that reads it. */
async function listen(page) {
    await page.addInitScript(() => {
        const { send } = XMLHttpRequest.prototype;
        XMLHttpRequest.prototype.send = function (file) {
            window.uploaded = file.text();
            send.call(this, file);
        };
    });
    return () => page.evaluate(() => window.uploaded);
}

test('a rejected row is corrected and imported, with the mouse', { width: 1440, height: 900 }, async (t) => {
    const { page, open, api } = t;
    const uploaded = await listen(page);
    await open('/#/imports/new');
    await page.getByLabel('Choose a file').setInputFiles(csvFile('guests.csv', GUESTS));
    await page.getByLabel('If a value cannot be read').selectOption('Reject the row');
    await button(page, 'Import').click();
    await page.getByText('The import is done, 3 rows rejected').waitFor();
    await page.getByText('This row has no phone, email, handle or id to identify a contact.').waitFor();
    const email = cell(page, 3, 'E-mail');
    assert.equal(await email.inputValue(), 'grace(at)example.com');
    assert.equal(await email.getAttribute('aria-invalid'), 'true');
    await row(page, 3).getByText('This is not of the form name@domain.').waitFor();
    assert.equal(await tick(page, 3).isChecked(), false);
    await email.fill('grace@example.com');
    assert.equal(await email.getAttribute('aria-invalid'), null);
    assert.deepEqual([await tick(page, 3).isChecked(), await tick(page, 4).isChecked()], [true, false]);
    await region(page).getByText('1 row of 3 ticked').waitFor();
    await button(page, 'Import these rows').click();
    await page.getByRole('heading', { name: 'Import of guests-corrected.csv' }).waitFor();
    await page.getByText('The import is done', { exact: true }).waitFor();
    assert.equal(await page.locator('.notice.success').count(), 1);
    const [header, ...rows] = (await uploaded()).split('\r\n');
    assert.equal(header, '"Last Name","First Name","E-mail","Phone","Favourite dish","Tables"');
    assert.deepEqual(rows, ['"Hopper","Grace","grace@example.com","+1 202 555 0143","Soup","4"', '']);
    const { items } = await api.get('/contacts');
    assert.deepEqual(items.map(({ name }) => name).sort(), ['Ada Lovelace', 'Grace Hopper']);
    const grace = items.find(({ name }) => name === 'Grace Hopper');
    assert.deepEqual(grace.custom_fields, { favourite_dish: 'Soup', tables: 4 });
    // The settings are those of the first import.
    await page.getByText('Settings of this import').click();
    await page.getByText('Its row is rejected').waitFor();
});

test('a rejected row is corrected and imported, with the keyboard', { width: 375, height: 700 }, async (t) => {
    const { page, open, api } = t;
    await open('/#/imports');
    await importRejected(page, api, GUESTS);
    await tick(page, 4).focus();
    for (const expected of ['Last Name', 'First Name', 'E-mail']) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement.labels[0].innerText);
        assert.equal(focused, expected);
    }
    await page.keyboard.type('emmy@example.com');
    await page.keyboard.press('Tab');
    await page.keyboard.type('+12025550144');
    assert.equal(await tick(page, 4).isChecked(), true);
    await button(page, 'Import these rows').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Import of people-corrected.csv' }).waitFor();
    await page.getByText('The import is done', { exact: true }).waitFor();
    const { items } = await api.get('/contacts?email=emmy@example.com');
    assert.deepEqual(
        items.map(({ name, phone }) => [name, phone]),
        [['Emmy Noether', '+12025550144']],
    );
});

test('a box decides what is sent, of a file without a header', async ({ page, open, api }) => {
    const uploaded = await listen(page);
    await open('/#/imports');
    const lines = ['Ada;ada@example.com', 'Bea;bea at home', 'Cy;"cy; at home"', 'Di;=di@example'];
    await importRejected(page, api, lines, { header: false, mapping: PERSON_FIELDS });
    assert.equal(await cell(page, 2, 'Column 1').inputValue(), 'Bea');
    assert.equal(await cell(page, 4, 'Column 2').inputValue(), '=di@example', 'without the guard for spreadsheets');
    await cell(page, 2, 'Column 2').fill('bea@example.com');
    await tick(page, 2).uncheck();
    await tick(page, 3).check();
    await cell(page, 4, 'Column 2').fill('di;di@example.com');
    await button(page, 'Import these rows').click();
    await page.getByRole('heading', { name: 'Import of people-corrected.csv' }).waitFor();
    assert.equal(await uploaded(), '"Cy";"cy; at home"\r\n"Di";"di;di@example.com"\r\n');
    // What is still wrong is rejected again.
    await row(page, 1).getByText('Import line 1').waitFor();
    assert.equal(await cell(page, 1, 'Column 1').inputValue(), 'Cy');
});

test('the first 20 rows are shown, and nothing is sent unless something is chosen', async ({ page, open, api }) => {
    await open('/#/imports');
    const wrong = Array.from({ length: 25 }, (_, n) => `Person ${n},person${n} at home`);
    await importRejected(page, api, ['Name,Email', ...wrong], { mapping: PERSON_FIELDS });
    await row(page, 2).waitFor();
    assert.equal(await region(page).getByRole('group').count(), 20);
    await page.getByText('These are the first 20 of 25.').waitFor();
    let orders = 0;
    page.on('request', (request) => request.method() === 'POST' && orders++);
    await button(page, 'Import these rows').click();
    await page.getByRole('alert').getByText('Correct a row first, or tick one.').waitFor();
    await axe(page);
    assert.equal(orders, 0);
});

test('whoever leaves corrected rows is asked', async ({ page, open, api }) => {
    await open('/#/imports');
    await importRejected(page, api, GUESTS);
    await cell(page, 3, 'E-mail').fill('grace@example.com');
    await page.getByRole('link', { name: 'All imports' }).click();
    await button(page, 'Keep editing').click();
    assert.equal(await cell(page, 3, 'E-mail').inputValue(), 'grace@example.com');
    await page.getByRole('link', { name: 'All imports' }).click();
    await button(page, 'Discard').click();
    await page.getByRole('link', { name: 'people.csv' }).waitFor();
});

test('what was entered stays when the import is refused', async ({ page, open, api, allow }) => {
    allow(/^422 POST .*\/imports$/);
    await open('/#/imports');
    await importRejected(page, api, GUESTS);
    await page.route('**/imports', (route) =>
        route.request().method() === 'POST'
            ? route.fulfill({ status: 422, json: { detail: 'the mapping is refused' } })
            : route.continue(),
    );
    await cell(page, 3, 'E-mail').fill('grace@example.com');
    await button(page, 'Import these rows').click();
    await page.getByRole('alert').getByText('The mapping is refused.').waitFor();
    assert.equal(await cell(page, 3, 'E-mail').inputValue(), 'grace@example.com');
});

test('rejected rows that cannot be read are tried again', async ({ page, open, api, allow }) => {
    allow(/^403 GET /);
    await open('/#/imports');
    const job = await api.importCsv(`${GUESTS.join('\n')}\n`, { on_invalid: 'reject_row', mapping: GUEST_FIELDS });
    await page.route(/\/reports\//, (route) =>
        route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' } }),
    );
    await page.goto(`${page.url().split('#')[0]}#/imports/${job.id}`);
    await page.getByRole('alert').getByText('The rejected rows cannot be read.').waitFor();
    await page.getByRole('link', { name: 'Download the rejected rows' }).waitFor();
    await page.unroute(/\/reports\//);
    await button(page, 'Try again').click();
    await row(page, 3).waitFor();
});

test('a dry run shows no rows to correct, and neither is green', async ({ page, open, api }) => {
    await open('/#/imports');
    const order = { on_invalid: 'reject_row', mapping: GUEST_FIELDS, dry_run: true };
    const { id } = await api.importCsv(`${GUESTS.join('\n')}\n`, order);
    await page.goto(`${page.url().split('#')[0]}#/imports/${id}`);
    await page.getByText('The dry run is done, 3 rows would be rejected').waitFor();
    await page.getByRole('link', { name: 'Download the rejected rows' }).waitFor();
    assert.equal(await page.getByRole('group', { name: 'Line 3' }).count(), 0);
    const looks = () => page.locator('.status, .notice').evaluateAll((all) => all.map((one) => one.className));
    assert.deepEqual(await looks(), ['status', 'status partly', 'notice warning']);
    await importRejected(page, api, GUESTS);
    assert.deepEqual(await looks(), ['status partly', 'notice warning']);
    await page.getByRole('link', { name: 'All imports' }).click();
    await page.getByRole('link', { name: 'people.csv' }).first().waitFor();
    assert.equal(await page.locator('.status.completed').count(), 0);
});

for (const [name, look] of [
    ['light', { width: 1440, height: 900 }],
    ['dark', { scheme: 'dark', width: 1440, height: 900 }],
    ['narrow', { width: 375, height: 700 }],
    ['narrow-dark', { scheme: 'dark', width: 320, height: 640 }],
]) {
    test(`rejected rows are accessible, whatever stands in them, ${name}`, look, async ({ page, open, api }) => {
        const long = 'Verylong'.repeat(60);
        const header = GUESTS[0].replace('Phone', `Phone${long}`);
        await open('/#/imports');
        await importRejected(page, api, [
            header,
            ...GUESTS.slice(1),
            `<img src=x>,${long},not an email <b>,,مريم الفارسي,`,
        ]);
        await cell(page, 3, 'E-mail').fill('grace@example.com');
        await axe(page);
        await fits(page);
        await screenshot(page, `rejected-${name}`, { fullPage: true });
        assert.equal(await page.locator('main img').count(), 0);
        assert.equal(await cell(page, 6, 'Last Name').inputValue(), '<img src=x>');
    });
}
