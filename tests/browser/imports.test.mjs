// Imports, as people make them.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axe } from './support/axe.mjs';
import { csvFile, GUESTS, people } from './support/files.mjs';
import { hold } from './support/hold.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

/** Chooses a file, and waits until its columns are shown. */
async function choose(page, file) {
    await page.getByLabel('Choose a file').setInputFiles(file);
    await page.getByRole('heading', { name: 'Columns' }).waitFor();
}

const fieldFor = (page, column) => page.getByLabel(`Field for ${column}`, { exact: true });
const chosen = (select) => select.locator('option:checked').innerText();
const button = (page, name) => page.getByRole('button', { name, exact: true });

/** What the result says: {created: '3', …}. */
async function counts(page) {
    const tiles = page.locator('.counts div');
    await tiles.first().waitFor();
    const texts = await tiles.evaluateAll((divs) =>
        divs.map((div) => [div.querySelector('dt').innerText, div.querySelector('dd').innerText]),
    );
    return Object.fromEntries(texts);
}

test('a file is tried, imported, and seen in the list', async ({ page, open, api }) => {
    await open('/#/imports');
    await page.getByRole('heading', { name: 'No imports yet' }).waitFor();
    await page.getByRole('link', { name: 'Import contacts' }).click();
    await choose(page, GUESTS);
    await page.getByText('values separated by commas').waitFor();
    assert.equal(await chosen(page.getByLabel('Encoding')), 'Detected: UTF-8');
    // What suggests itself: both parts of the name, and new fields for what is not known.
    assert.equal(await chosen(fieldFor(page, 'Last Name')), 'Name');
    assert.equal(await chosen(fieldFor(page, 'Phone')), 'Phone');
    assert.equal(await chosen(fieldFor(page, 'Favourite dish')), 'New field: text');
    assert.equal(await chosen(fieldFor(page, 'Tables')), 'New field: number');
    await page.getByText('Number, if the rest of the file agrees; else text').waitFor();
    await page.getByText('2 new fields will be made.').waitFor();
    const rows = page.getByRole('region', { name: 'First rows' });
    await rows.getByText('Ada Lovelace').waitFor();
    await rows.getByRole('img', { name: 'United Kingdom' }).waitFor();
    await rows.getByText('Is not of the form name@domain.').waitFor();
    await page.getByText('2 rows have a problem.').waitFor();

    await button(page, 'Dry run').click();
    await page.getByText('The dry run is done').waitFor();
    assert.deepEqual(await counts(page), {
        'would be created': '5',
        'would be updated': '0',
        'would be unchanged': '0',
        'would be rejected': '1',
    });
    assert.deepEqual((await api.get('/contacts')).items, []);

    await button(page, 'Import for real').click();
    await page.getByText('The import is done').waitFor();
    assert.deepEqual(await counts(page), { created: '5', updated: '0', unchanged: '0', rejected: '1' });
    const { items } = await api.get('/contacts');
    assert.deepEqual(items.map(({ name }) => name).sort(), [
        'Ada Lovelace',
        'Alan Turing',
        'Charles Babbage',
        'Grace Hopper',
        'Mary Somerville',
    ]);
    assert.deepEqual(items.find(({ name }) => name === 'Ada Lovelace').custom_fields, {
        favourite_dish: 'Dal',
        tables: 2,
    });
    assert.deepEqual(
        (await api.get('/custom-fields')).items.map(({ label }) => label),
        ['Favourite dish', 'Tables'],
    );

    await page.getByRole('link', { name: 'All imports' }).click();
    const lines = page.getByRole('row');
    await lines.nth(2).waitFor();
    assert.match(await lines.nth(1).innerText(), /guests\.csv\s+Completed\s+6 rows, 5 created, 1 rejected/);
    assert.match(await lines.nth(2).innerText(), /Completed Dry run/);
    await page.goBack();
    await page.getByText('The import is done').waitFor();
    await page.getByRole('link', { name: 'See the contacts' }).click();
    await page.getByText('Charles Babbage').waitFor();
});

