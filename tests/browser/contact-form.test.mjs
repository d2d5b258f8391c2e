// Adding, changing and deleting a contact.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const drawer = (page) => page.getByRole('dialog').first();
const field = (page, label) => drawer(page).getByRole('textbox', { name: label, exact: true });
const heading = (page, name) => drawer(page).getByRole('heading', { name, level: 2, exact: true });
const around = (page, label) =>
    drawer(page)
        .locator('.field')
        .filter({ has: page.getByRole('textbox', { name: label, exact: true }) });
const addChannel = (page, label) =>
    drawer(page)
        .getByRole('button', { name: `Add ${label}`, exact: true })
        .press('Enter');
const message = (page, label) => around(page, label).locator('.error');
const question = (page) => page.getByRole('dialog', { name: 'Discard what you entered?' });
const hashOf = (page) => new URL(page.url()).hash;

/** Waits until the field shows this. */
async function holds(page, label, text) {
    const input = await field(page, label).elementHandle();
    await page.waitForFunction(([element, wanted]) => element.value === wanted, [input, text]);
}

test('a contact is added by the keyboard alone', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await page.getByRole('link', { name: 'Add contact' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.tagName === 'INPUT');
    assert.equal(await page.title(), 'Add contact · Contacts');
    const type = async (...texts) => {
        for (const text of texts) {
            await page.keyboard.type(text);
            await page.keyboard.press('Tab');
        }
    };
    await type('Zoë Ångström', '(201) 555-0177', 'zoe@example.com');
    // The channels that few people have are added first.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.dataset.channel === 'whatsapp_user_id');
    await page.keyboard.type('US.13491208655302741918');
    await addChannel(page, 'Instagram');
    await page.waitForFunction(() => document.activeElement.dataset.channel === 'instagram');
    await page.keyboard.type('@zoe');
    await field(page, 'Plan').focus();
    await type('pro', '12345678901234567890.5');
    await axe(page);
    await screenshot(page, 'contact form');
    await drawer(page).getByRole('button', { name: 'Add contact' }).press('Enter');
    await heading(page, 'Zoë Ångström').waitFor();
    await page.getByRole('status').getByText('Zoë Ångström was added.').waitFor();
    await drawer(page).getByText('+12015550177').first().waitFor();
    await drawer(page).getByText('12,345,678,901,234,567,890.5').waitFor();
    await drawer(page).getByText('Added by hand, just now').first().waitFor();
    const { items } = await api.get('/contacts?email=zoe@example.com');
    assert.deepEqual(items[0].channels.instagram, 'zoe');

    await page.goBack();
    await drawer(page).waitFor({ state: 'detached' });
    assert.equal(hashOf(page), '#/contacts', 'Back skips the form that is done');
    await page.getByRole('row', { name: 'Zoë Ångström' }).waitFor();
});

test('the list shows who was added though it lags behind', async ({ page, open, api }) => {
    await somePeople(api);
    // The index follows with a delay: what it said before is what it still says.
    let before;
    await page.route('**/contacts?limit=50', async (route) => {
        before ??= await (await route.fetch()).json();
        await route.fulfill({ json: before });
    });
    await open('/#/contacts/new');
    await field(page, 'Name').fill('Zoë');
    await page.keyboard.press('Enter');
    await heading(page, 'Zoë').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('tbody th a').first().innerText(), 'Zoë');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Zoë' }).waitFor();
});

for (const scheme of ['light', 'dark']) {
    test(`what the API refuses is said next to its field, ${scheme}`, { scheme, height: 1000 }, async ({
        page,
        open,
        api,
        allow,
    }) => {
        allow(/^422 POST .*\/contacts$/);
        await somePeople(api);
        await open('/#/contacts/new');
        await field(page, 'Name').fill('Zoë');
        await field(page, 'Phone').fill('555');
        await field(page, 'Email').fill('zoe at example');
        await field(page, 'Budget').fill('much');
        await page.keyboard.press('Enter');
        await message(page, 'Phone').getByText('This has too few digits for a phone number of its country.').waitFor();
        await message(page, 'Email').getByText('This is not of the form name@domain.').waitFor();
        await message(page, 'Budget').getByText('This is not a number').waitFor();
        await page.waitForFunction(() => document.activeElement.value === '555', null, { polling: 50 });
        const described = await field(page, 'Email').getAttribute('aria-describedby');
        assert.equal(await page.locator(`#${described}`).innerText(), 'This is not of the form name@domain.');
        await axe(page);
        await screenshot(page, `contact form refused ${scheme}`);
        await field(page, 'Phone').fill('');
        assert.equal(await message(page, 'Phone').count(), 0, 'it is not said of what has been typed since');
        await field(page, 'Email').fill('zoe@example.com');
        await field(page, 'Budget').fill('1e3');
        await page.keyboard.press('Enter');
        await heading(page, 'Zoë').waitFor();
        await drawer(page).locator('.value').getByText('1000').waitFor();
    });
}

