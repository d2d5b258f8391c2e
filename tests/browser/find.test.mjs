// One box finds people: by name, phone, email and id, as they are typed or pasted.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { fits } from './support/fits.mjs';
import { hold } from './support/hold.mjs';
import { pageTests } from './support/page-tests.mjs';
import { screenshot } from './support/screenshot.mjs';
import { until } from './support/until.mjs';

const test = pageTests();

const lookUp = (page) => page.getByRole('textbox', { name: 'Look up' });
const drawer = (page) => page.getByRole('dialog').first();
const names = (page) => page.locator('tbody th a').allInnerTexts();

/** Looks up a text, and waits until these people are listed, in this order. */
async function finds(page, text, ...expected) {
    await lookUp(page).fill(text);
    // The same people may have been listed before the answer.
    const isAnswered = async () => (await page.locator('table[aria-busy="true"]').count()) === 0;
    const areListed = async () => (await names(page)).join() === expected.join();
    await until(`${text} finds ${expected}`, async () => (await isAnswered()) && areListed());
}

/** Waits until this is marked in the first row, in what people see of its cells. */
async function marked(page, cell, ...expected) {
    const marks = page.locator('tbody tr').first().locator(`${cell} mark`);
    const shown = () =>
        marks.evaluateAll((all) => all.filter((mark) => mark.checkVisibility()).map((mark) => mark.innerText));
    await until(`${expected} is marked`, async () => (await shown()).join() === expected.join());
}

/** People of a German workspace. */
async function germans(api) {
    await api.patch('/settings', { default_country: 'DE' });
    for (const [name, telephone, email] of [
        ['Jörg Weiß', '+4917612345678', 'jw@example.de'],
        ['Lena Fischer', '+49301234567', 'l.fischer@example.de'],
        ['Fischer King', '+442079460018', 'king@example.co.uk'],
        ['Zoë Müller', '+4917655500001', 'fischerin@example.de'],
    ])
        await api.post('/contacts', { name, channels: { telephone, email } });
}

test('people are found by first and last name, accents and case aside', async ({ page, open, api }) => {
    await germans(api);
    await open();
    await finds(page, 'lena', 'Lena Fischer');
    await finds(page, 'JORG', 'Jörg Weiß');
    await finds(page, 'weiss', 'Jörg Weiß');
    await marked(page, '.name', 'Weiß');
    await finds(page, 'Mü', 'Zoë Müller');
    await finds(page, 'lena fi', 'Lena Fischer');
    // Names come before emails.
    await finds(page, 'fischer', 'Fischer King', 'Lena Fischer', 'Zoë Müller');
    await marked(page, '.name', 'Fischer');
});

test('phones are found as they are dialled at home and from abroad', async ({ page, open, api, allow }) => {
    // Whether digits are a whole phone is for the API to say.
    allow(/^400 GET .*\/contacts\?phone=0049/);
    await germans(api);
    await open();
    for (const [text, ...parts] of [
        ['0176 12', '176', '12'],
        ['(0176) 12-34', '176', '123', '4'],
        ['1761', '176', '1'],
        ['+49 (0)176 12', '+49', '176', '12'],
        ['0049 176 1', '+49', '176', '1'],
        ['tel:+49-176-12', '+49', '176', '12'],
    ]) {
        await finds(page, text, 'Jörg Weiß');
        await marked(page, 'td.phone', ...parts);
    }
    await finds(page, '\u202a0176\u201012345678\u202c', 'Jörg Weiß');
    await finds(page, 'https://wa.me/442079460018', 'Fischer King');
    await finds(page, '4420', 'Fischer King');
    await finds(page, '0176', 'Jörg Weiß', 'Zoë Müller');
});

test('emails and ids are found as they are pasted, exact ones first', async ({ page, open, api }) => {
    await germans(api);
    await api.post('/contacts', { name: 'Noor Haddad', channels: { instagram: 'lena' } });
    await api.fold({ conversation: 'one', captured: { name: 'Grace Kim', email: 'grace@old.example.com' } });
    await api.fold({ conversation: 'one', captured: { email: 'grace@new.example.com' } });
    await open();
    await finds(page, 'mailto:L.Fischer@example.de?subject=Hi', 'Lena Fischer');
    await marked(page, 'td.email', 'l.fischer@example.de');
    await finds(page, 'grace@old.example.com', 'Grace Kim');
    await finds(page, 'https://www.instagram.com/lena/', 'Noor Haddad');
    await finds(page, 'lena', 'Noor Haddad', 'Lena Fischer');
});

test('a damaged link to a page of emails leads to the first page', async ({ page, open, api, allow }) => {
    allow(/^400 GET .*cursor=nonsense/);
    await germans(api);
    await open('/#/contacts?find=fischer&cursor=~nonsense');
    await page.getByRole('link', { name: 'Go to the first page' }).click();
    await page.getByRole('link', { name: 'Lena Fischer' }).waitFor();
});

test('names are paged before emails, and nobody is listed twice', async ({ page, open, api }) => {
    const lines = Array.from({ length: 70 }, (_, n) => [
        `Ada ${100 + n},ada-${100 + n}@example.com`,
        `Bob ${100 + n},${n % 2 ? 'ada' : 'bob'}.bob-${100 + n}@example.com`,
    ]);
    await api.importCsv(['name,email', ...lines.flat()].join('\n'));
    await open('/#/contacts?find=ada');
    const seen = [];
    const turn = async (size) => {
        await until('the page is turned', async () => {
            const shown = await names(page);
            return shown.length === size && !seen.includes(shown[0]);
        });
        seen.push(...(await names(page)));
    };
    await turn(25);
    // The third page has the last names, and fills up with emails. Most of the first ones are of those who were listed.
    for (const size of [25, 20 + 30, 5]) {
        await page.getByRole('link', { name: 'Next' }).click();
        await turn(size);
    }
    assert.equal(await page.getByRole('link', { name: 'Next' }).count(), 0);
    assert.equal(new Set(seen).size, 105);
    assert.ok(seen.slice(0, 70).every((name) => name.startsWith('Ada')));
    for (const start of [50, 25, 0]) {
        await page.getByRole('link', { name: 'Previous' }).click();
        await until('the page before is shown', async () => (await names(page))[0] === seen[start]);
    }
});

