// Who has talked and who has not, conflicts, and conversations that belong to somebody else.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

const row = (page, name) => page.getByRole('row', { name });
const view = (page, name) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name });
const drawer = (page) => page.getByRole('dialog').first();

/** Two contacts that one conversation named together. */
async function conflict(api) {
    const people = [
        ['one', 'Rosa Parks', '+12015550188', 'rosa@example.com'],
        ['two', 'Carl Sagan', '+12015550199', 'carl@example.com'],
    ];
    for (const [conversation, name, telephone, email] of people)
        await api.fold({ conversation, captured: { name, telephone, email } });
    await api.fold({ conversation: 'three', captured: { telephone: '+12015550188', email: 'carl@example.com' } });
}

for (const width of [375, 1440]) {
    test(`who has never talked is not shown as active, ${width}`, { width }, async ({ page, open, api }) => {
        await somePeople(api);
        await api.post('/contacts', { name: 'Ada Lovelace' });
        await api.importCsv('name,email\nGrace Hopper,grace@example.com');
        await open();
        assert.match(await row(page, 'Grace Hopper').innerText(), /Imported\s+just now/);
        assert.match(await row(page, 'Ada Lovelace').innerText(), /Added\s+just now/);
        assert.equal(await row(page, 'Grace Hopper').locator('.last').count(), 0);
        assert.doesNotMatch(await row(page, 'Marcus Reed').innerText(), /Added|Imported/);
        await fits(page);
        await axe(page);
        await screenshot(page, `contacts never talked ${width}`);
        await page.getByRole('link', { name: 'Grace Hopper' }).click();
        await drawer(page).getByText('None yet', { exact: true }).waitFor();
    });
}

/** Four people who talked, one who was imported and one who was added. Nobody of the latter two has talked. */
async function talkersAndOthers(api) {
    const ids = await somePeople(api);
    await api.importCsv('name,email\nGrace Hopper,grace@example.com');
    await api.post('/contacts', { name: 'Ada Lovelace' });
    return ids;
}

const TALKERS = ['Marcus Reed', 'Beatriz Souza', 'Noor Haddad', 'Eva Nováková'];

/** Waits until the list shows these people, in this order. */
async function listed(page, ...expected) {
    await page.waitForFunction(
        (wanted) =>
            JSON.stringify([...document.querySelectorAll('tbody th a')].map((link) => link.innerText)) === wanted,
        JSON.stringify(expected),
    );
}

