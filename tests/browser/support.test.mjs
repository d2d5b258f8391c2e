// The tests of the page are only as good as what they notice.

import assert from 'node:assert/strict';
import { axe } from './support/axe.mjs';
import { pageTests } from './support/page-tests.mjs';

const test = pageTests();

test('what no page should do is noticed', async ({ page, open, allow }) => {
    await open();
    // Each of these fails the test if nothing is noticed.
    allow(/^error: Error: thrown/);
    allow(/^console: logged/);
    allow(/^console: .*inline style violates/);
    allow(/^console: .*elsewhere\.example/);
    allow(/^console: .*'TrustedHTML'/);
    allow(/^40[14] GET .*\/nothing$/);
    await page
        .evaluate(async () => {
            setTimeout(() => {
                throw new Error('thrown');
            });
            console.error('logged');
            document.body.setAttribute('style', 'color: red');
            await fetch('https://elsewhere.example/').catch(() => {});
            await fetch('/nothing');
            document.body.innerHTML = '';
        })
        .catch(() => {});
});

test('text that can hardly be read is noticed', async ({ page, open }) => {
    await open();
    await axe(page);
    await page.evaluate(() => {
        const pale = document.createElement('p');
        pale.append('pale');
        pale.style.color = '#eee';
        pale.style.background = '#fff';
        document.querySelector('main').append(pale);
    });
    await assert.rejects(axe(page), /serious: .*contrast/);
});
