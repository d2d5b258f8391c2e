// The addresses of the API's calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf } from '../page/address.js';

test('parameters stand in the path, escaped', () => {
    assert.equal(addressOf('/settings'), '/settings');
    assert.equal(addressOf('/contacts/{id}/conversations', { id: 'a/b?c' }), '/contacts/a%2Fb%3Fc/conversations');
});

test('a query has the parameters that have a value', () => {
    const query = { sort: 'phone', limit: 50, cursor: '', phone: undefined, email: null };
    assert.equal(addressOf('/contacts', {}, query), '/contacts?sort=phone&limit=50');
    assert.equal(addressOf('/contacts', {}, { phone: '+1 555&2' }), '/contacts?phone=%2B1+555%262');
    assert.equal(addressOf('/contacts', {}, { limit: 0 }), '/contacts?limit=0');
});