test('a row that is opened before the answer comes keeps what was typed', async ({ page, open, api }) => {
    await germans(api);
    await open('/#/contacts?find=fischer');
    await page.getByRole('link', { name: 'Lena Fischer' }).waitFor();
    const answer = await hold(page, '**/contacts?*');
    await lookUp(page).fill('lena');
    await page.locator('table[aria-busy="true"]').waitFor();
    await page.getByRole('link', { name: 'Lena Fischer' }).click();
    answer();
    await page.getByRole('heading', { name: 'Lena Fischer' }).waitFor();
    assert.equal(await lookUp(page).inputValue(), 'lena');
    assert.match(page.url(), /find=lena/);
});

for (const width of [375, 1440]) {
    for (const scheme of ['light', 'dark']) {
        test(`what is looked for is marked, ${width} ${scheme}`, { width, scheme, height: 800 }, async ({
            page,
            open,
            api,
        }) => {
            await germans(api);
            await api.post('/contacts', { channels: { email: 'fischers.fritz@example.de' } });
            await open();
            await finds(page, 'fischer', 'Fischer King', 'Lena Fischer', 'Zoë Müller', 'fischers.fritz@example.de');
            await marked(page, '.name a', 'Fischer');
            const zoe = page.getByRole('row', { name: 'Zoë Müller' }).locator('mark:visible');
            assert.deepEqual(await zoe.allInnerTexts(), ['fischer'], 'also where there is room for one channel only');
            await fits(page);
            await axe(page);
            await screenshot(page, `find name ${width} ${scheme}`);
            await finds(page, '0176 123', 'Jörg Weiß');
            await marked(page, '.grouped', '176', '123');
            await fits(page);
            await axe(page);
            await screenshot(page, `find phone ${width} ${scheme}`);
            await finds(page, 'Lena Fi', 'Lena Fischer');
            // Hints show the whole value, without marks.
            assert.equal(await page.getByRole('link', { name: 'Lena Fischer' }).getAttribute('title'), 'Lena Fischer');
        });

        test(`whoever is not found is added by name, ${width} ${scheme}`, { width, scheme, height: 800 }, async ({
            page,
            open,
            api,
        }) => {
            await germans(api);
            await open();
            await lookUp(page).fill('Lena Fischbach');
            await page.getByText('No name, phone or email starts with “Lena Fischbach”').waitFor();
            await fits(page);
            await axe(page);
            await screenshot(page, `find nobody ${width} ${scheme}`);
            await page.getByRole('link', { name: 'Add “Lena Fischbach”' }).press('Enter');
            const name = drawer(page).getByRole('textbox', { name: 'Name', exact: true });
            await until('the name is filled in', async () => (await name.inputValue()) === 'Lena Fischbach');
            await name.press('Enter');
            await drawer(page).getByRole('heading', { name: 'Lena Fischbach', level: 2 }).waitFor();
            await page.keyboard.press('Escape');
            await drawer(page).waitFor({ state: 'detached' });
            await finds(page, 'fischbach', 'Lena Fischbach');
        });
    }
}

test('a letter that is typed while the list begins to look up is kept', async ({ page, open, api }) => {
    await germans(api);
    await open();
    await finds(page, 'l', 'Lena Fischer');
    // The next letter comes at once after each look-up, before anything else is done.
    await page.evaluate(() => {
        const input = document.querySelector('.look-up input');
        const letters = [...'na'];
        const { replaceState } = history;
        history.replaceState = function (...args) {
            replaceState.apply(this, args);
            const letter = letters.shift();
            if (!letter) return;
            setTimeout(() => {
                input.value += letter;
                input.dispatchEvent(new InputEvent('input', { bubbles: true }));
            });
        };
    });
    await lookUp(page).press('End');
    await page.keyboard.type('e');
    await until('all letters are looked up', () => page.url().endsWith('find=lena'));
    assert.equal(await lookUp(page).inputValue(), 'lena');
    // Back and links still change it.
    await page.goBack();
    await until('the look-up is gone', async () => (await lookUp(page).inputValue()) === '');
    await page.goForward();
    await until('the look-up is back', async () => (await lookUp(page).inputValue()) === 'lena');
});

test('a key is answered at once, and many keys at once by two look-ups', async ({ page, open, api }) => {
    await germans(api);
    await open();
    await page.locator('tbody tr').first().waitFor();
    const asked = [];
    page.on('request', (request) => {
        const prefix = new URL(request.url()).searchParams.get('name_prefix');
        if (prefix) asked.push(prefix);
    });
    await page.evaluate(() => {
        const input = document.querySelector('.look-up input');
        for (const text of ['l', 'le', 'len', 'lena']) {
            input.value = text;
            input.dispatchEvent(new InputEvent('input', { bubbles: true }));
        }
    });
    await until('the text is looked up', async () => (await names(page)).join() === 'Lena Fischer');
    assert.deepEqual(asked, ['l', 'lena']);
    // The letters are one step for Back.
    await page.goBack();
    await until('the look-up is gone', async () => (await lookUp(page).inputValue()) === '');
});
