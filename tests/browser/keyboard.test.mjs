// Finding and reading people without a mouse.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

const lookUp = (page) => page.getByRole('textbox', { name: 'Look up' });
const drawer = (page) => page.getByRole('dialog').first();
const opened = (page, name) => drawer(page).getByRole('heading', { name, level: 2, exact: true }).waitFor();
const focused = (page, name) =>
    page.waitForFunction((text) => document.activeElement.innerText.trim() === text, name, { polling: 50 });
const isLookUpFocused = (page) => lookUp(page).evaluate((input) => input === document.activeElement);

async function ready(page, open, api) {
    const ids = await somePeople(api);
    await open();
    await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
    return ids;
}

test('from the search into the rows, and Enter opens the first', async ({ page, open, api }) => {
    await ready(page, open, api);
    await page.keyboard.press('/');
    assert.ok(await isLookUpFocused(page));
    await page.keyboard.press('ArrowDown');
    await focused(page, 'Marcus Reed');
    await page.keyboard.press('ArrowDown');
    await focused(page, 'Beatriz Souza');

    await page.keyboard.press('/');
    // Enter comes before the answer, even before anything was asked.
    await page.keyboard.type('eva.');
    await page.keyboard.press('Enter');
    await opened(page, 'Eva Nováková');
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    assert.ok(await isLookUpFocused(page));
    assert.equal(await lookUp(page).inputValue(), 'eva.');
    await page.keyboard.press('Escape');
    assert.equal(await lookUp(page).inputValue(), '');
    await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
    assert.ok(await isLookUpFocused(page));
});

test('the table is one tab stop', async ({ page, open, api }) => {
    await ready(page, open, api);
    await page.getByRole('button', { name: 'Keys' }).focus();
    await page.keyboard.press('Tab');
    await focused(page, 'Marcus Reed');
    await page.keyboard.press('End');
    await focused(page, 'Eva Nováková');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => !document.activeElement.closest('table')), 'Tab leaves the table');
    await page.keyboard.press('Shift+Tab');
    await focused(page, 'Eva Nováková');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    await focused(page, 'Name');
    await page.keyboard.press('ArrowRight');
    await focused(page, 'Email');
    await page.keyboard.press('ArrowRight');
    await focused(page, 'Phone');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: 'Noor Haddad' }).waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await focused(page, 'Marcus Reed');
    await axe(page);
});

test('letters move, add and edit, but not while somebody types', async ({ page, open, api }) => {
    const { 'Beatriz Souza': id } = await ready(page, open, api);
    await page.keyboard.press('j');
    await focused(page, 'Marcus Reed');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await focused(page, 'Beatriz Souza');
    await page.keyboard.press('Enter');
    await opened(page, 'Beatriz Souza');
    await page.keyboard.press('j');
    await opened(page, 'Noor Haddad');
    await page.keyboard.press('k');
    await opened(page, 'Beatriz Souza');
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Edit Beatriz Souza' }).waitFor();
    const name = drawer(page).getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('');
    await page.keyboard.type('jenny?');
    assert.equal(await name.inputValue(), 'jenny?');
    assert.match(page.url(), new RegExp(`${id}/edit$`));
    await page.keyboard.press('Enter');
    await opened(page, 'jenny?');
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    assert.match(page.url(), /#\/contacts$/);

    await page.keyboard.press('Control+n').catch(() => {});
    assert.equal(await drawer(page).count(), 0);
    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'Add contact' }).waitFor();
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
});

for (const scheme of ['light', 'dark']) {
    test(`a question mark shows the keys, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        await ready(page, open, api);
        await page.keyboard.press('?');
        const keys = page.getByRole('dialog', { name: 'Keys' });
        await keys.getByText('Edit the open contact').waitFor();
        await axe(page);
        await screenshot(page, `keys ${scheme}`);
        await page.keyboard.press('n');
        assert.match(page.url(), /#\/contacts$/, 'what is asked is answered first');
        await page.keyboard.press('Escape');
        await keys.waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Keys' }).click();
        await keys.waitFor();
    });
}

test('people are looked up by what is pasted, and by every user name', async ({ page, open, api, allow }) => {
    allow(/^400 GET .*\/contacts\?/);
    await api.post('/contacts', { name: 'Slack', channels: { slack: 'U01ABCD234' } });
    await api.post('/contacts', { name: 'Teams', channels: { microsoft_teams: '29:1abc' } });
    await api.post('/contacts', { name: 'WhatsApp', channels: { whatsapp_user_id: 'US.13491208655302741918' } });
    await ready(page, open, api);
    for (const [text, found] of [
        ['tel:+1-201-555-0123', 'Marcus Reed'],
        ['\u202a+1 (201) 555\u20110123\u202c', 'Marcus Reed'],
        ['@noor.designs', 'Noor Haddad'],
        ['U01ABCD234', 'Slack'],
        ['29:1abc', 'Teams'],
        ['US.13491208655302741918', 'WhatsApp'],
    ]) {
        await lookUp(page).fill(text);
        await until(`${text} finds ${found}`, async () => {
            const names = await page.locator('tbody th a').allInnerTexts();
            return names.join() === found;
        });
    }
    // Nothing is looked for yet.
    await lookUp(page).fill('+');
    await page.getByRole('row', { name: 'Eva Nováková' }).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 7);
    // The API may refuse what is not yet a phone; here nothing was refused but that.
    await lookUp(page).fill('123456');
    await page.getByRole('heading', { name: 'Nobody found' }).waitFor();
});

for (const scheme of ['light', 'dark']) {
    test(`whoever is not found is added, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        await ready(page, open, api);
        const field = (label) => drawer(page).getByRole('textbox', { name: label, exact: true });
        for (const [text, label] of [
            ['zoe@example.com', 'Email'],
            ['+49 89 123456', 'Phone'],
            ['Lena Fischer', 'Name'],
        ]) {
            await lookUp(page).fill(text);
            await page.getByRole('link', { name: `Add “${text}”` }).waitFor();
            if (label === 'Name') {
                await axe(page);
                await screenshot(page, `contacts add who is not found ${scheme}`);
            }
            await page.getByRole('link', { name: `Add “${text}”` }).press('Enter');
            await field(label).waitFor();
            assert.equal(await field(label).inputValue(), text);
            // What was not typed here is not lost by leaving.
            if (label !== 'Name') await page.keyboard.press('Escape');
        }
        await page.keyboard.press('Enter');
        await opened(page, 'Lena Fischer');
        await page.keyboard.press('Escape');
        await drawer(page).waitFor({ state: 'detached' });
        assert.match(page.url(), /#\/contacts\?find=Lena\+Fischer$/);
    });
}
