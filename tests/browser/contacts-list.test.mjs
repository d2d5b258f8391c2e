// The list of contacts.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { hold } from './support/hold.mjs';
import { pageTests } from './support/page-tests.mjs';
import { HOSTILE, somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

const rows = (page) => page.locator('tbody').getByRole('row');
const row = (page, name) => page.getByRole('row', { name });
const names = (page) => page.locator('tbody th a').allInnerTexts();
const lookUp = (page) => page.getByRole('textbox', { name: 'Look up' });

/** Waits until the list shows these people, in this order. */
async function listed(page, ...expected) {
    await page.waitForFunction(
        (wanted) =>
            JSON.stringify([...document.querySelectorAll('tbody th a')].map((link) => link.innerText)) === wanted,
        JSON.stringify(expected),
    );
}

/** A book of 120 contacts, `person-000` the last active. */
async function manyPeople(api) {
    const number = (n) => String(n).padStart(3, '0');
    const lines = Array.from(
        { length: 120 },
        (_, n) => `Person ${number(n)},person-${number(n)}@example.com,+1201555${1000 + n}`,
    );
    await api.importCsv(['name,email,phone', ...lines.reverse()].join('\n'));
}

for (const scheme of ['light', 'dark']) {
    test(`the list shows everyone and how to reach them, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        await somePeople(api);
        await open();
        await listed(page, 'Marcus Reed', 'Beatriz Souza', 'Noor Haddad', 'Eva Nováková');
        const headers = await page.getByRole('columnheader').allInnerTexts();
        assert.deepEqual(headers, [
            'Name',
            'Email',
            'Phone',
            'Country',
            'Channels',
            'Plan',
            'Budget',
            'Last conversation',
        ]);
        assert.equal(await page.title(), 'Contacts');

        const marcus = row(page, 'Marcus Reed');
        await marcus.getByRole('cell', { name: 'marcus@example.com' }).waitFor();
        await marcus.getByRole('cell', { name: '+12015550123' }).waitFor();
        await marcus.getByRole('cell', { name: 'United States' }).waitFor();
        assert.deepEqual(await channelsOf(marcus), ['Phone', 'Email']);
        await marcus.getByText('4 minutes ago').waitFor();
        const last = marcus.getByRole('cell').last();
        await last.getByRole('img', { name: 'Phone' }).waitFor();
        await last.getByText('front-desk').waitFor();
        assert.match(await last.getByRole('time').getAttribute('title'), /\d{4} at \d+:\d\d:\d\d/);
        const beatriz = row(page, 'Beatriz Souza');
        await beatriz.getByRole('cell', { name: 'Brazil' }).waitFor();
        assert.deepEqual(await channelsOf(beatriz), ['WhatsApp']);
        await beatriz.getByRole('cell', { name: 'pro' }).waitFor();
        const eva = row(page, 'Eva Nováková');
        await eva.getByRole('cell', { name: '1200' }).waitFor();
        assert.equal(await eva.locator('.flag').count(), 0, 'without a phone there is no flag');
        assert.match(await eva.getByRole('time').getAttribute('title'), /\d{4} at \d+:\d\d:\d\d/);

        await drawn(page.locator('td .flag').first());
        await axe(page);
        await screenshot(page, `contacts ${scheme}`);
    });
}

const channelsOf = (row) =>
    row
        .locator('.channels')
        .getByRole('img')
        .evaluateAll((icons) => icons.map((icon) => icon.getAttribute('aria-label')));

/** Waits until the flag is more than an empty frame: the drawings are one file of their own. */
async function drawn(flag) {
    await flag
        .page()
        .waitForFunction((element) => element.querySelector('use').getBBox().width > 0, await flag.elementHandle());
}

for (const width of [320, 360]) {
    test(`the list is usable on a window ${width} wide`, { width, height: 740 }, async ({ page, open, api }) => {
        await somePeople(api);
        for (const person of HOSTILE)
            await api.post('/contacts', { name: person.name, channels: { email: person.email } });
        await open();
        await row(page, 'Marcus Reed').getByText('+12015550123').first().waitFor();
        assert.ok(
            await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
            'nothing is wider than the window',
        );
        await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Phone');
        await listed(page, 'Marcus Reed', 'Beatriz Souza');
        await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Name');
        await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 10);
        await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Phone');
        await listed(page, 'Marcus Reed', 'Beatriz Souza');
        await axe(page);
        await screenshot(page, `contacts ${width}`);
    });
}

test('pages are turned forwards and back', async ({ page, open, api }) => {
    await manyPeople(api);
    await open();
    const next = page.getByRole('link', { name: 'Next' });
    const previous = page.getByRole('link', { name: 'Previous' });
    const first = async () => (await names(page))[0];
    const range = (text) => page.getByText(text, { exact: true });
    await next.waitFor();
    await range('1–50').waitFor();
    assert.equal(await rows(page).count(), 50);
    const [one] = await names(page);
    assert.equal(await previous.count(), 0);

    await next.click();
    await previous.waitFor();
    await page.waitForFunction((name) => document.querySelector('tbody th a').innerText !== name, one);
    const two = await first();
    assert.equal(await page.evaluate(() => scrollY), 0);
    await range('51–100').waitFor();
    await axe(page);
    await next.click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 20);
    assert.equal(await next.count(), 0, 'the third page is the last');
    await range('101–120 of 120').waitFor();

    await previous.click();
    await page.getByRole('link', { name: two }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: two }).waitFor();
    await range('51–100').waitFor();
    await previous.click();
    await page.getByRole('link', { name: one }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: two }).waitFor();

    // Whoever is deleted is missing in the count, too.
    await previous.click();
    await page.getByRole('link', { name: one }).click();
    const drawer = page.getByRole('dialog').first();
    await drawer.getByRole('button', { name: 'Delete' }).click();
    await page
        .getByRole('dialog', { name: `Delete ${one}?` })
        .getByRole('button', { name: 'Delete' })
        .click();
    await range('1–49').waitFor();
    await next.click();
    await range('50–99').waitFor();
});

test('a link leads to a page of the list', async ({ page, open, api, url, workspace }) => {
    await manyPeople(api);
    const { next_cursor: cursor, items } = await api.get('/contacts?limit=50');
    await open(`/#/contacts?cursor=${encodeURIComponent(cursor)}`);
    await rows(page).first().waitFor();
    assert.ok(!(await names(page)).includes(items[0].name), `${workspace} at ${url} shows its second page`);
    assert.equal(await page.locator('.range').count(), 0, 'nobody knows how many come before');
    await page.getByRole('link', { name: 'First page' }).click();
    await page.getByRole('link', { name: items[0].name }).waitFor();
});

test('a damaged link to a page leads to the first', async ({ page, open, api, allow }) => {
    allow(/^400 GET .*cursor=nonsense/);
    await somePeople(api);
    await open('/#/contacts?cursor=nonsense');
    await page.getByRole('link', { name: 'Go to the first page' }).click();
    await row(page, 'Marcus Reed').waitFor();
});

test('the list is sorted by what one chooses', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    const header = (name) => page.getByRole('columnheader', { name });
    await header('Last conversation').waitFor();
    assert.equal(await header('Last conversation').getAttribute('aria-sort'), 'descending');
    await header('Phone').getByRole('button').focus();
    await page.keyboard.press('Enter');
    await listed(page, 'Marcus Reed', 'Beatriz Souza');
    assert.equal(await header('Phone').getAttribute('aria-sort'), 'ascending');
    assert.equal(await header('Last conversation').getAttribute('aria-sort'), null);
    await page.getByText('Only contacts with a phone').waitFor();
    await header('Email').getByRole('button').click();
    await listed(page, 'Eva Nováková', 'Marcus Reed');
    await page.goBack();
    await listed(page, 'Marcus Reed', 'Beatriz Souza');
    await header('Last conversation').getByRole('button').click();
    await listed(page, 'Marcus Reed', 'Beatriz Souza', 'Noor Haddad', 'Eva Nováková');
    await api.post('/contacts', { name: 'émile', channels: {} });
    await api.post('/contacts', { channels: { email: 'nameless@example.com' } });
    const byName = ['Beatriz Souza', 'émile', 'Eva Nováková', 'Marcus Reed', 'Noor Haddad'];
    await header('Name').getByRole('button').click();
    await listed(page, ...byName);
    assert.equal(await header('Name').getAttribute('aria-sort'), 'ascending');
    await page.getByText('Only contacts with a name').waitFor();
    await axe(page);
    await header('Phone').getByRole('button').click();
    await listed(page, 'Marcus Reed', 'Beatriz Souza');
    await row(page, 'Marcus Reed').getByRole('link').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await listed(page, ...byName);
});