test('nobody at all cannot be added', async ({ page, open, allow }) => {
    allow(/^422 POST .*\/contacts$/);
    await open('/#/contacts/new');
    await drawer(page).getByRole('button', { name: 'Add contact' }).click();
    await drawer(page).getByRole('alert').getByText('A contact needs a name or an identifier.').waitFor();
});

test('whoever is known already is named and linked', async ({ page, open, api, allow }) => {
    allow(/^409 POST .*\/contacts$/);
    await somePeople(api);
    await open('/#/contacts/new');
    await field(page, 'Name').fill('Somebody');
    // The same phone, as it is dialled at home.
    await field(page, 'Phone').fill('201 555 0123');
    await page.keyboard.press('Enter');
    await message(page, 'Phone').getByText('This belongs to Marcus Reed, who is in the book already.').waitFor();
    await screenshot(page, 'contact form known');
    await message(page, 'Phone').getByRole('link', { name: 'Marcus Reed' }).click();
    await question(page).getByRole('button', { name: 'Discard' }).click();
    await heading(page, 'Marcus Reed').waitFor();
});

test('a lost answer does not add somebody twice', async ({ page, open, api, allow }) => {
    allow(/^net::ERR_FAILED POST .*\/contacts$/);
    const keys = [];
    await page.route('**/contacts', async (route) => {
        keys.push(route.request().headers()['idempotency-key']);
        const answer = await route.fetch();
        return keys.length === 1 ? route.abort('failed') : route.fulfill({ response: answer });
    });
    await open('/#/contacts/new');
    await field(page, 'Name').fill('Zoë');
    await page.keyboard.press('Enter');
    await heading(page, 'Zoë').waitFor();
    assert.equal(keys.length, 2);
    assert.ok(keys[0] && keys[0] === keys[1]);
    assert.equal((await api.get('/contacts')).items.length, 1);
});

test('a contact is changed, and only what was changed is sent', async ({ page, open, api }) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    await api.patch(`/contacts/${id}`, {
        custom_fields: { budget: '12345678901234567890123456789012345678', plan: 'pro' },
    });
    let sent;
    page.on('request', (request) => {
        if (request.method() === 'PATCH') sent = request.postDataJSON();
    });
    await open();
    await page.getByRole('link', { name: 'Marcus Reed' }).click();
    await drawer(page).getByRole('link', { name: 'Edit' }).click();
    await holds(page, 'Budget', '12345678901234567890123456789012345678');
    assert.equal(await page.title(), 'Edit Marcus Reed · Contacts');
    await field(page, 'Name').fill('Marcus A. Reed');
    await field(page, 'Email').fill('');
    await field(page, 'Budget').fill('98765432109876543210987654321098765432');
    await page.keyboard.press('Enter');
    await heading(page, 'Marcus A. Reed').waitFor();
    assert.deepEqual(sent, {
        name: 'Marcus A. Reed',
        channels: { email: null },
        custom_fields: { budget: '98765432109876543210987654321098765432' },
    });
    await drawer(page).getByText('98,765,432,109,876,543,210,987,654,321,098,765,432').waitFor();
    await drawer(page).getByText('Changed by hand, just now').first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2', 'the focus is where the form was');
    await page.goBack();
    await drawer(page).waitFor({ state: 'detached' });
    await page.getByRole('row', { name: 'Marcus A. Reed' }).waitFor();
});

test('a text of several lines stays as it is', async ({ page, open, api }) => {
    await api.post('/custom-fields', { key: 'note', label: 'Note', type: 'string' });
    const { id } = await api.post('/contacts', { name: 'Ada', custom_fields: { note: 'one\ntwo' } });
    await open(`/#/contacts/${id}/edit`);
    await holds(page, 'Note', 'one\ntwo');
    await field(page, 'Name').fill('Ada King');
    await page.keyboard.press('Enter');
    await heading(page, 'Ada King').waitFor();
    assert.equal((await api.get(`/contacts/${id}`)).custom_fields.note, 'one\ntwo');
});

