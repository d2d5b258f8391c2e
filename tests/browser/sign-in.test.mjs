// Signing in and out, and what the page does when the session ends.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { hold } from './support/hold.mjs';
import { pageTests } from './support/page-tests.mjs';
import { somePeople } from './support/people.mjs';
import { screenshot } from './support/screenshot.mjs';
import { signIn } from './support/sign-in.mjs';

const test = pageTests();

const marcus = (page) => page.getByRole('row', { name: 'Marcus Reed' });
const session = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem('contacts.session')));

/** Puts other tokens into the session, as time or another tab might have; the page finds them when it is reloaded. */
async function change(page, changes) {
    await page.evaluate((changed) => {
        const kept = JSON.parse(sessionStorage.getItem('contacts.session'));
        sessionStorage.setItem('contacts.session', JSON.stringify({ ...kept, ...changed }));
    }, changes);
}

/** A token whose time is over. */
async function expired(url, workspace, ttl = -1) {
    return (await (await fetch(`${url}/dev/token?workspace=${workspace}&ttl=${ttl}`)).json()).access_token;
}

test('a link survives signing in', async ({ page, open, api, url }) => {
    const { 'Marcus Reed': id } = await somePeople(api);
    await open(`/#/contacts/${id}?find=marcus`);
    await page.getByRole('dialog', { name: 'Marcus Reed' }).waitFor();
    assert.equal(page.url(), `${url}/#/contacts/${id}?find=marcus`, 'nothing of the sign-in is left in the address');
});

test('a reload keeps the session, and no token is kept beyond the tab', async ({ page, open, api }) => {
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    await page.reload();
    await marcus(page).waitFor();
    const { bearer, idToken, refreshToken } = await session(page);
    const kept = await page.evaluate(async () => {
        const databases = (await indexedDB.databases()).length;
        return { local: JSON.stringify({ ...localStorage }), cookies: document.cookie, databases };
    });
    for (const token of [bearer, idToken, refreshToken]) assert.ok(token && !kept.local.includes(token));
    assert.deepEqual([kept.cookies, kept.databases], ['', 0]);
});

test('one workspace does not see the other', async ({ page, api, url }) => {
    await somePeople(api);
    await page.goto(url);
    await signIn(page, 'elsewhere');
    await page.getByRole('heading', { name: 'Nobody here yet' }).waitFor();
});

for (const scheme of ['light', 'dark']) {
    test(`who signs out is out, ${scheme}`, { scheme }, async ({ page, open, api, workspace }) => {
        await somePeople(api);
        await open();
        await marcus(page).waitFor();
        await page.getByRole('button', { name: workspace }).click();
        await page.getByText('Signed in as').waitFor();
        await axe(page);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
        await axe(page);
        await screenshot(page, `signed out ${scheme}`);
        assert.equal(await session(page), null);
        await page.goBack();
        await page.goForward();
        assert.equal(await marcus(page).count(), 0);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await signIn(page, workspace);
        await marcus(page).waitFor();
    });
}

