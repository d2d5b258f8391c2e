// Settings: the default country, who counts as one person, and the custom fields.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const LOOKS = [
    ['light', { scheme: 'light' }],
    ['dark', { scheme: 'dark' }],
    ['narrow', { scheme: 'light', width: 360 }],
    ['narrow-dark', { scheme: 'dark', width: 320 }],
];

const button = (page, name) => page.getByRole('button', { name, exact: true });
const part = (page, name) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });
const dialog = (page, name) => page.getByRole('dialog', { name });

test('the default country says how phones are read', async ({ page, open, api }) => {
    await open('/#/settings');
    const country = page.getByLabel('Country');
    assert.equal(await country.locator('option:checked').innerText(), 'United States');
    // By the beginning of its name, as on a keyboard.
    await country.focus();
    await page.keyboard.type('Germ');
    await button(part(page, 'Default country'), 'Save').click();
    await page.getByText('are now read as numbers of Germany').waitFor();
    const { channels } = await api.post('/contacts', { channels: { telephone: '030 901820' } });
    assert.equal(channels.telephone, '+4930901820');
    await page.reload();
    await page.getByRole('heading', { name: 'Default country' }).waitFor();
    assert.equal(await country.locator('option:checked').innerText(), 'Germany');
});

test('every country that can be chosen is one', async ({ page, open, api }) => {
    await open('/#/settings');
    await page.getByLabel('Country').waitFor();
    const codes = await page
        .getByLabel('Country')
        .locator('option')
        .evaluateAll((options) => options.map(({ value }) => value));
    assert.equal(codes.length, 245);
    for (const code of codes) {
        assert.equal((await api.patch('/settings', { default_country: code })).default_country, code);
    }
});

test('a country that was chosen and not saved is not lost unasked', async ({ page, open }) => {
    await open('/#/settings');
    await page.getByLabel('Country').selectOption('Brazil');
    await page.getByRole('link', { name: 'Imports' }).click();
    await dialog(page, 'Discard what you entered?').waitFor();
    await button(page, 'Discard').click();
    await page.getByRole('heading', { name: 'Imports', level: 1 }).waitFor();
});

test('what a conversation may change that proves nothing is chosen', async ({ page, open, api }) => {
    await open('/#/settings');
    const modes = part(page, 'Protection of contacts');
    assert.equal(await modes.getByLabel('Open').isChecked(), true);
    await modes.getByLabel('Open').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('link', { name: 'Imports' }).click();
    await dialog(page, 'Discard what you entered?').waitFor();
    await button(page, 'Keep editing').click();
    await button(modes, 'Save').click();
    await page.getByText('The protection of contacts was saved.').waitFor();
    assert.equal((await api.get('/settings')).identity, 'guarded');
    await page.reload();
    await modes.getByLabel('Guarded').waitFor();
    assert.equal(await modes.getByLabel('Guarded').isChecked(), true);
});

for (const [title, member] of [
    ['Blocked identifiers', 'blocked_identifiers'],
    ['Allowed identifiers', 'allowed_identifiers'],
]) {
    test(`${title.toLowerCase()} are added and removed`, async ({ page, open, api, allow }) => {
        await open('/#/settings');
        const list = part(page, title);
        await list.getByLabel('Value').fill('(201) 555-0123');
        await page.keyboard.press('Enter');
        await list.getByRole('listitem').getByText('+12015550123').waitFor();
        assert.equal(await list.getByLabel('Value').inputValue(), '');
        // What somebody else has added meanwhile stays.
        const others = [...(await api.get('/settings'))[member], { field: 'slack', value: 'U01ABCD234' }];
        await api.patch('/settings', { [member]: others });
        await list.getByLabel('Field').selectOption('Email');
        await list.getByLabel('Value').fill('info');
        allow(/^422 PATCH .*\/settings$/);
        await button(list, 'Add').click();
        await list.getByText('This is not of the form').waitFor();
        await page.waitForFunction(() => document.activeElement.matches('[aria-invalid="true"]'));
        await axe(page);
        await list.getByLabel('Value').fill('info@example.com');
        await button(list, 'Add').click();
        await list.getByRole('listitem').getByText('info@example.com').waitFor();
        const listed = await list.getByRole('listitem').allInnerTexts();
        assert.deepEqual(
            listed.map((text) => text.trim().split(/\s+/)),
            [
                ['Phone', '+12015550123'],
                ['Slack', 'U01ABCD234'],
                ['Email', 'info@example.com'],
            ],
        );
        await axe(page);
        await screenshot(page, `settings-${member}`, { fullPage: true });
        await button(list, 'Remove +12015550123').click();
        await page.getByText('+12015550123 was removed.').waitFor();
        assert.deepEqual((await api.get('/settings'))[member], [
            { field: 'slack', value: 'U01ABCD234' },
            { field: 'email', value: 'info@example.com' },
        ]);
        assert.equal(await page.evaluate(() => document.activeElement.tagName), 'INPUT');
    });
}