test('the rejected rows are downloaded with what is wrong', async ({ page, open }) => {
    await open('/#/imports/new');
    await choose(page, GUESTS);
    await page.getByLabel('If a value cannot be read').selectOption('Reject the row');
    await button(page, 'Import').click();
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download the rejected rows' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'guests-report.csv');
    const report = await readFile(await download.path(), 'utf8');
    assert.match(report, /Hopper,Grace,grace\(at\)example\.com,.*rejected,4,E-mail,.*is not of the form name@domain/);
    assert.match(report, /Noether,Emmy,,4\.41E\+11/);
    // The page is where it was.
    await page.getByText('The import is done').waitFor();
});

test('what an import joins, and what contradicts itself, is shown', async ({ page, open, api }) => {
    await api.post('/contacts', { channels: { telephone: '+12025550101' } });
    await api.post('/contacts', { channels: { email: 'ada@example.com' } });
    await api.post('/contacts', { channels: { telephone: '+12025550102', email: 'charles@example.com' } });
    await api.post('/contacts', { channels: { telephone: '+12025550103', email: 'emmy@example.com' } });
    await open('/#/imports/new');
    const rows = ['+12025550101,ada@example.com', '+12025550102,emmy@example.com'];
    await choose(page, csvFile('again.csv', ['Phone,Email', ...rows]));
    await button(page, 'Import').click();
    await page.getByText('1 row showed that several contacts are one person; they were joined.').waitFor();
    await page.getByText('1 row named two contacts that contradict each other.').waitFor();
    await page.getByRole('heading', { name: 'Rows that need attention' }).waitFor();
    await page.getByRole('link', { name: 'Download the rows' }).waitFor();
});

test('the whole way goes by the keyboard', async ({ page, open, api }) => {
    page.on('filechooser', (chooser) => chooser.setFiles(GUESTS));
    await open('/#/imports');
    const press = async (key, times = 1) => {
        for (let n = 0; n < times; n++) await page.keyboard.press(key);
    };
    /** Tab by tab, until what has the focus is called so. */
    const tabTo = async (name) => {
        for (let tabs = 0; tabs < 40; tabs++) {
            await press('Tab');
            const focused = await page.evaluate(() => {
                const { activeElement: element } = document;
                return element.ariaLabel ?? (element.labels?.[0] ?? element).innerText.trim();
            });
            if (focused === name) return;
        }
        throw new Error(`${name} is not reached by the keyboard`);
    };
    await page.getByRole('heading', { name: 'No imports yet' }).waitFor();
    await tabTo('Import contacts');
    await press('Enter');
    await page.locator('h1:focus', { hasText: 'Import contacts' }).waitFor();
    await tabTo('Choose a file');
    await press('Enter');
    await page.locator('h1:focus', { hasText: 'Import guests.csv' }).waitFor();
    await tabTo('If a value cannot be read');
    await page.keyboard.type('Reject');
    await page.getByText('The rest of this row would be imported.').waitFor({ state: 'detached' });
    await press('ArrowUp');
    await tabTo('Field for Tables');
    await page.keyboard.type('Leave');
    await page.getByText('1 new field will be made.').waitFor();
    await page.getByText('The rest of this row would be imported.').waitFor();
    await tabTo('Import');
    await press('Enter');
    await page.getByText('The import is done').waitFor();
    assert.deepEqual(await counts(page), { created: '5', updated: '0', unchanged: '0', rejected: '1' });
    const grace = (await api.get('/contacts')).items.find(({ name }) => name === 'Grace Hopper');
    assert.deepEqual([grace.email, grace.custom_fields], [undefined, { favourite_dish: 'Soup' }]);
});

