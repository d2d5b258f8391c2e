// What is a whole number is sent as one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeNumber } from '../page/settings/whole-number.js';

test('digits are a number, everything else stays for the API to refuse', () => {
    assert.equal(wholeNumber(' 400 '), 400);
    assert.equal(wholeNumber('0'), 0);
    for (const text of ['', '1.5', '-1', '1e3', 'a year', '9'.repeat(20)]) assert.equal(wholeNumber(text), text);
});