test('for how long history is kept is a whole number', async ({ page, open, api, allow }) => {
    allow(/^422 PATCH .*\/settings$/);
    await open('/#/settings');
    const history = part(page, 'History');
    const days = history.getByLabel('Days');
    assert.equal(await days.inputValue(), '400');
    for (const wrong of ['3651', '1.5', '-1', 'a year', '']) {
        await days.fill(wrong);
        await button(history, 'Save').click();
        await history.getByText('This must be a whole number from 0 to 3650.').waitFor();
        await page.waitForFunction(() => document.activeElement.matches('[aria-invalid="true"]'));
    }
    await axe(page);
    await page.getByRole('link', { name: 'Imports' }).click();
    await dialog(page, 'Discard what you entered?').waitFor();
    await button(page, 'Keep editing').click();
    await days.fill(' 30 ');
    await days.press('Enter');
    await page.getByText('History is now kept for 30 days.').waitFor();
    assert.equal((await api.get('/settings')).history_days, 30);
    assert.equal(await days.inputValue(), '30');
    await days.fill('0');
    await days.press('Enter');
    await page.getByText('No history is kept from now on.').waitFor();
    await page.reload();
    await days.waitFor();
    assert.equal(await days.inputValue(), '0');
});

test('the address of conversations is set, and removed', async ({ page, open, api, allow }) => {
    allow(/^422 PATCH .*\/settings$/);
    await open('/#/settings');
    const links = part(page, 'Links to conversations');
    const address = links.getByLabel('Address');
    for (const [wrong, reason] of [
        ['ftp://example.com/{conversation_id}', 'This must start with https:// or http:// and the name of a server.'],
        ['https://example.com/calls', 'This must contain {conversation_id} after the name of the server.'],
    ]) {
        await address.fill(wrong);
        await button(links, 'Save').click();
        await links.getByText(reason).waitFor();
    }
    await axe(page);
    await screenshot(page, 'settings-records', { fullPage: true });
    await address.fill('https://example.com/calls/{conversation_id}');
    await address.press('Enter');
    await page.getByText('Conversations are now links.').waitFor();
    assert.equal((await api.get('/settings')).conversation_url, 'https://example.com/calls/{conversation_id}');
    await address.fill('');
    await address.press('Enter');
    await page.getByText('Conversations are no longer links.').waitFor();
    assert.equal((await api.get('/settings')).conversation_url, null);
});

test('conversations and sources are links where an address is set', async ({ page, open, api }) => {
    const captured = { name: 'Ada', email: 'ada@example.com' };
    const { contact_id: id } = await api.fold({ conversation: 'call:1.a', captured });
    await open(`/#/contacts/${id}`);
    const drawer = page.getByRole('dialog').first();
    const links = drawer.getByRole('link', { name: 'call:1.a', exact: true });
    await drawer.getByRole('listitem').getByText('call:1.a').waitFor();
    assert.equal(await links.count(), 0);
    await page.goto(`${page.url().split('#')[0]}#/settings`);
    const address = page.getByLabel('Address');
    await address.fill('https://example.com/calls?id={conversation_id}');
    await address.press('Enter');
    await page.getByText('Conversations are now links.').waitFor();
    for (const reload of [false, true]) {
        await page.goto(`${page.url().split('#')[0]}#/contacts/${id}`);
        if (reload) await page.reload();
        await drawer.getByRole('listitem').getByRole('link', { name: 'call:1.a' }).waitFor();
        await drawer.getByText('All from conversation').getByRole('link').waitFor();
        await drawer.locator('summary').filter({ hasText: 'History' }).click();
        await drawer.locator('.entries').getByRole('link').waitFor();
        for (const link of await links.all()) {
            assert.equal(await link.getAttribute('href'), 'https://example.com/calls?id=call%3A1.a');
            assert.equal(await link.getAttribute('target'), '_blank');
            assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
        }
        assert.equal(await links.count(), 3);
    }
    await axe(page);
});

