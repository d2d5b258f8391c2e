// What a look-up asks the API for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLookUp } from '../page/contacts/filters.js';

test('the beginning of a phone is looked up by its digits', () => {
    for (const text of ['+1 555', '1555', '(1) 555', '1-555', '1.555', '1/555', '  +1555 ']) {
        assert.deepEqual(readLookUp(text), { prefix: { phone_prefix: '+1555' }, exact: undefined }, text);
    }
});

test('what may be a whole phone is also looked up as it was typed', () => {
    assert.deepEqual(readLookUp(' (201) 555-0123 '), {
        prefix: { phone_prefix: '+2015550123' },
        exact: { phone: '(201) 555-0123' },
    });
    assert.equal(readLookUp('12345').exact, undefined);
    assert.deepEqual(readLookUp('123456').exact, { phone: '123456' });
});

test('more digits than a phone has match no phone', () => {
    assert.deepEqual(readLookUp('123456789012345').prefix, { phone_prefix: '+123456789012345' });
    assert.equal(readLookUp('1234567890123456').prefix, undefined);
});

test('everything else is the beginning of an email', () => {
    for (const text of ['ada', 'ada@', '42nd@', '+', '( )', 'ada lovelace', '+1 555 ext. 7']) {
        assert.deepEqual(readLookUp(text), { prefix: { email_prefix: text }, exact: undefined }, text);
    }
});

test('what may be a whole email is also looked up as one', () => {
    assert.deepEqual(readLookUp(' ada@example.com '), {
        prefix: { email_prefix: 'ada@example.com' },
        exact: { email: 'ada@example.com' },
    });
    for (const text of ['@example.com', 'ada@example', 'ada@.']) assert.equal(readLookUp(text).exact, undefined, text);
});