test('who signs out while the tokens are renewed is out', async ({ page, open, api, url, workspace, allow }) => {
    allow(/^401 GET /);
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    await change(page, { bearer: await expired(url, workspace) });
    // The renewal is answered between the click and the moment when the page is left.
    const letGo = await hold(page, '**/token');
    await page.route('**/logout?*', async (route) => {
        const renewed = page.waitForResponse('**/token');
        letGo();
        await (await renewed).finished();
        await page.waitForTimeout(500);
        await route.continue();
    });
    const renewing = page.waitForRequest('**/token');
    await page.reload();
    await renewing;
    await page.getByRole('button', { name: workspace }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    assert.equal(await session(page), null);
});

test('tokens are renewed when their time is over', async ({ page, open, api, url, workspace, allow }) => {
    allow(/^401 GET /);
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    const old = await session(page);
    await change(page, { bearer: await expired(url, workspace) });
    const renewals = [];
    page.on('request', (request) => request.url().endsWith('/token') && renewals.push(request));
    await page.reload();
    await marcus(page).waitFor();
    assert.equal(renewals.length, 1, 'once for all calls');
    const { bearer, refreshToken, person } = await session(page);
    assert.ok(bearer && refreshToken);
    assert.deepEqual(person, old.person);
});

test('a session that cannot be renewed leads to signing in, and back to the same place', async ({
    page,
    open,
    api,
    url,
    workspace,
    allow,
}) => {
    allow(/^401 GET /);
    allow(/^400 POST .*\/token/);
    const { 'Marcus Reed': id } = await somePeople(api);
    await open(`/#/contacts/${id}`);
    await page.getByRole('dialog', { name: 'Marcus Reed' }).waitFor();
    await change(page, { bearer: await expired(url, workspace), refreshToken: 'spent' });
    await page.reload();
    await signIn(page, workspace);
    await page.getByRole('dialog', { name: 'Marcus Reed' }).waitFor();
    assert.equal(page.url(), `${url}/#/contacts/${id}`);
});

for (const look of [{ scheme: 'light' }, { scheme: 'dark' }, { width: 375, height: 700 }]) {
    const named = look.scheme ?? look.width;
    test(
        `what was entered is not lost when the session ends, ${named}`,
        look,
        async ({ page, open, url, workspace, allow }) => {
            allow(/^401 POST .*\/contacts$/);
            allow(/^400 POST .*\/token/);
            await open('/#/contacts/new');
            const name = page.getByRole('textbox', { name: 'Name', exact: true });
            await name.fill('Zoë');
            // The issuer takes no token of this session any more, until somebody signs in.
            let isEnded = true;
            await page.route('**/contacts', (route) =>
                isEnded
                    ? route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer spent' } })
                    : route.continue(),
            );
            await page.route('**/token', (route) =>
                isEnded
                    ? route.continue({ postData: 'grant_type=refresh_token&client_id=contacts&refresh_token=spent' })
                    : route.continue(),
            );
            const before = await session(page);
            await page.keyboard.press('Enter');
            await page.getByRole('alert').getByText('Your session has ended; sign in again to go on.').waitFor();
            await axe(page);
            await screenshot(page, `session ended ${named}`);
            isEnded = false;

            // The page stays, and the sign-in has a window of its own.
            const button = page.getByRole('alert').getByRole('button', { name: 'Sign in' });
            const [other] = await Promise.all([page.context().waitForEvent('page'), button.press('Enter')]);
            const closed = other.waitForEvent('close');
            await other.getByLabel('Workspace').fill(workspace);
            await other.keyboard.press('Enter');
            await page.getByText('You are signed in again.').waitFor();
            await closed;
            assert.notEqual((await session(page)).bearer, before.bearer);
            assert.equal(await name.inputValue(), 'Zoë');
            await page.getByRole('dialog').getByRole('button', { name: 'Add contact' }).click();
            await page.getByRole('heading', { name: 'Zoë' }).waitFor();
            assert.match(page.url(), new RegExp(`^${url}/#/contacts/`));
        },
    );
}

test('a sign-in that is refused can be tried again', async ({ page, api, url, workspace }) => {
    await somePeople(api);
    await page.goto(url);
    await page.getByLabel('Workspace').waitFor();
    const { state } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('contacts.sign-in')));
    await page.goto(`${url}/?error=access_denied&state=${state}&iss=${encodeURIComponent(url)}`);
    await page.getByRole('heading', { name: 'You could not be signed in' }).waitFor();
    await axe(page);
    await screenshot(page, 'not signed in');
    await page.getByRole('button', { name: 'Try again' }).click();
    await signIn(page, workspace);
    await marcus(page).waitFor();
});

test('an answer that was not asked for is not taken', async ({ page, api, url, workspace }) => {
    await somePeople(api);
    await page.goto(`${url}/?code=stolen&state=guessed`);
    // The page signs in as if it had not been there.
    await signIn(page, workspace);
    await marcus(page).waitFor();
    assert.equal(new URL(page.url()).search, '');
});

/** Another tab of the same browser. */
async function anotherTab(page, address) {
    const tab = await page.context().newPage();
    await tab.goto(address);
    return tab;
}

for (const look of [
    { width: 375, height: 700 },
    { width: 1440, height: 900 },
]) {
    test(`a new tab is signed in by another one, ${look.width}`, look, async ({ page, open, api, url }) => {
        const { 'Marcus Reed': id } = await somePeople(api);
        await open();
        await page.getByText('Marcus Reed').first().waitFor();
        const asked = [];
        page.context().on('request', (request) => asked.push(new URL(request.url()).pathname));
        const tab = await anotherTab(page, `${url}/#/contacts/${id}`);
        await tab.getByRole('heading', { name: 'Marcus Reed' }).waitFor();
        assert.ok(!asked.includes('/oauth2/authorize'), asked.join('\n'));
        assert.equal(tab.url(), `${url}/#/contacts/${id}`);
        // It goes on alone.
        await page.close();
        await tab.reload();
        await tab.getByRole('heading', { name: 'Marcus Reed' }).waitFor();
        assert.ok(!asked.includes('/oauth2/authorize'), asked.join('\n'));
    });
}

