// One contact: what is known of it, and what links to it lead to.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { pageTests } from './support/page-tests.mjs';
import { HOSTILE, somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';

const test = pageTests();

const drawer = (page) => page.getByRole('dialog').first();
const value = (page, label) =>
    drawer(page)
        .locator('.value')
        .filter({ has: page.getByText(label, { exact: true }) });

/** A contact of whom everything is known that can be. */
async function everything(api) {
    await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
    await api.post('/custom-fields', { key: 'budget', label: 'Budget', type: 'number' });
    const hours = (n) => new Date(Date.now() - n * 3_600_000);
    const { contact_id: id } = await api.fold({
        conversation: 'first',
        channel: 'whatsapp',
        at: hours(60),
        captured: {
            name: 'Ada Lovelace',
            whatsapp: '+5511987654321',
            instagram: 'ada',
            slack: 'U01ADA',
            microsoft_teams: '29:1ada',
        },
    });
    const other = await api.fold({
        conversation: 'second',
        channel: 'web_chat',
        at: hours(50),
        captured: { email: 'ada@old.example.com' },
    });
    // The same person after all.
    const joined = await api.fold({
        conversation: 'second',
        channel: 'web_chat',
        at: hours(40),
        captured: {
            whatsapp: '+5511987654321',
            email: 'ada@example.com',
            'custom.plan': 'pro',
            'custom.budget': '12345678901234567890123456789012345678',
        },
        proof: { whatsapp: 'token' },
    });
    assert.deepEqual(joined.joined, [other.contact_id]);
    await api.importCsv('email,phone\nada@example.com,+12015550123');
    for (let n = 1; n <= 25; n++)
        await api.fold({ conversation: `chat-${n}`, at: hours(n), captured: { email: 'ada@example.com' } });
    return { id, joined: other.contact_id };
}

for (const scheme of ['light', 'dark']) {
    test(`everything that is known is shown, ${scheme}`, { scheme, height: 1200 }, async ({ page, open, api }) => {
        const { id, joined } = await everything(api);
        await open(`/#/contacts/${id}`);
        await drawer(page).getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
        assert.equal(await page.title(), 'Ada Lovelace · Contacts');

        const phone = value(page, 'Phone');
        assert.equal(await phone.getByRole('link', { name: '+12015550123' }).getAttribute('href'), 'tel:+12015550123');
        await phone.getByRole('img', { name: 'United States' }).waitFor();
        await phone.getByText('From line 2 of people.csv').waitFor();
        assert.match(await phone.getByRole('link', { name: 'people.csv' }).getAttribute('href'), /^#\/imports\/.+/);
        const email = value(page, 'Email');
        assert.equal(
            await email.getByRole('link', { name: 'ada@example.com' }).getAttribute('href'),
            'mailto:ada@example.com',
        );
        await email.getByText('From conversation second, yesterday').waitFor();
        await drawer(page).getByText('Unless noted, from conversation first, 2 days ago').waitFor();
        assert.equal(await value(page, 'Name').locator('.origin').count(), 0, 'what is said of most is not repeated');
        for (const [label, name, href] of [
            ['WhatsApp', '+5511987654321', 'https://wa.me/5511987654321'],
            ['Instagram', 'ada', 'https://www.instagram.com/ada/'],
        ]) {
            const link = value(page, label).getByRole('link', { name, exact: true });
            assert.equal(await link.getAttribute('href'), href);
            assert.equal(await link.getAttribute('target'), '_blank');
            assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
        }
        await value(page, 'Slack').getByText('U01ADA').waitFor();
        await value(page, 'Microsoft Teams').getByText('29:1ada').waitFor();
        await value(page, 'Plan').getByText('pro', { exact: true }).waitFor();
        await value(page, 'Budget').getByText('12,345,678,901,234,567,890,123,456,789,012,345,678').waitFor();

        const part = (name) =>
            drawer(page)
                .locator('section')
                .filter({ has: page.getByRole('heading', { name }) });
        await drawer(page).getByText('Identity confirmed', { exact: true }).waitFor();
        await part('Also known by').getByText('ada@old.example.com').waitFor();
        await part('Joined contacts').getByText(joined).waitFor();
        await part('About this contact').getByText('just now, from a conversation').waitFor();
        const conversations = part('Conversations').getByRole('listitem');
        await page.waitForFunction(() => document.querySelectorAll('.conversations li').length === 20);
        assert.match(
            await conversations.first().innerText(),
            /Web chat with front-desk\s+chat-1 · only stated\s+1 hour ago/,
        );
        await axe(page);
        await screenshot(page, `contact ${scheme}`);
        await part('Conversations').getByRole('button', { name: 'Show earlier ones' }).click();
        await page.waitForFunction(() => document.querySelectorAll('.conversations li').length === 27);
        assert.match(await conversations.last().innerText(), /WhatsApp with front-desk\s+first · identity confirmed/);
    });
}

test('a contact is readable on a phone', { width: 320, height: 700 }, async ({ page, open, api }) => {
    const { id } = await everything(api);
    await open(`/#/contacts/${id}`);
    await value(page, 'Budget').waitFor();
    const { width, overflow } = await drawer(page).evaluate((dialog) => {
        const body = dialog.querySelector('.body');
        return { width: dialog.offsetWidth, overflow: body.scrollWidth - body.clientWidth };
    });
    assert.deepEqual({ width, overflow }, { width: 320, overflow: 0 });
    await axe(page);
    await screenshot(page, 'contact 320');
});

test('a phone and an email are copied', async ({ page, open, api }) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(`/#/contacts/${id}`);
    for (const [button, text] of [
        ['Copy Phone', '+12015550123'],
        ['Copy Email', 'marcus@example.com'],
    ]) {
        await page.getByRole('button', { name: button }).click();
        await page
            .getByRole('status')
            .getByText(`${button.slice(5)} copied.`)
            .waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    }
});

test('a contact opens over the list, and Back closes it', async ({ page, open, api }) => {
    await somePeople(api);
    await open('/#/contacts?find=marcus');
    await page.getByRole('row', { name: 'Marcus Reed' }).getByText('4 minutes ago').click();
    await drawer(page).getByRole('heading', { name: 'Marcus Reed' }).waitFor();
    assert.match(page.url(), /#\/contacts\/[0-9a-f-]{36}\?find=marcus$/);
    await page.goBack();
    await drawer(page).waitFor({ state: 'detached' });
    assert.match(page.url(), /#\/contacts\?find=marcus$/);
    await page.goForward();
    await drawer(page).getByRole('heading', { name: 'Marcus Reed' }).waitFor();
    await drawer(page).getByRole('button', { name: 'Close' }).click();
    await drawer(page).waitFor({ state: 'detached' });
    assert.match(page.url(), /#\/contacts\?find=marcus$/);
    assert.equal(await page.title(), 'Contacts');
});

test('the focus stays in the contact that lies over the list', { width: 1100 }, async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await page.getByRole('link', { name: 'Noor Haddad' }).click();
    await drawer(page).getByRole('listitem').getByText('visit-3').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
    for (let n = 0; n < 15; n++) {
        await page.keyboard.press('Tab');
        const place = await page.evaluate(() =>
            document.activeElement.closest('dialog') ? 'inside' : document.activeElement.tagName,
        );
        // Between the last and the first stands the browser itself.
        assert.ok(['inside', 'BODY'].includes(place), place);
    }
});

test('a link to a joined contact leads to the one that it became', async ({ page, open, api }) => {
    const { joined, id } = await everything(api);
    await open(`/#/contacts/${joined}`);
    await drawer(page).getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    await drawer(page).getByText('Two contacts have become one').waitFor();
    await drawer(page).getByText(id).waitFor();
    await screenshot(page, 'contact joined');
});

test('a link to nobody says so', async ({ page, open, api, allow }) => {
    await somePeople(api);
    allow(/^404 GET /);
    await open('/#/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab');
    await drawer(page).getByRole('heading', { name: 'There is no such contact' }).waitFor();
    await axe(page);
    await screenshot(page, 'contact missing');
    await drawer(page).getByRole('link', { name: 'Go to all contacts' }).click();
    await page.getByRole('row', { name: 'Marcus Reed' }).waitFor();
    await page.goto(`${page.url().split('#')[0]}#/contacts/nonsense`);
    await drawer(page).getByRole('heading', { name: 'There is no such contact' }).waitFor();
});

test('what cannot be loaded of a contact is tried again', async ({ page, open, api, allow }) => {
    const { 'Noor Haddad': id } = await somePeople(api);
    allow(/^500 GET .*\/conversations/);
    let isBroken = true;
    await page.route('**/conversations?*', (route) =>
        isBroken ? route.fulfill({ status: 500, body: '' }) : route.continue(),
    );
    await open(`/#/contacts/${id}`);
    await value(page, 'Instagram').getByText('noor.designs').waitFor();
    await drawer(page).getByRole('button', { name: 'Try again' }).waitFor();
    isBroken = false;
    await drawer(page).getByRole('button', { name: 'Try again' }).click();
    await drawer(page).getByRole('listitem').getByText('visit-3').waitFor();
});

for (const scheme of ['light', 'dark']) {
    test(`a conflict says with whom, and is dismissed, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
        await api.fold({
            conversation: 'one',
            captured: { name: 'Rosa Parks', telephone: '+12015550188', email: 'rosa@example.com' },
        });
        await api.fold({
            conversation: 'two',
            captured: { name: 'Carl Sagan', telephone: '+12015550199', email: 'carl@example.com' },
        });
        const { conflicts } = await api.fold({
            conversation: 'three',
            captured: { telephone: '+12015550188', email: 'carl@example.com', 'custom.plan': 'pro' },
        });
        assert.equal(conflicts.length, 1);
        await open();
        await page.getByRole('row', { name: 'Rosa Parks' }).getByText('Conflict').waitFor();
        await axe(page);
        await page.getByRole('link', { name: 'Rosa Parks' }).click();
        const conflict = drawer(page).locator('.notice').filter({ hasText: 'Conflict with another contact' });
        await conflict.getByRole('link', { name: 'Carl Sagan' }).waitFor();
        await conflict.getByText('Carl Sagan: Email carl@example.com').waitFor();
        await conflict.getByText('Both were named together').waitFor();
        await conflict.getByLabel('Also save what was said and saved with neither: Plan pro').waitFor();
        await conflict.getByText('From conversation three, just now').waitFor();
        const rows = await conflict.getByRole('row').allInnerTexts();
        assert.deepEqual(
            rows.map((row) => row.replace(/\s*[\t\n]\s*/g, '|')),
            [
                '|This contact|Carl Sagan',
                'Name|Rosa Parks|Carl Sagan',
                'Phone|+12015550188|+12015550199',
                'Email|rosa@example.com|carl@example.com',
            ],
        );
        await axe(page);
        await screenshot(page, `contact conflict ${scheme}`);
        await drawer(page).getByRole('link', { name: 'Carl Sagan' }).click();
        await drawer(page).getByRole('heading', { name: 'Carl Sagan' }).waitFor();
        await drawer(page).getByText('Rosa Parks: Email carl@example.com').waitFor();
        await page.goBack();
        await drawer(page).getByRole('button', { name: 'Dismiss without an answer' }).click();
        await drawer(page).getByText('Conflict with another contact').waitFor({ state: 'detached' });
        await page.keyboard.press('Escape');
        await drawer(page).waitFor({ state: 'detached' });
        // The list knows at once, of both.
        await page.waitForFunction(() => document.querySelectorAll('.conflict').length === 0);
    });
}

/** Two contacts, and a conversation that names the phone of the first and the email of the second. */
async function inConflict(api) {
    await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
    const first = { name: 'Rosa Parks', telephone: '+12015550188', email: 'rosa@example.com' };
    await api.fold({ conversation: 'one', captured: first });
    await api.fold({
        conversation: 'two',
        captured: { name: 'Carl Sagan', slack: 'U00CARL01', email: 'carl@example.com' },
    });
    const both = { telephone: '+12015550188', email: 'carl@example.com', 'custom.plan': 'pro' };
    await api.fold({ conversation: 'three', captured: both });
}

for (const [answer, from, check] of [
    [
        'They are one person',
        'Carl Sagan',
        async ({ items }) => {
            assert.deepEqual(
                [items.length, items[0].email, items[0].custom_fields.plan],
                [1, 'carl@example.com', 'pro'],
            );
            assert.equal(items[0].name, 'Rosa Parks');
        },
    ],
    ['Email belongs here', 'Rosa Parks', ({ items }) => assert.equal(emailOf(items, 'Carl Sagan'), undefined)],
    [
        'Email belongs to Carl Sagan',
        'Rosa Parks',
        ({ items }) => assert.equal(emailOf(items, 'Carl Sagan'), 'carl@example.com'),
    ],
    [
        'They are two people',
        'Rosa Parks',
        ({ items }) => assert.ok(items.every((contact) => contact.kept_apart.length === 1)),
    ],
]) {
    test(`a conflict is settled: ${answer}`, async ({ page, open, api }) => {
        await inConflict(api);
        await open();
        await page.getByRole('link', { name: from }).click();
        const conflict = drawer(page).locator('.notice').filter({ hasText: 'Conflict with another contact' });
        if (answer === 'They are one person') {
            // By the keyboard, as by the pointer.
            await conflict.getByRole('radio', { name: 'Name of Rosa Parks: Rosa Parks' }).press('Space');
            await conflict.getByLabel('Also save what was said').check();
        }
        await conflict.getByRole('button', { name: answer }).click();
        await conflict.waitFor({ state: 'detached' });
        const list = await api.get('/contacts');
        await check(list);
        assert.ok(list.items.every(({ conflicts }) => conflicts === undefined));
        await axe(page);
        await page.keyboard.press('Escape');
        await page.waitForFunction(
            (count) => document.querySelectorAll('tbody tr').length === count,
            list.items.length,
        );
        assert.equal(await page.locator('.conflict').count(), 0, 'the list knows at once');
    });
}

/** The email of a contact in a list. */
const emailOf = (items, name) => items.find((contact) => contact.name === name).email;

/** A contact whose calls prove her, and what a chat said of her that does not. */
async function unconfirmed(api) {
    await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
    await api.post('/custom-fields', { key: 'budget', label: 'Budget', type: 'number' });
    const telephone = '+12015550123';
    const { contact_id: id } = await api.fold({
        conversation: 'call',
        channel: 'telephone',
        captured: { telephone, name: 'Ada Lovelace', email: 'ada@example.com', 'custom.plan': 'pro' },
    });
    const digits = '12345678901234567890123456789012345678';
    await api.fold({ conversation: 'budget', channel: 'telephone', captured: { telephone, 'custom.budget': 1200 } });
    const { identity } = await api.fold({
        conversation: 'chat',
        captured: {
            telephone,
            name: 'Ada King',
            email: 'ada@new.example.com',
            'custom.plan': 'free',
            'custom.budget': digits,
        },
    });
    assert.equal(identity, 'stated');
    return { id, telephone, digits };
}

const waiting = (page) => drawer(page).locator('.notice').filter({ hasText: 'Not confirmed yet' });

for (const look of [{ scheme: 'light' }, { scheme: 'dark' }, { width: 320, height: 700 }]) {
    const named = look.scheme ?? look.width;
    test(`what nobody confirmed is accepted or dismissed, ${named}`, look, async ({ page, open, api }) => {
        const { id, digits } = await unconfirmed(api);
        await open(`/#/contacts/${id}`);
        await drawer(page).getByText('Identity confirmed', { exact: true }).waitFor();
        const items = waiting(page).getByRole('listitem');
        const email = items.filter({ hasText: 'Email' });
        assert.match(
            await email.innerText(),
            /^Email: ada@new\.example\.com instead of ada@example\.com\s+From conversation chat, just now\s/,
        );
        assert.equal(await items.count(), 4);
        await axe(page);
        await screenshot(page, `contact unconfirmed ${named}`);

        await page.getByRole('button', { name: 'Accept Email ada@new.example.com' }).click();
        await page.getByText('Email was accepted.').waitFor();
        await value(page, 'Email').getByRole('link', { name: 'ada@new.example.com' }).waitFor();
        // The button is gone, and the focus is not lost with it.
        assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
        await page.getByRole('button', { name: 'Dismiss Name Ada King' }).click();
        await page.getByText('Name was dismissed.').waitFor();
        await page.getByRole('button', { name: `Accept Budget ${digits}` }).click();
        await page.getByText('Budget was accepted.').waitFor();
        await page.getByRole('button', { name: 'Dismiss Plan free' }).click();
        await waiting(page).waitFor({ state: 'detached' });
        const contact = await api.get(`/contacts/${id}`);
        assert.equal(contact.name, 'Ada Lovelace');
        assert.equal(contact.email, 'ada@new.example.com');
        assert.equal(contact.custom_fields.plan, 'pro');
        assert.equal(contact.unconfirmed, undefined);
        await value(page, 'Budget').getByText('12,345,678,901,234,567,890,123,456,789,012,345,678').waitFor();
    });
}

test('what came meanwhile is not dismissed unseen', async ({ page, open, api, allow }) => {
    const { id, telephone } = await unconfirmed(api);
    await open(`/#/contacts/${id}`);
    await page.getByRole('button', { name: 'Dismiss Name Ada King' }).waitFor();
    await api.fold({ conversation: 'chat', captured: { telephone, name: 'Ada Byron' } });
    allow(/^412 PATCH /);
    await page.getByRole('button', { name: 'Dismiss Name Ada King' }).click();
    await page.getByText('Name was dismissed.').waitFor();
    await page.getByRole('button', { name: 'Accept Name Ada Byron' }).waitFor();
    // Nor is a value replaced that the person has not seen.
    await api.patch(`/contacts/${id}`, { channels: { email: 'ada@third.example.com' } });
    await api.fold({ conversation: 'chat-2', captured: { telephone, email: 'ada@new.example.com' } });
    await page.getByRole('button', { name: 'Accept Email ada@new.example.com' }).click();
    await waiting(page).getByText('This contact has just changed; look at it again.').waitFor();
    await value(page, 'Email').getByText('ada@third.example.com').waitFor();
    await axe(page);
    await page.getByRole('button', { name: 'Accept Email ada@new.example.com' }).click();
    await value(page, 'Email').getByText('ada@new.example.com').waitFor();
});

test('a value that belongs to somebody else is not accepted, and the contact says whose it is', async ({
    page,
    open,
    api,
    allow,
}) => {
    const { id } = await unconfirmed(api);
    await api.post('/contacts', { name: 'Ada Newman', channels: { email: 'ada@new.example.com' } });
    await open(`/#/contacts/${id}`);
    allow(/^409 PATCH /);
    await page.getByRole('button', { name: 'Accept Email ada@new.example.com' }).click();
    await waiting(page).getByText('This belongs to Ada Newman, who is in the book already.').waitFor();
    await axe(page);
    await screenshot(page, 'contact unconfirmed refused');
    await waiting(page).getByRole('link', { name: 'Ada Newman' }).click();
    await drawer(page).getByRole('heading', { name: 'Ada Newman' }).waitFor();
    await drawer(page).getByText('Only stated so far', { exact: true }).waitFor();
});

test('what several people use is listed as shared', async ({ page, open, api }) => {
    const telephone = '+12015550123';
    await api.fold({
        conversation: 'one',
        channel: 'telephone',
        captured: { telephone, name: 'Ada Lovelace', email: 'ada@example.com' },
    });
    const { contact_id: id } = await api.fold({
        conversation: 'two',
        channel: 'email',
        captured: { email: 'charles@example.com', name: 'Charles Babbage' },
    });
    await api.fold({
        conversation: 'three',
        channel: 'telephone',
        captured: { telephone, name: 'Charles Babbage', email: 'charles@example.com' },
        proof: { email: 'token' },
    });
    await open(`/#/contacts/${id}`);
    const shared = drawer(page)
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'Shared with others' }) });
    await shared.getByText(telephone).waitFor();
    await axe(page);
    await screenshot(page, 'contact shared');
});

test('text that people wrote stays text in a contact, too', async ({ page, open, api }) => {
    await api.post('/custom-fields', { key: 'note', label: 'Note', type: 'string' });
    for (const { name, email } of HOSTILE) {
        const note = `<script>document.title="broken"</script>\n${'unbreakable'.repeat(100)}`;
        const { id } = await api.post('/contacts', { name, channels: { email }, custom_fields: { note } });
        if (name === HOSTILE[0].name) await open(`/#/contacts/${id}`);
        else await page.goto(`${page.url().split('#')[0]}#/contacts/${id}`);
        await drawer(page).getByRole('heading', { level: 2 }).getByText(name, { exact: true }).waitFor();
        assert.equal(await value(page, 'Note').locator('bdi.text').innerText(), note);
        const overflow = await drawer(page).evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
        assert.equal(overflow, 0, name);
        assert.equal(await page.title(), `${name.replace(/\s+/g, ' ')} · Contacts`);
    }
    await screenshot(page, 'contact hostile');
});
