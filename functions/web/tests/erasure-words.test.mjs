// What has to be typed before a contact is erased.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMeant } from '../page/contacts/erasure-words.js';

test('the name or the word is typed', () => {
    for (const text of ['Eva Nováková', ' eva  nováková ', 'EVA NOVÁKOVÁ'.normalize('NFD'), 'erase', 'Erase '])
        assert.ok(isMeant(text, 'Eva Nováková'), text);
    for (const text of ['', ' ', 'Eva', 'Eva Novakova', 'erase it', 'delete'])
        assert.ok(!isMeant(text, 'Eva Nováková'), text);
});

test('of a deleted contact there is no name', () => {
    assert.ok(isMeant('erase'));
    assert.ok(!isMeant(''));
});

test('a contact without a name is called what it is called in the list', () => {
    assert.ok(isMeant('+12015550123', '+12015550123'));
});