for (const width of [375, 768, 1024, 1440]) {
    for (const scheme of ['light', 'dark']) {
        test(`who has talked is a view of its own, ${width}, ${scheme}`, { width, scheme, height: 900 }, async ({
            page,
            open,
            api,
        }) => {
            await talkersAndOthers(api);
            await open();
            await listed(page, 'Ada Lovelace', 'Grace Hopper', ...TALKERS);
            await view(page, 'Talked').click();
            await listed(page, ...TALKERS);
            assert.match(page.url(), /#\/contacts\?view=talked$/);
            assert.equal(await view(page, 'Talked').getAttribute('aria-current'), 'page');
            assert.equal(await view(page, 'All').getAttribute('aria-current'), null);
            await page.getByText('1–4 of 4', { exact: true }).waitFor();
            await fits(page);
            await axe(page);
            await screenshot(page, `contacts talked ${width} ${scheme}`);
            await row(page, 'Noor Haddad').getByRole('link').click();
            await drawer(page).getByRole('heading', { name: 'Noor Haddad' }).waitFor();
            await fits(page);
            await axe(page);
            await page.keyboard.press('Escape');
            await drawer(page).waitFor({ state: 'detached' });
            assert.match(page.url(), /#\/contacts\?view=talked$/, 'the view stays behind the contact');
            await view(page, 'All').click();
            await listed(page, 'Ada Lovelace', 'Grace Hopper', ...TALKERS);
        });
    }
}

test('who has talked is seen by the keyboard, and Back leads through the views', async ({ page, open, api }) => {
    await talkersAndOthers(api);
    await open();
    await listed(page, 'Ada Lovelace', 'Grace Hopper', ...TALKERS);
    await page.getByRole('textbox', { name: 'Look up' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Talked');
    await page.keyboard.press('Enter');
    await listed(page, ...TALKERS);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await drawer(page).getByRole('heading', { name: 'Beatriz Souza' }).waitFor();
    await page.keyboard.press('j');
    await drawer(page).getByRole('heading', { name: 'Noor Haddad' }).waitFor();
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });

    await page.keyboard.press('/');
    await page.keyboard.type('grace');
    await listed(page, 'Grace Hopper');
    assert.equal(await view(page, 'All').getAttribute('aria-current'), 'page', 'everybody is looked up');
    await page.keyboard.press('Escape');
    await listed(page, ...TALKERS);
    await view(page, 'Conflicts').press('Enter');
    await page.getByRole('heading', { name: 'No conflicts' }).waitFor();
    await page.goBack();
    await listed(page, ...TALKERS);
    assert.equal(await view(page, 'Talked').getAttribute('aria-current'), 'page');
    await page.goForward();
    await page.getByRole('heading', { name: 'No conflicts' }).waitFor();
    await page.goBack();
    await listed(page, ...TALKERS);
    await page.reload();
    await listed(page, ...TALKERS);
});

test('the columns that were chosen are those of every view', async ({ page, open, api }) => {
    await talkersAndOthers(api);
    await open('/#/contacts?view=talked');
    await listed(page, ...TALKERS);
    const headers = await page.getByRole('columnheader').allInnerTexts();
    assert.deepEqual(headers.slice(0, 3), ['Name', 'Last conversation', 'Email'], 'what the view is about comes first');
    const email = page.getByRole('columnheader', { name: 'Email' });
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Email' }).uncheck();
    await email.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await view(page, 'All').click();
    await listed(page, 'Ada Lovelace', 'Grace Hopper', ...TALKERS);
    assert.equal(await email.count(), 0);
    await page.reload();
    await view(page, 'Talked').click();
    await listed(page, ...TALKERS);
    assert.equal(await email.count(), 0);
});

test('who talks is announced among those who have talked, and who is added is not', async ({ page, open, api }) => {
    await talkersAndOthers(api);
    await open('/#/contacts?view=talked');
    await listed(page, ...TALKERS);
    await api.post('/contacts', { name: 'Rosa Parks' });
    await api.fold({ conversation: 'first', captured: { email: 'grace@example.com' } });
    const pill = page.getByRole('button', { name: /new · Show$/ });
    await pill.waitFor();
    assert.equal(await pill.innerText(), '1 new · Show');
    assert.equal(await page.locator('tbody tr').count(), 4, 'no row moves');
    await pill.press('Enter');
    await listed(page, 'Grace Hopper', ...TALKERS);

    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Emmy Noether');
    await page.keyboard.press('Enter');
    await drawer(page).getByRole('heading', { name: 'Emmy Noether' }).waitFor();
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    await listed(page, 'Grace Hopper', ...TALKERS);
    await view(page, 'All').click();
    await row(page, 'Emmy Noether').waitFor();
});

for (const scheme of ['light', 'dark']) {
    test(`before anybody has talked, the view says how to connect an assistant, ${scheme}`, { scheme }, async ({
        page,
        open,
        api,
    }) => {
        await api.importCsv('name,email\nGrace Hopper,grace@example.com');
        await open('/#/contacts?view=talked');
        await page.getByRole('heading', { name: 'Nobody has talked yet' }).waitFor();
        await page.getByText('Connect an assistant').press('Enter');
        await page.getByText('"field": "email"').waitFor();
        await axe(page);
        await screenshot(page, `contacts talked nobody ${scheme}`);
        await api.fold({ conversation: 'first', captured: { email: 'grace@example.com' } });
        await listed(page, 'Grace Hopper');
        await view(page, 'All').click();
        await listed(page, 'Grace Hopper');
    });
}

test('those who have talked are listed in pages, past all who have not', async ({ page, open, api }) => {
    const lines = Array.from({ length: 60 }, (_, n) => `Person ${n},person-${n}@example.com`);
    for (let n = 0; n < 60; n++)
        await api.fold({ conversation: `c-${n}`, captured: { email: `person-${n}@example.com` } });
    await api.importCsv(
        ['name,email', ...lines, ...lines.map((line) => `Other ${line.replace(',', ',other-')}`)].join('\n'),
    );
    await open('/#/contacts?view=talked');
    await page.getByText('1–50', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText('51–60 of 60', { exact: true }).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 10);
    await page.getByRole('link', { name: 'Previous' }).click();
    await page.getByText('1–50', { exact: true }).waitFor();
    assert.match(page.url(), /view=talked$/);
});

test('a page on which nobody has talked leads to the next one', async ({ page, open, api }) => {
    await somePeople(api);
    await page.route('**/contacts?talked=true*', (route) => {
        // A book with a great many contacts that were imported after the last conversation.
        const reads = Number(new URL(route.request().url()).searchParams.get('cursor')?.slice('n'.length) ?? 0) + 1;
        if (reads > 10)
            return route.continue({
                url: route
                    .request()
                    .url()
                    .replace(/&cursor=n10/, ''),
            });
        return route.fulfill({ json: { items: [], next_cursor: `n${reads}` } });
    });
    await open('/#/contacts?view=talked');
    await page.getByRole('heading', { name: 'Nobody on this page' }).waitFor();
    await axe(page);
    await page.getByRole('link', { name: 'Next page' }).click();
    await listed(page, ...TALKERS);
    assert.match(page.url(), /view=talked&cursor=n10$/);
});

for (const scheme of ['light', 'dark']) {
    test(`conflicts are a view of their own, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        await somePeople(api);
        await conflict(api);
        await open();
        await row(page, 'Marcus Reed').waitFor();
        assert.equal(await view(page, 'All').getAttribute('aria-current'), 'page');
        await view(page, 'Conflicts').press('Enter');
        await row(page, 'Marcus Reed').waitFor({ state: 'detached' });
        assert.match(page.url(), /#\/contacts\?view=conflicts$/);
        assert.equal(await view(page, 'Conflicts').getAttribute('aria-current'), 'page');
        assert.equal(await page.locator('tbody tr').count(), 2);
        await row(page, 'Rosa Parks').getByRole('cell', { name: 'Email carl@example.com' }).waitFor();
        await axe(page);
        await screenshot(page, `contacts conflicts ${scheme}`);

        await row(page, 'Rosa Parks').getByRole('link').click();
        await drawer(page).getByText('Conflict with another contact').waitFor();
        await drawer(page).getByRole('button', { name: 'Dismiss' }).first().click();
        await page.getByText('Dismissed for both.').waitFor();
        await page.keyboard.press('Escape');
        await drawer(page).waitFor({ state: 'detached' });
        assert.match(page.url(), /#\/contacts\?view=conflicts$/, 'the view stays behind the contact');
        await page.reload();
        await page.getByRole('heading', { name: 'No conflicts' }).waitFor();
        await axe(page);
        await page.getByRole('link', { name: 'Show all contacts' }).click();
        await row(page, 'Marcus Reed').waitFor();
    });

    test(`a conversation is taken from a contact after a question, ${scheme}`, { scheme }, async ({
        page,
        open,
        api,
    }) => {
        const { 'Marcus Reed': id } = await somePeople(api);
        await open(`/#/contacts/${id}`);
        const item = drawer(page).getByRole('listitem').filter({ hasText: 'visit-1' });
        await item.getByRole('button', { name: 'Not this person' }).press('Enter');
        const question = page.getByRole('dialog', { name: 'Take this conversation from Marcus Reed?' });
        await question.getByText('the two are kept apart').waitFor();
        assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Cancel');
        await axe(page);
        await screenshot(page, `conversation taken ${scheme}`);
        await page.keyboard.press('Escape');
        await question.waitFor({ state: 'detached' });
        await item.waitFor();

        await item.getByRole('button', { name: 'Not this person' }).click();
        await question.getByRole('button', { name: 'Take it away' }).click();
        await item.waitFor({ state: 'detached' });
        await page.getByText('The conversation was taken from this contact.').waitFor();
        await drawer(page).getByText('None yet.', { exact: true }).waitFor();
        assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Conversations');
        assert.deepEqual((await api.get(`/contacts/${id}/conversations`)).items, []);
        // Its next event is about somebody else.
        const { contact_id: other } = await api.fold({
            conversation: 'visit-1',
            channel: 'telephone',
            captured: { name: 'Ada Lovelace', email: 'ada@example.com' },
        });
        assert.notEqual(other, id);
    });
}

test('a conversation that somebody else has taken meanwhile goes, too', async ({ page, open, api, allow }) => {
    allow(/^404 DELETE .*visit-1$/);
    const { 'Marcus Reed': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    await drawer(page).getByRole('button', { name: 'Not this person' }).click();
    await api.delete(`/contacts/${id}/conversations/visit-1`);
    await page.getByRole('button', { name: 'Take it away' }).click();
    await until('the conversation has gone', async () => (await page.locator('.conversations li').count()) === 0);
});
