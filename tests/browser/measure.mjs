// How fast the page is with a large book: the time until the first rows are seen, and until what is typed is answered.
//
//     CONTACTS_LOCAL=target/release/contacts-local node measure.mjs DATA [CONTACTS]
//
// The book is in the folder DATA. If it is empty, the terminal client imports so many generated contacts first; 50,000 by
// default. The page is opened ten times in a signed-in session, each time with an empty cache and profile. Then ten names are
// typed, a key every 100 milliseconds, and the time is taken from each key until the list shows the answer for the text
// that stood there then. The list may skip such a text when the next key comes first. Run it on an idle machine.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './support/api.mjs';
import { openPage, startBrowser } from './support/browser.mjs';
import { signedIn } from './support/sign-in.mjs';
import { PROGRAM, startSystem } from './support/system.mjs';

const WORKSPACE = 'large';
const OPENINGS = 10;
const NAMES = 10;
/** Milliseconds from one key to the next. */
const KEY = 100;
/** What is wanted, in milliseconds. */
const FIRST_ROWS_LIMIT = 1000;
const ANSWER_LIMIT = 150;

const FIRST = ['Ada', 'Beatriz', 'Charles', 'Dorothy', 'Emmy', 'Fatima', 'Grace', 'Hedy', 'Ines', 'Jörg'];
const SYLLABLES = ['ba', 'cor', 'dan', 'fel', 'gor', 'hin', 'kas', 'lem', 'mor', 'nev'];

const [folder, wanted = '50000'] = process.argv.slice(2);
if (!folder) throw new Error('usage: node measure.mjs DATA [CONTACTS]');

