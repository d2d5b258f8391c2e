// Getting around: views, links, Back, and those who do not use a mouse.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const tab = (page, name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });
const title = (page, name) => page.getByRole('heading', { name, level: 1 });

test('each view has its title, and the focus follows', async ({ page, open }) => {
    await open();
    await title(page, 'Contacts').waitFor();
    for (const name of ['Imports', 'Settings', 'Contacts']) {
        await tab(page, name).press('Enter');
        await title(page, name).waitFor();
        assert.equal(await page.title(), name === 'Contacts' ? 'Contacts' : `${name} · Contacts`);
        assert.equal(await tab(page, name).getAttribute('aria-current'), 'page');
        await page.waitForFunction(
            (text) => document.activeElement.matches('h1') && document.activeElement.innerText === text,
            name,
        );
    }
    await page.goBack();
    await title(page, 'Settings').waitFor();
    await page.goBack();
    await title(page, 'Imports').waitFor();
    await page.goForward();
    await title(page, 'Settings').waitFor();
});

test('a link skips to the content', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
    await page.reload();
    await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the content' });
    assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Add contact');
    assert.equal(new URL(page.url()).hash, '#/contacts');
});

for (const scheme of ['light', 'dark']) {
    test(`an address that leads nowhere says so, ${scheme}`, { scheme }, async ({ page, open }) => {
        await open('/#/nowhere/at/all');
        await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
        await axe(page);
        await screenshot(page, `nowhere ${scheme}`);
        await page.getByRole('link', { name: 'Go to the contacts' }).click();
        await title(page, 'Contacts').waitFor();
        for (const nowhere of ['#/settings/x', '#/contacts/1/edit/2', '#/imports/1/edit', '#/%E0%A4%A']) {
            await page.evaluate((hash) => (location.hash = hash), nowhere);
            await title(page, 'Page not found').waitFor();
            await page.goBack();
            await title(page, 'Contacts').waitFor();
        }
    });
}

test('a fault in one view leaves the others usable', async ({ page, open, api, allow }) => {
    allow(/^console: .*/);
    await somePeople(api);
    // What no function would answer.
    await page.route('**/contacts?*', (route) => route.fulfill({ json: { items: [null], next_cursor: null } }));
    await open();
    await page.getByRole('heading', { name: 'This view has failed' }).waitFor();
    await tab(page, 'Settings').click();
    await title(page, 'Settings').waitFor();
});

test('an open page needs no script that a deployment has removed', async ({ page, open }) => {
    await open();
    await title(page, 'Contacts').waitFor();
    const scripts = [];
    page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    for (const view of ['Imports', 'Settings']) {
        await tab(page, view).click();
        await title(page, view).waitFor();
    }
    await page.getByRole('heading', { name: 'Protection of contacts' }).waitFor();
    assert.deepEqual(scripts, []);
});

test('without a connection the page says so', async ({ page, open, api, allow }) => {
    allow(/^net::ERR_INTERNET_DISCONNECTED GET /);
    await somePeople(api);
    await open('/#/settings');
    await title(page, 'Settings').waitFor();
    await page.context().setOffline(true);
    await tab(page, 'Contacts').click();
    await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
});