test('a file may be dropped anywhere on the imports', async ({ page, open }) => {
    await open('/#/imports');
    await page.getByRole('heading', { name: 'No imports yet' }).waitFor();
    const data = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(['Name;Phone\nAda;+15557654321\n'], 'dropped.csv', { type: 'text/csv' }));
        return data;
    });
    await page.dispatchEvent('header', 'dragover', { dataTransfer: data });
    await page.getByText('Drop the file to import it').waitFor();
    await page.dispatchEvent('header', 'drop', { dataTransfer: data });
    await page.getByRole('heading', { name: 'Import dropped.csv' }).waitFor();
    await page.getByText('separated by semicolons').waitFor();
    await page.getByText('Drop the file to import it').waitFor({ state: 'detached' });
});

test('what is chosen for the columns shows in the first rows at once', async ({ page, open, api }) => {
    await api.post('/custom-fields', { key: 'plan', label: 'Subscription', type: 'string' });
    await open('/#/imports/new');
    await choose(page, csvFile('list.csv', ['wer,wo,was', 'Ada,030 901820,pro', 'Charles,,basic']));
    await page.getByText('No row can be imported yet').waitFor();
    assert.equal(await button(page, 'Import').count(), 0);
    await fieldFor(page, 'wer').selectOption('Name');
    await fieldFor(page, 'wo').selectOption('WhatsApp');
    await page.getByLabel('Default country of phones').selectOption('Germany');
    await fieldFor(page, 'was').selectOption('Subscription');
    const rows = page.getByRole('region', { name: 'First rows' });
    await rows.getByText('+4930901820').waitFor();
    await rows.getByRole('img', { name: 'Germany' }).waitFor();
    await rows.getByRole('columnheader', { name: 'Subscription' }).waitFor();
    // The first row is a person, too.
    await page.getByLabel('First row', { exact: true }).selectOption('It is data already');
    await fieldFor(page, 'Column 1').waitFor();
    await rows.getByText('wer').waitFor();
    assert.equal(await chosen(fieldFor(page, 'Column 2')), 'WhatsApp');
});

test('what the API refuses stands beside its column', async ({ page, open, allow }) => {
    await open('/#/imports/new');
    await choose(page, csvFile('handles.csv', ['Insta,Other', 'ada,ada.l', 'charles,c.b']));
    await fieldFor(page, 'Insta').selectOption('Instagram');
    allow(/^422 POST .*\/imports\/preview$/);
    await fieldFor(page, 'Other').selectOption('Instagram');
    await page.getByText('Is already fed by “Insta”.').waitFor();
    assert.equal(await fieldFor(page, 'Other').getAttribute('aria-invalid'), 'true');
    await fieldFor(page, 'Other').selectOption('Slack');
    await page.getByText('Is already fed by').waitFor({ state: 'detached' });
});

test('columns that are not left as suggested are not lost unasked', async ({ page, open }) => {
    await open('/#/imports/new');
    await choose(page, GUESTS);
    await fieldFor(page, 'Tables').selectOption('Leave out');
    await page.getByRole('link', { name: 'Contacts', exact: true }).first().click();
    await page.getByRole('dialog', { name: 'Discard what you entered?' }).waitFor();
    await button(page, 'Keep editing').click();
    assert.equal(await chosen(fieldFor(page, 'Tables')), 'Leave out');
});

test('a file that cannot be imported is explained', async ({ page, open, allow }) => {
    await open('/#/imports/new');
    allow(/^422 POST .*\/imports\/preview$/);
    await page.getByLabel('Choose a file').setInputFiles({
        name: 'people.xlsx',
        mimeType: '',
        buffer: Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 8, 0, 0, 0, 0]),
    });
    await page.getByRole('heading', { name: 'This file cannot be imported' }).waitFor();
    await page.getByText('save it as CSV first').waitFor();
    await page.getByLabel('Choose another file').setInputFiles(csvFile('empty.csv', ['']));
    await page.getByText('The file is empty.').waitFor();
    await page.getByLabel('Choose another file').setInputFiles(GUESTS);
    await page.getByRole('heading', { name: 'First rows' }).waitFor();
});