test('people are looked up by phone and by email', async ({ page, open, api, allow }) => {
    // Whether digits are a whole phone is for the API to say.
    allow(/^400 GET .*\/contacts\?phone=1201555&/);
    await somePeople(api);
    await open();
    await row(page, 'Marcus Reed').waitFor();
    await page.keyboard.press('/');
    for (const [text, ...found] of [
        ['+55', 'Beatriz Souza'],
        ['+1 (201)', 'Marcus Reed'],
        ['(201) 555-0123', 'Marcus Reed'],
        ['EVA.', 'Eva Nováková'],
        ['marcus@example.com', 'Marcus Reed'],
    ]) {
        await lookUp(page).fill(text);
        await page.waitForURL(({ hash }) => new URLSearchParams(hash.split('?')[1]).get('find') === text);
        await listed(page, ...found);
    }
    // The list is the same before the answer, so that it cannot be waited for.
    const refused = page.waitForResponse((response) => response.url().includes('/contacts?phone=1201555&'));
    await lookUp(page).fill('1201555');
    await refused;
    await listed(page, 'Marcus Reed');
    await page.getByRole('button', { name: 'Clear' }).click();
    await listed(page, 'Marcus Reed', 'Beatriz Souza', 'Noor Haddad', 'Eva Nováková');
    assert.ok(await lookUp(page).evaluate((input) => input === document.activeElement));
});

