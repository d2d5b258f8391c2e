// Which rows a page of a list has.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const stored = new Map();
globalThis.sessionStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, value),
};
const { notePage, rangeOf } = await import('../page/ui/pages.js');

test('pages that were turned from the first one know their rows', () => {
    assert.equal(rangeOf('', 'two', 50), '1–50');
    notePage('', 'two', 50);
    assert.equal(rangeOf('two', 'three', 50), '51–100');
    notePage('two', 'three', 50);
    assert.equal(rangeOf('three', null, 20), '101–120 of 120');
});

test('a list of one page says how many there are', () => {
    assert.equal(rangeOf(undefined, null, 7), '1–7 of 7');
    assert.equal(rangeOf('', null, 1), '1 of 1');
    assert.equal(rangeOf('', null, 0), undefined, 'what is empty says so elsewhere');
});

test('a page to which a link led has no range, nor have those behind it', () => {
    assert.equal(rangeOf('far', 'farther', 50), undefined);
    notePage('far', 'farther', 50);
    assert.equal(rangeOf('farther', null, 50), undefined);
});

test('what was deleted or added moves the rows of the next page', () => {
    notePage('', 'moved', 50);
    notePage('', 'moved', 48);
    assert.equal(rangeOf('moved', null, 2), '49–50 of 50');
});

test('large numbers are grouped', () => {
    notePage('', 'a', 12_345);
    assert.equal(rangeOf('a', 'b', 50), `${(12_346).toLocaleString()}–${(12_395).toLocaleString()}`);
});

test('the pages are known again after a reload', () => {
    notePage('', 'kept', 50);
    assert.deepEqual(new Map(JSON.parse(stored.get('contacts.list-pages'))).get('kept'), { previous: '', start: 50 });
});