test('a file that is empty or too large is refused before it is sent', async ({ page, open }) => {
    await open('/#/imports/new');
    await page
        .getByLabel('Choose a file')
        .setInputFiles({ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.of() });
    await page.getByText('The file is empty.').waitFor();
    const folder = await mkdtemp(join(tmpdir(), 'contacts-'));
    try {
        // It takes no space.
        const huge = join(folder, 'huge.csv');
        await writeFile(huge, 'Email\n');
        await truncate(huge, 5 * 1024 ** 3 + 1);
        await page.getByLabel('Choose another file').setInputFiles(huge);
        await page.getByText('The file is larger than 5 GB').waitFor();
    } finally {
        await rm(folder, { recursive: true });
    }
});

/** A file as Excel for Mac writes it, in Mac OS Roman. */
const macFile = (lines) => ({
    name: 'mac.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
        lines.join('\n').replaceAll('ü', '\x9f').replaceAll('ß', '\xa7').replaceAll('ö', '\x9a'),
        'latin1',
    ),
});

test('another encoding shows the right names, and keeps what the columns feed', async ({ page, open, api }) => {
    await open('/#/imports/new');
    await choose(
        page,
        macFile(['Name;E-mail;Tarif', 'Jürgen Groß;j@example.com;pro', 'Jörg Müller;m@example.com;basic']),
    );
    const rows = page.getByRole('region', { name: 'First rows' });
    await page.getByText('some characters look wrong').waitFor();
    assert.equal(await rows.getByText('Jürgen Groß').count(), 0);
    await axe(page);
    await screenshot(page, 'import-encoding', { fullPage: true });
    await fieldFor(page, 'Tarif').selectOption('Leave out');
    await fieldFor(page, 'E-mail').selectOption('Slack');
    await page.getByLabel('Encoding').selectOption('Western Europe (Macintosh)');
    await rows.getByText('Jürgen Groß').waitFor();
    await rows.getByText('Jörg Müller').waitFor();
    await page.getByText('some characters look wrong').waitFor({ state: 'detached' });
    assert.equal(await chosen(fieldFor(page, 'Tarif')), 'Leave out');
    assert.equal(await chosen(fieldFor(page, 'E-mail')), 'Slack');
    await fieldFor(page, 'E-mail').selectOption('Email');
    await button(page, 'Import').click();
    await page.getByText('The import is done').waitFor();
    assert.deepEqual((await api.get('/contacts')).items.map(({ name }) => name).sort(), ['Jörg Müller', 'Jürgen Groß']);
    await page.getByText('Settings of this import').click();
    await page.getByText('Western Europe (Macintosh)').waitFor();
});

test('an encoding in which a file cannot be read says so, and another one helps', async ({ page, open, allow }) => {
    await open('/#/imports/new');
    await choose(page, macFile(['Name;E-mail', 'Jürgen Groß;j@example.com']));
    allow(/^422 POST .*\/imports\/preview$/);
    await page.getByLabel('Encoding').selectOption('UTF-8');
    await page.getByText('The file cannot be read in this way').waitFor();
    assert.equal(await page.getByLabel('Encoding').getAttribute('aria-invalid'), 'true');
    await axe(page);
    await button(page, 'Import').click();
    await page.locator('select:focus[aria-invalid]').waitFor();
    await page.getByLabel('Encoding').selectOption('Western Europe (Macintosh)');
    await page.getByRole('region', { name: 'First rows' }).getByText('Jürgen Groß').waitFor();
    await page.getByText('The file cannot be read in this way').waitFor({ state: 'detached' });
});

test('quotes that are text are taken literally', async ({ page, open, allow, api }) => {
    await open('/#/imports/new');
    allow(/^422 POST .*\/imports\/preview$/);
    const lines = ['Name,Email', '"Ada,ada@example.com', 'Charles,charles@example.com'];
    await page.getByLabel('Choose a file').setInputFiles(csvFile('quotes.csv', lines));
    await page.getByText('Try another meaning of its quotes.').waitFor();
    await axe(page);
    await screenshot(page, 'import-quotes');
    await page.getByLabel('Quotes').selectOption('Taken literally');
    await page.getByRole('region', { name: 'First rows' }).getByText('"Ada').waitFor();
    await button(page, 'Import').click();
    await page.getByText('The import is done').waitFor();
    assert.deepEqual((await api.get('/contacts')).items.map(({ name }) => name).sort(), ['"Ada', 'Charles']);
});

