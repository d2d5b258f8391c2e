// The history of a contact: read when it is opened, a sentence for each write.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

const drawer = (page) => page.getByRole('dialog').first();
const entries = (page) => drawer(page).locator('.entries li');
const sentences = (page) => entries(page).locator('p').allInnerTexts();
const summary = (page) => drawer(page).locator('summary').filter({ hasText: 'History' });

/** The history follows the contact: waits until it has so many entries. */
const recorded = (api, id, count) =>
    until('the history has followed', async () => {
        const { items } = await api.get(`/contacts/${id}/history?limit=200`);
        return items.length >= count;
    });

/** A contact that a conversation made, an import and a person changed, and that is in conflict with another one. */
async function written(api) {
    await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
    const { contact_id: id } = await api.fold({
        conversation: 'c-1',
        channel: 'whatsapp',
        captured: { name: 'Ada', whatsapp: '+5511987654321', email: 'ada@example.com', 'custom.plan': 'pro' },
    });
    await api.importCsv('email,phone\nada@example.com,+12015550123');
    await api.patch(`/contacts/${id}`, { name: 'Ada King', channels: { email: null } });
    await api.fold({ conversation: 'c-2', captured: { name: 'Carl Sagan', email: 'carl@example.com' } });
    await api.fold({ conversation: 'c-3', captured: { telephone: '+12015550123', email: 'carl@example.com' } });
    await recorded(api, id, 4);
    return id;
}

for (const [scheme, width] of [
    ['light', 1280],
    ['dark', 1280],
    ['dark', 320],
]) {
    test(`each write is a sentence, ${scheme} ${width}`, { scheme, width, height: 1000 }, async ({
        page,
        open,
        api,
    }) => {
        const id = await written(api);
        const asked = [];
        page.on('request', (request) => request.url().includes('/history') && asked.push(request.url()));
        await open(`/#/contacts/${id}`);
        await drawer(page).getByRole('heading', { name: 'History' }).waitFor();
        assert.deepEqual(asked, [], 'who does not open it does not wait for it');
        await summary(page).focus();
        await page.keyboard.press('Enter');
        await entries(page).nth(3).waitFor();
        await entries(page).getByRole('link', { name: 'Carl Sagan' }).waitFor();
        assert.deepEqual(await sentences(page), [
            'In conflict with Carl Sagan, by assistant front-desk in conversation c-3',
            'Name changed from Ada to Ada King; Email ada@example.com removed, by a person',
            'Phone +12015550123 added, by import, line 2',
            'Added with Name Ada, Plan pro, WhatsApp +5511987654321, Email ada@example.com, by assistant front-desk in conversation c-1',
        ]);
        for (const time of await entries(page).getByRole('time').allInnerTexts())
            assert.match(time, /^[A-Z][a-z]{2} \d+, \d{4}, \d+:\d\d\s[AP]M$/);
        await entries(page).last().scrollIntoViewIfNeeded();
        await axe(page);
        await fits(page);
        await screenshot(page, `contact history ${scheme} ${width}`);
        assert.match(await entries(page).getByRole('link', { name: 'import' }).getAttribute('href'), /^#\/imports\/.+/);
    });
}

test('what happens while it is open is added on top, and older entries below', async ({ page, open, api }) => {
    const { id } = await api.post('/contacts', { name: 'Ada 0' });
    for (let n = 1; n <= 30; n++) await api.patch(`/contacts/${id}`, { name: `Ada ${n}` });
    await recorded(api, id, 31);
    await open(`/#/contacts/${id}`);
    await summary(page).click();
    await entries(page).nth(19).waitFor();
    assert.equal(await entries(page).count(), 20);
    await drawer(page).getByRole('button', { name: 'Show more' }).click();
    await entries(page).nth(30).waitFor();
    assert.equal((await sentences(page)).at(-1), 'Added with Name Ada 0, by a person');
    assert.equal(await drawer(page).getByRole('button', { name: 'Show more' }).count(), 0);
    await api.patch(`/contacts/${id}`, { name: 'Ada King' });
    await entries(page).nth(31).waitFor({ timeout: 20_000 });
    assert.equal((await sentences(page))[0], 'Name changed from Ada 30 to Ada King, by a person');
});

test('a history that cannot be loaded is tried again', async ({ page, open, api, allow }) => {
    allow(/^500 GET .*\/history/);
    const { id } = await api.post('/contacts', { name: '<b>Ada</b>' });
    await recorded(api, id, 1);
    let isBroken = true;
    await page.route('**/history?*', (route) =>
        isBroken ? route.fulfill({ status: 500, body: '' }) : route.continue(),
    );
    await open(`/#/contacts/${id}`);
    await summary(page).click();
    await drawer(page).getByRole('button', { name: 'Try again' }).waitFor();
    isBroken = false;
    await drawer(page).getByRole('button', { name: 'Try again' }).click();
    await entries(page).getByText('Added with Name <b>Ada</b>, by a person').waitFor();
});
