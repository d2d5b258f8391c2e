// One way through the page of a deployed system, as a person goes it.
//
//     node deployed.mjs URL

import { openPage, startBrowser } from './support/browser.mjs';
import { csvFile } from './support/files.mjs';
import { signIn } from './support/sign-in.mjs';

const [url] = process.argv.slice(2);
const PEOPLE = csvFile('people.csv', ['Name,Email', 'Grace Hopper,grace@example.com', 'Emmy Noether,emmy@example.com']);

const browser = await startBrowser();
try {
    // The certificate is the emulator's own.
    const { page, faults } = await openPage(browser, { ignoreHTTPSErrors: true });
    try {
        await walk(page);
    } catch (error) {
        throw faults.length > 0 ? new Error(`the page did this:\n${faults.join('\n')}`, { cause: error }) : error;
    }
    if (faults.length > 0) throw new Error(`the page did what no page should:\n${faults.join('\n')}`);
} finally {
    await browser.close();
}

async function walk(page) {
    const go = (name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
    const listed = (name) => page.getByRole('row', { name }).waitFor();

    await page.goto(url);
    await signIn(page, 'page');
    await page.getByRole('heading', { name: 'Nobody here yet' }).waitFor();

    await page.getByRole('link', { name: 'Add a contact' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada Lovelace');
    await page.getByRole('textbox', { name: 'Email', exact: true }).fill('ada@example.com');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    await page.keyboard.press('Escape');
    await listed('Ada Lovelace');
    // The session outlives a reload.
    await page.reload();
    await listed('Ada Lovelace');

    await go('Imports');
    await page.getByRole('link', { name: 'Import contacts' }).click();
    await page.getByLabel('Choose a file').setInputFiles(PEOPLE);
    await page.getByRole('heading', { name: 'Columns' }).waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('The import is done').waitFor();
    await go('Contacts');
    for (const name of ['Grace Hopper', 'Emmy Noether', 'Ada Lovelace']) await listed(name);

    await page.getByRole('banner').getByRole('button', { name: 'somebody' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out').waitFor();
}