test('a new tab is signed in by one that is busy', async ({ page, open, api, url }) => {
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    const asked = [];
    page.context().on('request', (request) => asked.push(new URL(request.url()).pathname));
    const busy = page.evaluate(() => {
        const end = performance.now() + 2000;
        while (performance.now() < end);
    });
    const tab = await anotherTab(page, url);
    await marcus(tab).waitFor();
    assert.ok(!asked.includes('/oauth2/authorize'), asked.join('\n'));
    await busy;
});

test('tokens are renewed once for all tabs', async ({ page, open, api, url, workspace, allow }) => {
    allow(/^401 GET /);
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    const tab = await anotherTab(page, url);
    await marcus(tab).waitFor();
    const bearer = await expired(url, workspace);
    for (const each of [page, tab]) await change(each, { bearer });
    const renewals = [];
    // It takes as long as both tabs take to be refused.
    await page.context().route('**/token', async (route) => {
        renewals.push(route);
        await page.waitForTimeout(1500);
        await route.continue();
    });
    await Promise.all([page.reload(), tab.reload()]);
    await Promise.all([marcus(page).waitFor(), marcus(tab).waitFor()]);
    assert.equal(renewals.length, 1);
    const sessions = [await session(page), await session(tab)];
    assert.notEqual(sessions[0].bearer, bearer);
    assert.deepEqual(sessions[0], sessions[1]);
});

test('a token that another tab had, and that is over as well, is renewed', async ({
    page,
    open,
    api,
    url,
    workspace,
    allow,
}) => {
    allow(/^401 GET /);
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    const tab = await anotherTab(page, url);
    await marcus(tab).waitFor();
    const { at } = await session(page);
    await change(page, { bearer: await expired(url, workspace, -1), at: at + 1 });
    await change(tab, { bearer: await expired(url, workspace, -2) });
    // A view without calls, which would renew it.
    await page.goto(`${url}/#/nothing`);
    await page.reload();
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await tab.reload();
    await marcus(tab).waitFor();
    assert.ok((await session(page)).at > at + 1, 'the other tab has the new one, too');
});

test('who signs out in one tab is signed out in all', async ({ page, open, api, url, workspace }) => {
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    const tab = await anotherTab(page, url);
    await marcus(tab).waitFor();
    await tab.getByRole('button', { name: workspace }).press('Enter');
    await tab.getByRole('button', { name: 'Sign out' }).press('Enter');
    for (const each of [tab, page]) {
        await each.getByRole('heading', { name: 'You are signed out' }).waitFor();
        assert.equal(await session(each), null);
    }
    await axe(page);
    const third = await anotherTab(page, url);
    await third.getByLabel('Workspace').waitFor();
});

test('what was entered in another tab survives signing out', async ({ page, open, url, workspace }) => {
    await open('/#/contacts/new');
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.click();
    await page.keyboard.type('Zoë');
    const asked = page.waitForEvent('dialog');
    const tab = await anotherTab(page, url);
    await tab.getByRole('button', { name: workspace }).click();
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await (await asked).dismiss();
    assert.equal(await name.inputValue(), 'Zoë');
});

test('nobody gets the session of another person', async ({ page, open, api, url, workspace, allow }) => {
    allow(/^401 GET /);
    allow(/^400 POST .*\/token/);
    await somePeople(api);
    await open();
    await marcus(page).waitFor();
    const tab = await anotherTab(page, url);
    await marcus(tab).waitFor();
    const bearer = await expired(url, 'elsewhere');
    await change(tab, { bearer, refreshToken: 'spent', person: { key: 'elsewhere', name: 'elsewhere' }, at: 0 });
    await tab.reload();
    await signIn(tab, 'elsewhere');
    await tab.getByRole('heading', { name: 'Nobody here yet' }).waitFor();
    // Neither does signing out there concern this one.
    await tab.getByRole('button', { name: 'elsewhere' }).click();
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await tab.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.reload();
    await marcus(page).waitFor();
    assert.equal((await session(page)).person.name, workspace);
});