test('an identifier of another contact is refused with a link', async ({ page, open, api, allow }) => {
    allow(/^409 PATCH /);
    const { 'Noor Haddad': id } = await somePeople(api);
    await open(`/#/contacts/${id}/edit`);
    await addChannel(page, 'WhatsApp');
    await field(page, 'WhatsApp').fill('+55 11 98765-4321');
    await page.keyboard.press('Enter');
    await message(page, 'WhatsApp').getByText('This belongs to Beatriz Souza').waitFor();
});

for (const scheme of ['light', 'dark']) {
    test(`a change made meanwhile is explained field by field, ${scheme}`, { scheme, height: 1100 }, async ({
        page,
        open,
        api,
        allow,
    }) => {
        allow(/^412 PATCH /);
        const { 'Marcus Reed': id } = await somePeople(api);
        await open(`/#/contacts/${id}/edit`);
        await field(page, 'Name').fill('Mine');
        await field(page, 'Plan').fill('my plan');
        await addChannel(page, 'Slack');
        await field(page, 'Slack').fill('U01MINE');
        await api.patch(`/contacts/${id}`, {
            name: 'Theirs',
            channels: { email: 'theirs@example.com', telephone: null },
            custom_fields: { plan: 'their plan' },
        });
        await drawer(page).getByRole('button', { name: 'Save' }).click();
        await drawer(page).getByText('This contact has changed while you were editing').waitFor();
        await holds(page, 'Name', 'Mine');
        await holds(page, 'Slack', 'U01MINE');
        await holds(page, 'Email', 'theirs@example.com');
        await holds(page, 'Phone', '');
        await drawer(page).getByText('Changed meanwhile: it was “marcus@example.com”.').waitFor();
        await drawer(page).getByText('Changed meanwhile: it was “+12015550123”.').waitFor();
        await drawer(page).getByText('Somebody else made this “Theirs”.').waitFor();
        await axe(page);
        await screenshot(page, `contact form stale ${scheme}`);
        // One's own name, but their plan.
        await around(page, 'Plan').getByRole('button', { name: 'Use theirs' }).click();
        await holds(page, 'Plan', 'their plan');
        await drawer(page).getByRole('button', { name: 'Save' }).click();
        await heading(page, 'Mine').waitFor();
        const { name, email, phone, channels, custom_fields: custom } = await api.get(`/contacts/${id}`);
        assert.deepEqual(
            { name, email, phone, slack: channels.slack, custom },
            {
                name: 'Mine',
                email: 'theirs@example.com',
                phone: undefined,
                slack: 'U01MINE',
                custom: { plan: 'their plan' },
            },
        );
    });
}

test('what does not concern the form does not stop it', async ({ page, open, api, allow }) => {
    allow(/^412 PATCH /);
    const { 'Marcus Reed': id } = await somePeople(api);
    await open(`/#/contacts/${id}/edit`);
    await field(page, 'Name').fill('Marcus A. Reed');
    await api.fold({ conversation: 'visit-5', channel: 'telephone', captured: { telephone: '+12015550123' } });
    await page.keyboard.press('Enter');
    await heading(page, 'Marcus A. Reed').waitFor();
    await page.keyboard.press('Escape');
});

for (const scheme of ['light', 'dark']) {
    test(`an edit of a contact that was deleted meanwhile is saved as a new one, ${scheme}`, { scheme }, async ({
        page,
        open,
        api,
        allow,
    }) => {
        allow(/^410 PATCH /);
        const { 'Marcus Reed': id } = await somePeople(api);
        await open(`/#/contacts/${id}/edit`);
        await field(page, 'Name').fill('Marcus A. Reed');
        await api.delete(`/contacts/${id}`);
        await drawer(page).getByRole('button', { name: 'Save' }).click();
        await drawer(page).getByText('This contact was deleted while you were editing').waitFor();
        await holds(page, 'Name', 'Marcus A. Reed');
        await axe(page);
        await screenshot(page, `contact form gone ${scheme}`);
        await drawer(page).getByRole('button', { name: 'Save as a new contact' }).press('Enter');
        await heading(page, 'Marcus A. Reed').waitFor();
        const { items } = await api.get('/contacts?email=marcus@example.com');
        assert.equal(items[0].name, 'Marcus A. Reed');
        assert.notEqual(items[0].id, id);
        assert.equal(hashOf(page), `#/contacts/${items[0].id}`);
        // The former contact is not asked for again when the list is left and entered.
        await page.keyboard.press('Escape');
        await page.getByRole('row', { name: 'Marcus A. Reed' }).waitFor();
    });
}