test('contacts that exist already are left as they are, if one wants that', async ({ page, open, api }) => {
    await api.post('/contacts', { name: 'Ada', channels: { email: 'ada@example.com' } });
    await open('/#/imports/new');
    await choose(page, csvFile('again.csv', ['Name,Email', 'Ada King,ada@example.com', 'Charles,charles@example.com']));
    await page.getByLabel('Contacts that exist already').selectOption('Leave them as they are');
    await button(page, 'Import').click();
    await page.getByText('The import is done').waitFor();
    assert.deepEqual(await counts(page), { created: '1', updated: '0', unchanged: '1', rejected: '0' });
    assert.deepEqual((await api.get('/contacts')).items.map(({ name }) => name).sort(), ['Ada', 'Charles']);
    await page.getByText('Settings of this import').click();
    await page.getByText('Leave them as they are').waitFor();
});

test('after a dry run one goes back to the columns, where everything is as it was', async ({ page, open, api }) => {
    await open('/#/imports/new');
    await choose(page, GUESTS);
    const choices = [
        [page.getByLabel('Encoding'), 'Western Europe (Windows-1252)'],
        [page.getByLabel('Quotes'), 'Taken literally'],
        [page.getByLabel('Default country of phones'), 'Germany'],
        [page.getByLabel('If a value cannot be read'), 'Reject the row'],
        [page.getByLabel('Contacts that exist already'), 'Only fill what is blank'],
        [fieldFor(page, 'Tables'), 'Leave out'],
        [fieldFor(page, 'Favourite dish'), 'New field: number'],
    ];
    for (const [select, option] of choices) await select.selectOption(option);
    const areKept = async () => {
        for (const [select, option] of choices) assert.equal(await chosen(select), option);
    };
    await button(page, 'Dry run').click();
    await page.getByText('The dry run is done').waitFor();
    await button(page, 'Go back to the columns').click();
    await page.getByRole('heading', { name: 'First rows' }).waitFor();
    await areKept();
    await fieldFor(page, 'Tables').selectOption('New field: text');
    await button(page, 'Dry run').click();
    await page.getByText('The dry run is done').waitFor();

    // What a reload leaves is the import, but not the file.
    await page.reload();
    await page.getByLabel('Go back to the columns').setInputFiles(csvFile('guests.csv', ['Other']));
    await page.getByText('That is another file').waitFor();
    await page.getByLabel('Go back to the columns').setInputFiles(GUESTS);
    await page.getByRole('heading', { name: 'First rows' }).waitFor();
    choices[5][1] = 'New field: text';
    // No dish is a number: that is what the dry run has found out.
    choices[6][1] = 'New field: text';
    await areKept();
    await button(page, 'Import').click();
    await page.getByText('The import is done').waitFor();
    const [job] = (await api.get('/imports')).items;
    const { encoding, quoting, default_country, on_invalid, existing, mapping } = job;
    assert.deepEqual(
        [encoding, quoting, default_country, on_invalid, existing],
        ['windows-1252', 'none', 'DE', 'reject_row', 'fill_blanks'],
    );
    assert.equal(mapping.length, 6);
});

test('a button stays under the pointer when the first rows take more room', async ({ page, open }) => {
    await open('/#/imports/new');
    await choose(page, GUESTS);
    const press = await hold(page, '**/imports/preview');
    await fieldFor(page, 'Favourite dish').selectOption('New field: number');
    await button(page, 'Dry run').hover();
    await page.mouse.down();
    press();
    await page.getByText('is not a number').first().waitFor();
    await page.mouse.up();
    await page.getByText('The dry run is done').waitFor();
});

