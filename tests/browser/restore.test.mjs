// A deletion is taken back: at once, or from the address of the deleted contact.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const drawer = (page) => page.getByRole('dialog').first();
const opened = (page, name) => drawer(page).getByRole('heading', { name, level: 2, exact: true }).waitFor();
const row = (page, name) => page.getByRole('row', { name });
const undo = (page) => page.getByRole('button', { name: 'Undo', exact: true });

async function deleteByMouse(page, name) {
    await page.getByRole('link', { name }).click();
    await drawer(page).getByRole('button', { name: 'Delete' }).click();
    const confirm = page.getByRole('dialog', { name: `Delete ${name}?` });
    await confirm.getByText('can be restored for 30 days').waitFor();
    await confirm.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('status').getByText(`${name} was deleted.`).waitFor();
    await row(page, name).waitFor({ state: 'detached' });
}

for (const scheme of ['light', 'dark']) {
    test(`a deletion is undone by the mouse, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        const { 'Noor Haddad': id } = await somePeople(api);
        await open();
        await deleteByMouse(page, 'Noor Haddad');
        await axe(page);
        await screenshot(page, `contact undo ${scheme}`);
        await undo(page).click();
        await opened(page, 'Noor Haddad');
        await page.getByRole('status').getByText('Noor Haddad was restored.').waitFor();
        assert.match(page.url(), new RegExp(`#/contacts/${id}$`));
        await drawer(page).getByRole('listitem').getByText('visit-3').waitFor();
        assert.equal(await undo(page).count(), 0);
        await page.keyboard.press('Escape');
        await row(page, 'Noor Haddad').waitFor();
        assert.equal((await api.get(`/contacts/${id}`)).name, 'Noor Haddad');
    });
}

test('a deletion is undone by the keyboard', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await page.getByRole('link', { name: 'Noor Haddad' }).press('Enter');
    await opened(page, 'Noor Haddad');
    const remove = async () => {
        await drawer(page).getByRole('button', { name: 'Delete' }).press('Enter');
        await page.getByRole('dialog', { name: 'Delete Noor Haddad?' }).waitFor();
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await undo(page).waitFor();
        await drawer(page).waitFor({ state: 'detached' });
    };
    await remove();
    await page.keyboard.press('u');
    await opened(page, 'Noor Haddad');
    await remove();
    await undo(page).press('Enter');
    await opened(page, 'Noor Haddad');
    await page.waitForFunction(() => document.activeElement.tagName === 'H2');
});

test('what belongs to others by now is named', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await deleteByMouse(page, 'Marcus Reed');
    await api.post('/contacts', { name: 'Mara Reed', channels: { email: 'marcus@example.com' } });
    await undo(page).click();
    await opened(page, 'Marcus Reed');
    const notice = drawer(page).locator('.notice').filter({ hasText: 'Restored without' });
    await notice.getByText('Email marcus@example.com stays with another contact.').waitFor();
    await axe(page);
    await screenshot(page, 'contact restored without');
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await notice.waitFor({ state: 'detached' });
});

test('an undo that fails can be tried again', async ({ page, open, api, allow }) => {
    allow(/^500 POST .*\/restore$/);
    await somePeople(api);
    await open();
    await deleteByMouse(page, 'Noor Haddad');
    let isBroken = true;
    await page.route('**/restore', (route) => (isBroken ? route.fulfill({ status: 500, body: '' }) : route.continue()));
    await undo(page).click();
    await page.getByText('Noor Haddad was not restored').waitFor();
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await opened(page, 'Noor Haddad');
});

for (const [scheme, width] of [
    ['light', 1280],
    ['dark', 320],
]) {
    test(`a deleted contact is restored at its address, ${scheme}`, { scheme, width }, async ({
        page,
        open,
        api,
        allow,
    }) => {
        const { 'Noor Haddad': id } = await somePeople(api);
        allow(new RegExp(`^410 GET .*${id}`));
        await api.delete(`/contacts/${id}`);
        await open(`/#/contacts/${id}`);
        await drawer(page).getByRole('heading', { name: 'This contact was deleted' }).waitFor();
        await drawer(page)
            .getByText(/^It can be restored until [A-Z][a-z]{2} \d+, \d{4}/)
            .waitFor();
        await axe(page);
        await fits(page);
        await screenshot(page, `contact deleted ${scheme}`);
        await drawer(page).getByRole('button', { name: 'Restore' }).press('Enter');
        await opened(page, 'Noor Haddad');
        await page.waitForFunction(() => document.activeElement.tagName === 'H2');
        await page.keyboard.press('Escape');
        await row(page, 'Noor Haddad').waitFor();
    });
}

test('a contact that can no longer be restored has no button', async ({ page, open, api, allow }) => {
    const { 'Noor Haddad': id } = await somePeople(api);
    allow(new RegExp(`^410 GET .*${id}`));
    await page.route(`**/contacts/${id}`, (route) =>
        route.fulfill({
            status: 410,
            contentType: 'application/problem+json',
            body: '{"title": "Gone", "status": 410}',
        }),
    );
    await open(`/#/contacts/${id}`);
    await drawer(page).getByText('It can no longer be restored.').waitFor();
    assert.equal(await drawer(page).getByRole('button', { name: 'Restore' }).count(), 0);
});
