// Every step of an import in light and dark, on a wide window and on a phone; and with files that mean no good.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { csvFile, GUESTS } from './support/files.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const LOOKS = [
    ['light', { scheme: 'light' }],
    ['dark', { scheme: 'dark' }],
    ['narrow', { scheme: 'light', width: 360, height: 740 }],
    ['narrow-dark', { scheme: 'dark', width: 320, height: 640 }],
];

const SCRIPT = '<script>document.title = "taken"</script>';
const IMAGE = '<img src=x onerror="document.title = 1">';
const RTL = '‮مريم الفارسي';
const LONG = 'Verylong'.repeat(400);
const HOSTILE = csvFile(`${'long-'.repeat(20)}<b>${'name'.repeat(20)}.csv`, [
    `Name,Email,${IMAGE},${LONG},${RTL}`,
    `${SCRIPT},a@example.com,"=HYPERLINK(""http://x"")",${LONG},${RTL}`,
    `${RTL},not an email ${SCRIPT},${IMAGE},${LONG},x`,
    `${LONG},b@example.com,,,`,
    'Eve,c@example.com,,,',
    'Mallory,d@example.com,,,',
]);

const button = (page, name) => page.getByRole('button', { name, exact: true });

for (const [name, look] of LOOKS) {
    test(`the way to an import is accessible, ${name}`, look, async ({ page, open }) => {
        const check = async (step) => {
            await axe(page);
            await screenshot(page, `import-${step}-${name}`, { fullPage: true });
            await fits(page);
        };
        await open('/#/imports');
        await page.getByRole('heading', { name: 'No imports yet' }).waitFor();
        await check('none');
        await page.getByRole('link', { name: 'Import contacts' }).click();
        await page.getByText('Drop a CSV file here').waitFor();
        await check('file');
        await page.getByLabel('Choose a file').setInputFiles(GUESTS);
        await page.getByRole('heading', { name: 'First rows' }).waitFor();
        await check('columns');
        await button(page, 'Dry run').click();
        await page.getByText('The dry run is done').waitFor();
        await page.getByText('Settings of this import').click();
        await check('dry-run');
        await button(page, 'Import for real').click();
        await page.getByText('The import is done').waitFor();
        await check('result');
        await page.getByRole('link', { name: 'All imports' }).click();
        await page
            .getByRole('row', { name: /guests/ })
            .first()
            .waitFor();
        await check('list');
    });
}

for (const [name, look] of [LOOKS[0], LOOKS[3]]) {
    test(`a file is text, whatever stands in it, ${name}`, look, async ({ page, open, api }) => {
        const check = async (step) => {
            await axe(page);
            await screenshot(page, `hostile-${step}-${name}`, { fullPage: true });
            await fits(page);
            assert.equal(await page.locator('main img').count(), 0, step);
        };
        await open('/#/imports/new');
        await page.getByLabel('Choose a file').setInputFiles(HOSTILE);
        const rows = page.getByRole('region', { name: 'First rows' });
        await rows.getByText(SCRIPT).first().waitFor();
        await page.getByRole('rowheader', { name: IMAGE }).waitFor();
        await check('columns');
        await button(page, 'Import').click();
        await page.getByText('The import is done').waitFor();
        await check('result');
        await page.getByRole('link', { name: 'All imports' }).click();
        await page.getByRole('row', { name: /long-long/ }).waitFor();
        await check('list');
        assert.equal(await page.title(), 'Imports · Contacts');
        const { items } = await api.get('/contacts');
        assert.ok(items.some((contact) => contact.name === SCRIPT));
    });
}

test('a long list of imports has pages, and Back leads through them', async ({ page, open, api }) => {
    for (let n = 1; n <= 52; n++) {
        const { id } = await api.post('/imports', { file_name: `file-${n}.csv`, size_bytes: 10 });
        // Only a few may wait for their file.
        if (n > 1) await api.post(`/imports/${id}/cancel`);
    }
    await open('/#/imports');
    await page.getByRole('link', { name: 'file-52.csv' }).waitFor();
    assert.equal(await page.getByRole('row').count(), 51);
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'file-1.csv' }).waitFor();
    assert.equal(await page.getByRole('row').count(), 3);
    await page.getByRole('link', { name: 'file-1.csv' }).click();
    await page.getByText('The file is not uploaded yet').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Previous' }).click();
    await page.getByRole('link', { name: 'file-52.csv' }).waitFor();
});

test('an import that is not there is explained', async ({ page, open, allow }) => {
    allow(/^404 GET .*\/imports\//);
    await open('/#/imports/0190c5f2-4a5b-7c3d-9e8f-0123456789ab');
    await page.getByRole('heading', { name: 'There is no such import' }).waitFor();
    await page.getByRole('link', { name: 'Go to the imports' }).click();
    await page.getByRole('heading', { name: 'No imports yet' }).waitFor();
});

test('imports that cannot be loaded are tried again', async ({ page, open, allow }) => {
    await open('/#/settings');
    await page.getByRole('heading', { name: 'Custom fields' }).waitFor();
    await page.route('**/imports?*', (route) =>
        route.fulfill({
            status: 500,
            json: { title: 'Internal Server Error', detail: 'something went wrong on our side' },
        }),
    );
    allow(/^500 GET .*\/imports\?/);
    await page.getByRole('link', { name: 'Imports' }).click();
    await page.getByText('Something went wrong on our side.').waitFor();
    await axe(page);
    await page.unroute('**/imports?*');
    await button(page, 'Try again').click();
    await page.getByRole('heading', { name: 'No imports yet' }).waitFor();
});
