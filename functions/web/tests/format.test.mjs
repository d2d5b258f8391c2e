// How numbers, moments and the API's words are written for people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, bytes, count, country, number, reason, sentence } from '../page/format.js';

test('a number keeps all its digits', () => {
    const digits = (value) => number(value).replace(/[^\d-]/g, '');
    assert.equal(digits('12345678901234567890.50'), '1234567890123456789050');
    assert.equal(digits(-1200), '-1200');
    assert.equal(number('1E+30'), '1E+30');
    assert.equal(number('no number'), 'no number');
});

test('things are counted in words', () => {
    assert.equal(count(1, 'contact'), '1 contact');
    assert.equal(count(0, 'contact'), '0 contacts');
    assert.equal(count(2, 'row has', 'rows have'), '2 rows have');
});

test('a moment of the last week is so long ago, an older one is a day', () => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    const before = (milliseconds) => ago(new Date(now - milliseconds).toISOString(), now);
    assert.equal(before(0), 'just now');
    assert.equal(before(59_999), 'just now');
    assert.notEqual(before(60_000), 'just now');
    assert.notEqual(before(3_600_000), before(60_000));
    assert.match(before(7 * 86_400_000), /2026/);
    assert.match(before(-120_000), /2026/);
});

test('bytes have a unit that fits', () => {
    assert.match(bytes(0), /^0 byte/);
    assert.match(bytes(1_500_000), /^1[.,]5/);
});

test('an unknown country is its code', () => {
    assert.notEqual(country('DE'), 'DE');
    assert.equal(country('not a code'), 'not a code');
});

test('the words of the API become sentences', () => {
    assert.equal(sentence('the file is empty'), 'The file is empty.');
    assert.equal(sentence('Really?'), 'Really?');
    assert.equal(reason('is not of the form name@domain'), 'This is not of the form name@domain.');
    assert.equal(reason('the plan is taken'), 'The plan is taken.');
});
