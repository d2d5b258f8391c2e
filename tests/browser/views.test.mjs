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