const OFFICE = csvFile('office.csv', [
    'Name,Phone,Email',
    'Ada Lovelace,+12025550101,office@example.com',
    'Charles Babbage,+12025550102,office@example.com',
    'Grace Hopper,+12025550103,grace@example.com',
    'Emmy Noether,+12025550104,emmy@example.com',
]);

test('one is asked before many rows go to somebody else', async ({ page, open, api }) => {
    const dialog = page.getByRole('dialog', { name: 'Many rows would meet another person’s contact' });
    await open('/#/imports/new');
    await choose(page, OFFICE);
    await fieldFor(page, 'Phone').selectOption('Leave out');
    await button(page, 'Import').click();
    await dialog.getByText('1 of the first 4 rows leads to a contact that is clearly called differently.').waitFor();
    await axe(page);
    await screenshot(page, 'import-other-people');
    await dialog.locator('button:focus', { hasText: 'Go back to the columns' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.closest('.column-table'));
    assert.deepEqual((await api.get('/imports')).items, []);

    // A dry run changes nothing, so nobody is asked before it.
    await button(page, 'Dry run').click();
    await page.getByText('1 row leads to a contact that is clearly called differently.').waitFor();
    await page.getByText('1 row is about a contact that an earlier row has.').waitFor();
    await axe(page);
    await screenshot(page, 'import-people', { fullPage: true });
    await button(page, 'Import for real').click();
    await dialog.getByText('1 of 4 rows leads').waitFor();
    await dialog.getByRole('button', { name: 'Go back to the columns' }).click();
    await page.getByRole('heading', { name: 'First rows' }).waitFor();
    assert.equal(await chosen(fieldFor(page, 'Phone')), 'Leave out');
    await button(page, 'Import').click();
    // The whole file says it now.
    await dialog.getByText('1 of 4 rows leads').waitFor();
    await button(page, 'Import anyway').click();
    await page.getByText('The import is done').waitFor();
    assert.equal((await api.get('/imports')).items.length, 2);
});

test('a fault at the end of a file fails the import, which says why', async ({ page, open, api }) => {
    await open('/#/imports/new');
    await choose(page, csvFile('torn.csv', [...people(6_000), '"never closed']));
    await button(page, 'Import').click();
    await page.getByText('The import failed').waitFor();
    await page.getByText(/quote/).waitFor();
    assert.deepEqual((await api.get('/contacts')).items, []);
});

test('an import of 10,000 rows shows how it moves, also after a reload', async ({ page, open }) => {
    await open('/#/imports/new');
    await choose(page, csvFile('many.csv', people(10_000)));
    await button(page, 'Import').click();
    const seen = new Set();
    const look = async () => {
        const text = await page
            .locator('.figures .rows')
            .textContent({ timeout: 50 })
            .catch(() => undefined);
        if (text) seen.add(text);
        return seen.size >= 3;
    };
    await until('the rows have moved', look, 120_000);
    await axe(page);
    await screenshot(page, 'import-running');
    await page.reload();
    const before = seen.size;
    await until('the rows move again', async () => (await look()) && seen.size > before, 120_000);
    await page.getByText('The import is done').waitFor({ timeout: 240_000 });
    assert.deepEqual(await counts(page), { created: '10,000', updated: '0', unchanged: '0', rejected: '0' });
});

test('an import that takes long is cancelled, and what was imported stays', async ({ page, open }) => {
    await open('/#/imports/new');
    const rows = Array.from({ length: 20_000 }, (_, n) => `Person ${n},p${n}@example.com`);
    await choose(page, csvFile('many.csv', ['Name,Email', ...rows]));
    await button(page, 'Import').click();
    await button(page, 'Cancel the import').click();
    await page.getByText('The import was cancelled').waitFor();
    assert.ok(await page.locator('.status.cancelled').isVisible());
    assert.equal(await button(page, 'Resume the import').count(), 0);
});