test('former phones and emails lead to their contact', async ({ page, open, api }) => {
    await api.fold({
        conversation: 'one',
        captured: { name: 'Grace Kim', email: 'grace@old.example.com' },
        at: new Date(Date.now() - 60_000),
    });
    await api.fold({ conversation: 'one', captured: { email: 'grace@new.example.com' } });
    await open('/#/contacts?find=grace%40old.example.com');
    await listed(page, 'Grace Kim');
});

test('a look-up that finds nobody is no empty book', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await lookUp(page).fill('<b>nobody');
    await page.getByRole('heading', { name: 'Nobody found' }).waitFor();
    await page.getByText('starts with “<b>nobody”').waitFor();
    await axe(page);
    await screenshot(page, 'contacts nobody found');
    await page.getByRole('link', { name: 'Show all contacts' }).click();
    await listed(page, 'Marcus Reed', 'Beatriz Souza', 'Noor Haddad', 'Eva Nováková');
    assert.equal(await lookUp(page).inputValue(), '');
});

for (const scheme of ['light', 'dark']) {
    test(`an empty book says what to do next, ${scheme}`, { scheme }, async ({ page, open, api }) => {
        await open();
        await page.getByRole('heading', { name: 'Nobody here yet' }).waitFor();
        await axe(page);
        await screenshot(page, `contacts empty ${scheme}`);
        await page.getByText('Connect an assistant').press('Enter');
        await page.getByText('"field": "email"').waitFor();
        await axe(page);
        await screenshot(page, `contacts connect ${scheme}`);
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await page.getByRole('button', { name: 'Copy Event' }).click();
        const { captured, ...event } = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
        const values = Object.fromEntries(captured.map(({ field, value }) => [field, value]));
        await api.fold({ conversation: event.conversation_id, channel: event.channel, captured: values });
        assert.equal((await api.get('/contacts')).items[0].name, 'Ada Lovelace', 'the event is one that is taken');
        await page.getByRole('link', { name: 'Add a contact' }).click();
        await page.getByRole('dialog', { name: 'Add contact' }).waitFor();
        await page.goBack();
        await page.getByRole('link', { name: 'Import contacts' }).click();
        await page.waitForURL(/#\/imports\/new$/);
    });
}

test('what cannot be loaded is tried again', async ({ page, open, api, allow }) => {
    allow(/^500 GET .*\/contacts\?/);
    await somePeople(api);
    let isBroken = true;
    await page.route('**/contacts?*', (route) => {
        const problem = { title: 'Internal Server Error', status: 500, detail: 'something went wrong on our side' };
        return isBroken ? route.fulfill({ status: 500, json: problem }) : route.continue();
    });
    await open();
    await page.getByRole('alert').getByText('Something went wrong on our side.').waitFor();
    await axe(page);
    await screenshot(page, 'contacts failed');
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await row(page, 'Marcus Reed').waitFor();
});

test('a busy book is asked again without a word', async ({ page, open, api, allow }) => {
    allow(/^503 GET .*\/contacts\?/);
    await somePeople(api);
    let answers = 0;
    await page.route('**/contacts?*', (route) =>
        ++answers === 1 ? route.fulfill({ status: 503, headers: { 'retry-after': '1' } }) : route.continue(),
    );
    await open();
    await row(page, 'Marcus Reed').waitFor();
    assert.equal(answers, 2);
});

test('while the list loads, it says so', async ({ page, open, api }) => {
    await somePeople(api);
    const answer = await hold(page, '**/contacts?*');
    await open();
    await page.getByText('Loading contacts…').waitFor();
    answer();
    await row(page, 'Marcus Reed').waitFor();
    assert.equal(await page.getByText('Loading contacts…').count(), 0);
});

test('columns are chosen, and the choice is remembered', async ({ page, open, api, url }) => {
    await somePeople(api);
    await open();
    const header = (name) => page.getByRole('columnheader', { name });
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Budget' }).uncheck();
    await page.getByRole('checkbox', { name: 'Country' }).press('Space');
    await header('Budget').waitFor({ state: 'detached' });
    await header('Country').waitFor({ state: 'detached' });
    await axe(page);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('checkbox').count(), 0);
    await page.reload();
    await header('Plan').waitFor();
    assert.equal(await header('Budget').count(), 0);

    const other = await page.context().newPage();
    await other.goto(url);
    await other.getByRole('columnheader', { name: 'Plan' }).waitFor();
    assert.equal(await other.getByRole('columnheader', { name: 'Budget' }).count(), 0);
});

