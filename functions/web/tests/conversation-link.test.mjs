// A conversation's id becomes a link by the address of the settings.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationLink } from '../page/contacts/fields.js';

test('the id stands in the address, encoded', () => {
    assert.equal(conversationLink('https://example.com/{conversation_id}', 'c-1'), 'https://example.com/c-1');
    assert.equal(
        conversationLink('http://h/?a={conversation_id}#{conversation_id}', 'a b&$&'),
        'http://h/?a=a%20b%26%24%26#a%20b%26%24%26',
    );
});

test('what is no address of a site makes no link', () => {
    assert.equal(conversationLink(null, 'c-1'), undefined);
    assert.equal(conversationLink('javascript:alert({conversation_id})', '1'), undefined);
});