/** A name that nobody else has: each digit of the number is a syllable. */
function nameOf(number) {
    const digits = [...String(number).padStart(5, '0')].map(Number);
    const last = digits.slice(1).map((digit) => SYLLABLES[digit]);
    return `${FIRST[(digits[0] + digits[4]) % 10]} ${capital(last.join(''))}${digits[0] || ''}`;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Imports the contacts unless the folder has them already. After a failure, another import creates nobody twice. */
async function fill(url) {
    const { items } = await new Api(url, WORKSPACE).get('/imports?limit=1');
    if (items[0]?.status === 'completed') return;
    const lines = Array.from({ length: Number(wanted) }, (_, n) => {
        return `${nameOf(n)},person${n}@example.com,+1202${String(2_000_000 + n)},${n % 3 ? 'pro' : 'starter'}`;
    });
    const place = await mkdtemp(join(tmpdir(), 'contacts-'));
    try {
        const file = join(place, 'people.csv');
        await writeFile(file, `Name,Email,Phone,Plan\n${lines.join('\n')}\n`);
        const options = ['import', file, '--url', url, '--workspace', WORKSPACE, '--create-fields', '--yes'];
        const [status] = await once(spawn(PROGRAM, options, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
        if (status !== 0) throw new Error('the import failed: run this again');
    } finally {
        await rm(place, { recursive: true });
    }
}

/** In the page: when the first row was painted, since the navigation began. */
function noteFirstRows() {
    window.firstRows = new Promise((resolve) => {
        const watch = new MutationObserver(() => {
            if (!document.querySelector('tbody tr')) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        });
        watch.observe(document, { childList: true, subtree: true });
    });
}

/** In the page: by every text that is typed, when its last key was pressed, and how long its answer took to be painted. */
function noteAnswers() {
    const typed = new Map();
    let pressed = 0;
    let pending = 0;
    const check = () => {
        const text = new URLSearchParams(location.hash.split('?')[1]).get('find');
        const entry = typed.get(text);
        const isBusy = document.querySelector('table[aria-busy="true"], main .loading') !== null;
        if (!entry?.isAsked || entry.isSeen || pending > 0 || isBusy) return;
        entry.isSeen = true;
        requestAnimationFrame(() =>
            setTimeout(() => {
                entry.took = performance.now() - entry.at;
            }),
        );
    };
    const send = window.fetch;
    window.fetch = async (input, init) => {
        const { searchParams } = new URL(input, location.href);
        const text = searchParams.get('name_prefix');
        if (text === null) return send(input, init);
        if (typed.has(text)) typed.get(text).isAsked = true;
        pending++;
        try {
            return await send(input, init);
        } finally {
            pending--;
        }
    };
    // Before the page's own listeners, which may request the answer at once.
    const isCapturing = true;
    addEventListener(
        'keydown',
        ({ timeStamp }) => {
            pressed = timeStamp;
        },
        isCapturing,
    );
    addEventListener(
        'input',
        ({ target }) => {
            const text = target.value.trim();
            if (text && !typed.has(text)) typed.set(text, { at: pressed });
        },
        isCapturing,
    );
    addEventListener('DOMContentLoaded', () =>
        new MutationObserver(check).observe(document.body, {
            subtree: true,
            childList: true,
            attributes: true,
            characterData: true,
        }),
    );
    // The next name may begin with the same texts.
    window.takeAnswers = () => {
        const answers = [...typed].map(([text, { took }]) => [text, took]);
        typed.clear();
        return answers;
    };
}

async function measureOpening(browser, url) {
    const { page, context } = await openPage(browser);
    await signedIn(page, url, WORKSPACE);
    await page.addInitScript(noteFirstRows);
    await page.goto(url);
    const took = await page.evaluate(() => window.firstRows);
    await context.close();
    return took;
}

/** The times of all keys, and those of the last keys of the names. */
async function measureTyping(browser, url) {
    const { page, context } = await openPage(browser);
    await signedIn(page, url, WORKSPACE);
    await page.addInitScript(noteAnswers);
    await page.goto(url);
    await page.locator('tbody tr').first().waitFor();
    const names = Array.from({ length: NAMES }, (_, n) => nameOf(Math.floor(((n + 0.5) * Number(wanted)) / NAMES)));
    const box = page.getByRole('textbox', { name: 'Look up' });
    const answers = [];
    for (const name of names) {
        await box.fill('');
        await page.waitForTimeout(1000);
        await page.keyboard.type(name, { delay: KEY });
        await page.locator('tbody tr', { hasText: name }).first().waitFor();
        await page.waitForTimeout(1000);
        answers.push(...(await page.evaluate(() => window.takeAnswers())));
    }
    await context.close();
    const keys = answers.map(([, took]) => took).filter((took) => took !== undefined);
    const last = answers.filter(([text]) => names.includes(text)).map(([, took]) => took);
    return { keys, last, skipped: answers.length - keys.length };
}

/** The smallest value that so many percent do not exceed. */
function percentile(values, percent) {
    const sorted = values.toSorted((one, other) => one - other);
    return Math.round(sorted[Math.ceil((sorted.length * percent) / 100) - 1]);
}

const inWords = (values) => `p50 ${percentile(values, 50)} ms, p95 ${percentile(values, 95)} ms`;

const [system, browser] = await Promise.all([startSystem('--data', folder), startBrowser()]);
try {
    await fill(system.url);
    const openings = [];
    for (let n = 0; n < OPENINGS; n++) openings.push(await measureOpening(browser, system.url));
    const inTime = openings.filter((took) => took <= FIRST_ROWS_LIMIT).length;
    console.log(
        `first rows: ${inTime} of ${OPENINGS} within ${FIRST_ROWS_LIMIT} ms: ${openings.map(Math.round).join(', ')}`,
    );
    const { keys, last, skipped } = await measureTyping(browser, system.url);
    console.log(
        `typing: ${inWords(keys)} of ${keys.length} keys, ${skipped} skipped; p95 should be at most ${ANSWER_LIMIT} ms`,
    );
    console.log(`typing, last keys: ${inWords(last)}: ${last.map(Math.round).join(', ')}`);
} finally {
    await browser.close();
    await system.stop();
}