test('a custom field is added, renamed and deleted, by the keyboard', async ({ page, open, api }) => {
    await open('/#/settings');
    await page.getByText('No custom fields yet.').waitFor();
    await button(page, 'Add field').focus();
    await page.keyboard.press('Enter');
    // The label has the focus, and suggests the key.
    await page.keyboard.type('Größe des Büros');
    await page.keyboard.press('Tab');
    assert.equal(await page.getByLabel('Key').inputValue(), 'grosse_des_buros');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('The field Größe des Büros was added.').waitFor();
    assert.deepEqual((await api.get('/custom-fields')).items, [
        { key: 'grosse_des_buros', label: 'Größe des Büros', type: 'number' },
    ]);
    const row = page.getByRole('row', { name: /Größe des Büros/ });
    assert.match(await row.innerText(), /grosse_des_buros\s+Number/);

    await button(page, 'Rename Größe des Büros').click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Office');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /Office/ }).waitFor();
    // The focus is back where it was.
    assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'Rename Office');

    await button(page, 'Delete Office').click();
    await dialog(page, 'Delete the field Office?').getByText('a new field with the key grosse_des_buros').waitFor();
    await page.keyboard.press('Escape');
    assert.equal((await api.get('/custom-fields')).items.length, 1);
    await button(page, 'Delete Office').click();
    await button(page, 'Delete').click();
    await page.getByText('No custom fields yet.').waitFor();
    assert.deepEqual((await api.get('/custom-fields')).items, []);
});

test('what the API refuses stands beside its field', async ({ page, open, api, allow }) => {
    await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
    await open('/#/settings');
    await button(page, 'Add field').click();
    const form = dialog(page, 'Add a field');
    await form.getByLabel('Label').fill('Plan');
    // A key that is taken is not suggested.
    assert.equal(await form.getByLabel('Key').inputValue(), 'plan_2');
    await form.getByLabel('Key').fill('plan');
    allow(/^409 POST .*\/custom-fields$/);
    await button(form, 'Add field').click();
    await form.getByText('This is taken.').waitFor();
    assert.equal(await form.getByLabel('Key').getAttribute('aria-invalid'), 'true');
    await form.getByLabel('Key').fill('Plan!');
    await form.getByLabel('Label').fill('');
    allow(/^422 POST .*\/custom-fields$/);
    await button(form, 'Add field').click();
    await form.locator('.error').nth(1).waitFor();
    // Whoever cannot see it is led to it.
    await page.waitForFunction(() => document.activeElement.matches('[aria-invalid="true"]'));
    await axe(page);
    await screenshot(page, 'settings-errors');
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
});

test('labels are text, whatever they say', async ({ page, open, api }) => {
    const labels = ['<img src=x onerror=alert(1)>', '‏الاسم الكامل', 'W'.repeat(100), '"><script>alert(1)</script>'];
    for (const [n, label] of labels.entries())
        await api.post('/custom-fields', { key: `field-${n}`, label, type: 'string' });
    await open('/#/settings');
    for (const label of labels) await page.getByRole('row').getByText(label, { exact: true }).waitFor();
    await button(page, `Delete ${labels[0]}`).click();
    await dialog(page, `Delete the field ${labels[0]}?`).waitFor();
    await page.keyboard.press('Escape');
    await axe(page);
    await screenshot(page, 'settings-hostile', { fullPage: true });
    await fits(page);
});

for (const [name, look] of LOOKS) {
    test(`the settings are accessible, ${name}`, look, async ({ page, open, api }) => {
        await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
        await api.post('/custom-fields', { key: 'budget', label: 'Budget', type: 'number' });
        await open('/#/settings');
        await page.getByRole('row', { name: /Budget/ }).waitFor();
        await page.getByRole('heading', { name: 'Allowed identifiers' }).waitFor();
        await axe(page);
        await fits(page);
        await screenshot(page, `settings-${name}`, { fullPage: true });
        await button(page, 'Add field').click();
        await dialog(page, 'Add a field').waitFor();
        await axe(page);
        await screenshot(page, `settings-add-${name}`);
        await page.keyboard.press('Escape');
        await button(page, 'Delete Plan').click();
        await dialog(page, 'Delete the field Plan?').waitFor();
        await axe(page);
        await screenshot(page, `settings-delete-${name}`);
    });
}