for (const look of [
    { width: 1440, height: 900 },
    { width: 1024, scheme: 'dark' },
]) {
    test(`columns are moved, and stay where they are put, ${look.width}`, look, async ({ page, open, api }) => {
        await somePeople(api);
        await open();
        const headers = () => page.getByRole('columnheader').allInnerTexts();
        const button = (name) => page.getByRole('button', { name, exact: true });
        await page.getByRole('columnheader', { name: 'Plan' }).waitFor();
        await button('Columns').click();
        await page.getByRole('checkbox', { name: 'Country' }).uncheck();
        await button('Move Phone up').click();
        await button('Move Phone up').click();
        await button('Move Last conversation up').focus();
        for (let moves = 0; moves < 3; moves++) {
            await page.keyboard.press('Enter');
            // The focus goes along, so that the next key moves it on.
            await page.waitForFunction(
                () => document.activeElement.getAttribute('aria-label') === 'Move Last conversation up',
            );
        }
        const moved = ['Name', 'Phone', 'Email', 'Last conversation', 'Channels', 'Plan', 'Budget'];
        await until('the columns are moved', async () => (await headers()).join() === moved.join());
        await axe(page);
        await screenshot(page, `contacts columns moved ${look.width}`);
        await page.reload();
        await page.getByRole('columnheader', { name: 'Plan' }).waitFor();
        assert.deepEqual(await headers(), moved);

        // What was remembered before columns could be moved.
        await page.evaluate(() => {
            const [key] = Object.keys(localStorage).filter((name) => name.startsWith('contacts.columns '));
            localStorage.setItem(key, '{"email":false}');
        });
        await page.reload();
        await page.getByRole('columnheader', { name: 'Plan' }).waitFor();
        const first = ['Name', 'Phone', 'Country', 'Channels', 'Plan', 'Budget', 'Last conversation'];
        assert.deepEqual(await headers(), first);
    });
}