test('what was entered is not lost without asking', async ({ page, open, api }) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    await open();
    await page.getByRole('link', { name: 'Marcus Reed' }).click();
    await drawer(page).getByRole('link', { name: 'Edit' }).click();
    await field(page, 'Name').fill('Somebody else');
    const stays = async () => {
        await question(page).getByRole('button', { name: 'Keep editing' }).click();
        await question(page).waitFor({ state: 'detached' });
        assert.equal(hashOf(page), `#/contacts/${id}/edit`);
        await holds(page, 'Name', 'Somebody else');
    };
    await page.keyboard.press('Escape');
    await question(page).waitFor();
    await axe(page);
    await screenshot(page, 'contact form discard');
    await stays();
    await drawer(page).getByRole('button', { name: 'Cancel' }).click();
    await stays();
    await page.goBack();
    await stays();
    await page.evaluate(() => (location.hash = '#/settings'));
    await stays();
    const asked = page.waitForEvent('dialog');
    await page.evaluate(() => setTimeout(() => location.reload()));
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    await holds(page, 'Name', 'Somebody else');

    await page.goBack();
    await question(page).getByRole('button', { name: 'Discard' }).click();
    await heading(page, 'Marcus Reed').waitFor();
    assert.equal(hashOf(page), `#/contacts/${id}`);
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    assert.equal((await api.get(`/contacts/${id}`)).name, 'Marcus Reed');
});

test('a form that was not touched closes at once', async ({ page, open }) => {
    await open();
    await page.getByRole('link', { name: 'Add contact' }).click();
    await field(page, 'Name').waitFor();
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    assert.equal(hashOf(page), '#/contacts');
});

for (const scheme of ['light', 'dark']) {
    test(`a contact is deleted after a question, ${scheme}`, { scheme }, async ({ page, open, api, allow }) => {
        const { 'Noor Haddad': id } = await somePeople(api);
        allow(new RegExp(`^410 GET .*${id}`));
        await open();
        await page.getByRole('link', { name: 'Noor Haddad' }).click();
        await drawer(page).getByRole('button', { name: 'Delete' }).click();
        const confirm = page.getByRole('dialog', { name: 'Delete Noor Haddad?' });
        await confirm.waitFor();
        await axe(page);
        await screenshot(page, `contact delete ${scheme}`);
        assert.equal(
            await page.evaluate(() => document.activeElement.innerText),
            'Cancel',
            'Enter alone deletes nobody',
        );
        await page.keyboard.press('Escape');
        await confirm.waitFor({ state: 'detached' });
        await heading(page, 'Noor Haddad').waitFor();
        await drawer(page).getByRole('button', { name: 'Delete' }).press('Enter');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.getByRole('status').getByText('Noor Haddad was deleted.').waitFor();
        await drawer(page).waitFor({ state: 'detached' });
        assert.equal(await page.getByRole('link', { name: 'Noor Haddad' }).count(), 0);
        await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
        await page.goForward();
        await drawer(page).getByRole('heading', { name: 'This contact was deleted' }).waitFor();
    });
}

test('a contact that has changed is looked at again before it is deleted', async ({ page, open, api, allow }) => {
    allow(/^412 DELETE /);
    const { 'Noor Haddad': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    await drawer(page).getByRole('button', { name: 'Delete' }).click();
    const confirm = page.getByRole('dialog', { name: /^Delete / });
    await api.patch(`/contacts/${id}`, { name: 'Noor H.' });
    await confirm.getByRole('button', { name: 'Delete' }).click();
    await confirm.getByText('This contact has just changed; look at it again before you delete it.').waitFor();
    await heading(page, 'Noor H.').waitFor();
    await confirm.getByRole('button', { name: 'Delete' }).click();
    await confirm.waitFor({ state: 'detached' });
    assert.deepEqual(
        (await api.get('/contacts')).items.filter((contact) => contact.id === id),
        [],
    );
});

test('a form fits a phone', { width: 320, height: 700 }, async ({ page, open, api }) => {
    await somePeople(api);
    await open('/#/contacts/new');
    await field(page, 'Budget').scrollIntoViewIfNeeded();
    await drawer(page).getByRole('button', { name: 'Add contact' }).waitFor();
    const overflow = await drawer(page).evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
    assert.equal(overflow, 0);
    await axe(page);
    await screenshot(page, 'contact form 320');
});
