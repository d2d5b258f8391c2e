// The page keeps up with conversations by itself.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const names = (page) => page.locator('tbody th a').allInnerTexts();
const pill = (page) => page.getByRole('button', { name: /new · Show$/ });
const drawer = (page) => page.getByRole('dialog').first();

for (const scheme of ['light', 'dark']) {
    test(`who talks is announced within 15 seconds, and moves no row, ${scheme}`, { scheme }, async ({
        page,
        open,
        api,
    }) => {
        await somePeople(api);
        await open();
        await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
        const before = await names(page);
        const top = () => page.locator('tbody tr').first().boundingBox();
        const place = await top();
        await api.fold({ conversation: 'new-1', captured: { name: 'Ada Lovelace', email: 'ada@example.com' } });
        await api.fold({ conversation: 'new-2', channel: 'instagram', captured: { instagram: 'noor.designs' } });
        await pill(page).waitFor();
        assert.equal(await pill(page).innerText(), '2 new · Show');
        assert.deepEqual(await names(page), before);
        assert.deepEqual(await top(), place);
        // The row says what is known now, though it stays.
        await page.getByRole('row', { name: 'Noor Haddad' }).getByText('just now').waitFor();
        await axe(page);
        await screenshot(page, `contacts news ${scheme}`);
        await pill(page).press('Enter');
        await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor();
        assert.deepEqual(await names(page), [
            'Noor Haddad',
            'Ada Lovelace',
            'Marcus Reed',
            'Beatriz Souza',
            'Eva Nováková',
        ]);
        assert.equal(await pill(page).count(), 0);
        assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'List of contacts');
    });
}

test('an empty book fills by itself', async ({ page, open, api }) => {
    await open();
    await page.getByRole('heading', { name: 'Nobody here yet' }).waitFor();
    await api.fold({ conversation: 'first', captured: { name: 'Ada Lovelace', email: 'ada@example.com' } });
    await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor();
});

test('an open contact keeps up, and the earlier conversations stay', async ({ page, open, api }) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    await drawer(page).getByRole('listitem').getByText('visit-1').waitFor();
    await api.fold({
        conversation: 'visit-9',
        channel: 'telephone',
        captured: { telephone: '+12015550123', instagram: 'marcus.reed' },
    });
    await drawer(page).getByText('marcus.reed', { exact: true }).waitFor();
    await drawer(page).getByRole('listitem').getByText('visit-9').waitFor();
    assert.match((await page.locator('.conversations li').allInnerTexts()).join(), /visit-9.*,.*visit-1/s);
});

test('what somebody types stays when the contact changes', async ({ page, open, api, allow }) => {
    allow(/^412 PATCH /);
    const { 'Marcus Reed': id } = await somePeople(api);
    await open(`/#/contacts/${id}/edit`);
    const name = drawer(page).getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Marcus A. Reed');
    const reread = page.waitForResponse((answer) => answer.url().endsWith(`/contacts/${id}`));
    await api.patch(`/contacts/${id}`, { name: 'Theirs' });
    await (await reread).finished();
    await page.getByRole('heading', { name: 'Edit Theirs' }).waitFor();
    assert.equal(await name.inputValue(), 'Marcus A. Reed');
    // What has changed under the form is still said.
    await page.keyboard.press('Enter');
    await drawer(page).getByText('Somebody else made this “Theirs”.').waitFor();
    await drawer(page).getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Marcus A. Reed' }).waitFor();
});

test('a contact that is deleted elsewhere is said to be gone', async ({ page, open, api, allow }) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    allow(new RegExp(`^410 GET .*${id}`));
    await open(`/#/contacts/${id}`);
    await drawer(page).getByRole('heading', { name: 'Marcus Reed' }).waitFor();
    await api.delete(`/contacts/${id}`);
    await drawer(page).getByRole('heading', { name: 'This contact was deleted' }).waitFor();
});

test('it asks seldom when asking fails, and at once when the window is looked at again', async ({
    page,
    open,
    api,
    allow,
}) => {
    allow(/^500 GET .*limit=1$/);
    await somePeople(api);
    const asked = [];
    let isBroken = true;
    await page.route('**/contacts?limit=1', (route) => {
        asked.push(Date.now());
        return isBroken ? route.fulfill({ status: 500, body: '' }) : route.continue();
    });
    await page.clock.install();
    await open();
    await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
    const pass = async (seconds) => {
        for (let n = 0; n < seconds; n += 5) {
            await page.clock.runFor(5_000);
            await page.waitForTimeout(30);
        }
        return asked.splice(0).length;
    };
    assert.ok((await pass(120)) <= 4, 'after 10, 30 and 70 seconds');
    assert.equal(await page.getByRole('alert').count(), 0);
    isBroken = false;
    await api.fold({ conversation: 'new-1', captured: { name: 'Ada Lovelace', email: 'ada@example.com' } });
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await pill(page).waitFor();

    asked.splice(0);
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
    await pass(10);
    assert.equal(await pass(60), 0, 'nothing is asked while nobody looks');
    await page.evaluate(() => {
        delete document.hidden;
        document.dispatchEvent(new Event('visibilitychange'));
    });
    await pass(5);
    assert.ok((await pass(30)) >= 2, 'it goes on by itself');
});