test('the keyboard leads through the list', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    const focused = (name) => page.waitForFunction((text) => document.activeElement.innerText === text, name);
    await row(page, 'Marcus Reed').getByRole('link').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await focused('Noor Haddad');
    await page.keyboard.press('ArrowUp');
    await focused('Beatriz Souza');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Beatriz Souza' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await focused('Beatriz Souza');
});

test('names and values are shown as the text that they are', async ({ page, open, api }) => {
    await api.post('/custom-fields', { key: 'note', label: '<i>Note</i>', type: 'string' });
    for (const { name, email } of HOSTILE) {
        await api.post('/contacts', {
            name,
            channels: { email },
            custom_fields: { note: `<script>${name}</script>\n${'x'.repeat(2_000)}` },
        });
    }
    await open();
    await rows(page)
        .nth(HOSTILE.length - 1)
        .waitFor();
    assert.deepEqual((await names(page)).sort(), HOSTILE.map(({ name }) => name).sort());
    await page.getByRole('columnheader', { name: '<i>Note</i>' }).waitFor();
    assert.equal(await page.title(), 'Contacts');
    const heights = await rows(page).evaluateAll((all) => all.map((one) => one.offsetHeight));
    assert.ok(Math.min(...heights) >= 36 && Math.max(...heights) <= 40, `rows stay rows: ${heights}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await axe(page);
    await screenshot(page, 'contacts hostile');
});

/** Where an element is in its window. */
const place = (locator) => locator.evaluate((element) => element.getBoundingClientRect().toJSON());

for (const look of [
    { width: 768, height: 700, scheme: 'dark' },
    { width: 1024, height: 700 },
    { width: 1440, height: 900 },
]) {
    test(`header and names stay in sight, ${look.width}`, look, async ({ page, open, api }) => {
        await somePeople(api);
        await manyPeople(api);
        await open();
        await rows(page).nth(49).waitFor();
        const heading = page.getByRole('columnheader', { name: 'Name' });
        const before = await place(heading);
        await page.locator('.scroll').evaluate((list) => list.scrollTo(10_000, 10_000));
        const last = rows(page).last();
        const after = await place(heading);
        assert.deepEqual([after.x, after.y], [before.x, before.y]);
        assert.equal((await place(last.getByRole('rowheader'))).x, before.x);
        assert.ok((await place(last)).bottom <= look.height, 'the last row is in sight');
        assert.ok((await place(page.getByRole('link', { name: 'Next' }))).bottom <= look.height, 'and so is Next');
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
        const heights = await rows(page).evaluateAll((all) => all.map((one) => one.offsetHeight));
        assert.ok(Math.min(...heights) >= 36 && Math.max(...heights) <= 40, `${heights}`);
        await axe(page);
        await screenshot(page, `contacts dense ${look.width}`);
        // A row that gets the focus is not below the header.
        await rows(page).first().getByRole('link').focus();
        assert.ok((await place(rows(page).first().getByRole('link'))).top >= after.bottom);
    });
}

test('an email is shown whole where there is room', { width: 1440 }, async ({ page, open, api }) => {
    const email = 'maximiliane.featherstonehaugh@customer-success.example.com';
    await api.post('/contacts', { name: 'Maximiliane', channels: { email } });
    await open();
    const cut = await row(page, 'Maximiliane')
        .locator('.email .cut')
        .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    assert.equal(cut, 0);
});

test('a custom field that no row has takes no room until it is chosen', async ({ page, open, api }) => {
    await somePeople(api);
    await api.post('/custom-fields', { key: 'shoe_size', label: 'Shoe size', type: 'number' });
    await open();
    const header = (name) => page.getByRole('columnheader', { name });
    await header('Budget').waitFor();
    assert.equal(await header('Shoe size').count(), 0);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Shoe size' }).check();
    await header('Shoe size').waitFor();
    await lookUp(page).fill('marcus@');
    await listed(page, 'Marcus Reed');
    await header('Shoe size').waitFor();
    assert.equal(await header('Budget').count(), 0, 'the only row has none');
});

test('phones are grouped, and copied as they are', async ({ page, open, api }) => {
    await somePeople(api);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open();
    const phone = row(page, 'Marcus Reed').locator('td .grouped');
    await phone.waitFor();
    const gaps = await phone.locator('span').evaluateAll((all) => all.map((one) => getComputedStyle(one).marginLeft));
    assert.equal(gaps.length, 3);
    assert.ok(gaps.every((gap) => Number.parseFloat(gap) > 2));
    await phone.dblclick();
    await page.keyboard.press('Control+c');
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^\+?12015550123$/);
    await page.waitForTimeout(500);
    assert.equal(await page.getByRole('dialog').count(), 0, 'a double click marks, and opens nobody');
});

test('a click with Ctrl opens another tab, on the name and beside it', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    const marcus = row(page, 'Marcus Reed');
    for (const target of [marcus.getByRole('link'), marcus.getByText('4 minutes ago')]) {
        const opened = page.context().waitForEvent('page');
        await target.click({ modifiers: ['ControlOrMeta'] });
        const other = await opened;
        await other.waitForURL(/contacts\/[0-9a-f-]{36}$|authorize/);
        await other.close();
    }
    assert.equal(await page.getByRole('dialog').count(), 0);
});

test('the list says that the custom fields could not be read', async ({ page, open, api, allow }) => {
    allow(/^500 GET .*\/custom-fields$/);
    await somePeople(api);
    let isBroken = true;
    await page.route('**/custom-fields', (route) =>
        isBroken ? route.fulfill({ status: 500, body: '' }) : route.continue(),
    );
    await open();
    await row(page, 'Marcus Reed').waitFor();
    const alert = page.getByRole('alert').filter({ hasText: 'custom fields could not be read' });
    await alert.waitFor();
    await axe(page);
    await screenshot(page, 'contacts without custom fields');
    isBroken = false;
    await alert.getByRole('button', { name: 'Try again' }).press('Enter');
    await page.getByRole('columnheader', { name: 'Plan' }).waitFor();
    assert.equal(await alert.count(), 0);
});

test('the menu of columns shows whole labels', async ({ page, open, api }) => {
    const label = 'Preferred time of day for a call back about the contract';
    await api.post('/custom-fields', { key: 'time', label, type: 'string' });
    await somePeople(api);
    await open();
    await page.getByRole('button', { name: 'Columns' }).click();
    const box = await page.locator('.choice', { hasText: label }).evaluate((choice) => {
        const { scrollWidth, clientWidth } = choice.querySelector('bdi').parentElement;
        return scrollWidth - clientWidth;
    });
    assert.equal(box, 0);
    await screenshot(page, 'contacts columns');
});

test('fingers find targets of 44 pixels', { width: 375, height: 740, hasTouch: true, isMobile: true }, async ({
    page,
    open,
    api,
}) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    await open();
    await row(page, 'Marcus Reed').waitFor();
    const small = () =>
        page.evaluate(() => {
            const wanted = 'button, a.button, input, select, textarea, nav a, tbody tr, .choice';
            const within = document.querySelector('dialog[open]') ?? document;
            return [...within.querySelectorAll(wanted)].flatMap((element) => {
                const { height, width } = element.getBoundingClientRect();
                const isShown = element.checkVisibility() && height > 1 && width > 1;
                return isShown && (height < 44 || width < 24) ? [`${element.outerHTML.slice(0, 80)} ${height}`] : [];
            });
        });
    assert.deepEqual(await small(), []);
    await screenshot(page, 'contacts touch');
    for (const place of [`#/contacts/${id}`, `#/contacts/${id}/edit`]) {
        await page.evaluate((hash) => (location.hash = hash), place);
        await page.getByRole('dialog').getByText('Email').first().waitFor();
        assert.deepEqual(await small(), []);
        await axe(page);
    }
    await screenshot(page, 'contact form touch');
});
