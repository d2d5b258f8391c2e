// An open contact beside the list: browsing, sources and times.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const WIDE = { width: 1440, height: 900 };
const row = (page, name) => page.getByRole('row', { name });
const drawer = (page) => page.getByRole('dialog').first();
const opened = (page, name) => drawer(page).getByRole('heading', { name, level: 2, exact: true }).waitFor();
const isModal = (page) => drawer(page).evaluate((dialog) => dialog.matches(':modal'));

for (const scheme of ['light', 'dark']) {
    test(`contacts are browsed beside the list, ${scheme}`, { ...WIDE, scheme }, async ({ page, open, api }) => {
        await somePeople(api);
        await open();
        await row(page, 'Marcus Reed').getByText('4 minutes ago').click();
        await opened(page, 'Marcus Reed');
        assert.equal(await isModal(page), false);
        const [list, open_] = await Promise.all([page.locator('.scroll').boundingBox(), drawer(page).boundingBox()]);
        assert.ok(list.x + list.width <= open_.x, 'the list shrinks');
        await fits(page);
        await axe(page);
        await screenshot(page, `contact beside ${scheme}`);

        assert.equal(await row(page, 'Marcus Reed').getByRole('link').getAttribute('aria-current'), 'true');
        await row(page, 'Noor Haddad').getByText('5 hours ago').click();
        await opened(page, 'Noor Haddad');
        await page.keyboard.press('k');
        await opened(page, 'Beatriz Souza');
        await row(page, 'Eva Nováková').getByRole('link').click();
        await opened(page, 'Eva Nováková');
        await page.keyboard.press('/');
        await page.keyboard.type('marcus');
        await row(page, 'Noor Haddad').waitFor({ state: 'detached' });
        await page.keyboard.press('Escape');
        await row(page, 'Noor Haddad').waitFor();
        await page.getByRole('heading', { name: 'Contacts', level: 1 }).click();
        await page.keyboard.press('Escape');
        await drawer(page).waitFor({ state: 'detached' });
        assert.match(page.url(), /#\/contacts$/);
    });
}

test('Back goes from any contact to the list, and the focus to the row', WIDE, async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await row(page, 'Marcus Reed').getByRole('link').press('Enter');
    await opened(page, 'Marcus Reed');
    await page.keyboard.press('j');
    await opened(page, 'Beatriz Souza');
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement.innerText === 'Beatriz Souza');
    await page.keyboard.press('Enter');
    await opened(page, 'Beatriz Souza');
    await page.keyboard.press('j');
    await opened(page, 'Noor Haddad');
    await page.goBack();
    await drawer(page).waitFor({ state: 'detached' });
    assert.match(page.url(), /#\/contacts$/);
});

test('another row does not lose what was entered', WIDE, async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await row(page, 'Marcus Reed').getByRole('link').click();
    await drawer(page).getByRole('link', { name: 'Edit' }).click();
    const name = drawer(page).getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Somebody else');
    await row(page, 'Noor Haddad').getByRole('link').click();
    const question = page.getByRole('dialog', { name: 'Discard what you entered?' });
    await question.getByRole('button', { name: 'Keep editing' }).click();
    assert.equal(await name.inputValue(), 'Somebody else');
    await row(page, 'Noor Haddad').getByRole('link').click();
    await question.getByRole('button', { name: 'Discard' }).click();
    await opened(page, 'Noor Haddad');
});

test('on a smaller window the contact lies over the list, and a larger one moves it beside', { width: 1100 }, async ({
    page,
    open,
    api,
}) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    await opened(page, 'Marcus Reed');
    assert.equal(await isModal(page), true);
    await page.setViewportSize({ width: 1300, height: 800 });
    await page.waitForFunction(() => !document.querySelector('dialog').matches(':modal'));
    await opened(page, 'Marcus Reed');
    await page.setViewportSize({ width: 1100, height: 800 });
    await page.waitForFunction(() => document.querySelector('dialog')?.matches(':modal'));
});

test('a source that all values have is said once', WIDE, async ({ page, open, api }) => {
    await api.importCsv('name,email,phone\nGrace Hopper,grace@example.com,+12015550123');
    await open();
    await row(page, 'Grace Hopper').getByRole('link').click();
    await drawer(page).getByText('All from line 2 of people.csv, just now').waitFor();
    assert.equal(await drawer(page).locator('.value .origin').count(), 0);
    await axe(page);
    await screenshot(page, 'contact imported');
    const link = drawer(page).getByRole('link', { name: 'people.csv' });
    assert.match(await link.getAttribute('href'), /^#\/imports\/.+/);
});

for (const width of [375, 1440]) {
    test(`exact times are read without a mouse, ${width}`, { width, height: 900 }, async ({ page, open, api }) => {
        const { 'Eva Nováková': id } = await somePeople(api);
        await open(`/#/contacts/${id}`);
        await drawer(page).getByText('2 days ago').first().waitFor();
        const button = drawer(page).getByRole('button', { name: 'Exact times' });
        await button.press('Enter');
        assert.equal(await button.getAttribute('aria-pressed'), 'true');
        await drawer(page).getByText('2 days ago').first().waitFor({ state: 'detached' });
        const times = await drawer(page).getByRole('time').allInnerTexts();
        for (const time of times) assert.match(time, /^[A-Z][a-z]{2} \d+, \d{4}, \d+:\d\d\s[AP]M$/);
        await fits(page);
        await axe(page);
        await screenshot(page, `contact exact times ${width}`);
        await page.keyboard.press('t');
        await drawer(page).getByText('2 days ago').first().waitFor();
    });
}

test('a channel is added to the form, and stays when it is emptied', async ({ page, open, api }) => {
    const { 'Noor Haddad': id } = await somePeople(api);
    await open(`/#/contacts/${id}/edit`);
    const field = (label) => drawer(page).getByRole('textbox', { name: label, exact: true });
    await field('Instagram').waitFor();
    assert.equal(await field('Slack').count(), 0);
    await field('Instagram').fill('');
    await field('Instagram').waitFor();
    await drawer(page).getByRole('button', { name: 'Add Slack', exact: true }).click();
    assert.ok(await field('Slack').evaluate((input) => input === document.activeElement));
    await axe(page);
    await screenshot(page, 'contact form channels');
});
