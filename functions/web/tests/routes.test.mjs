// Which view a hash leads to, and that every link leads to its view.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { href, parse } from '../page/routes.js';

const unknown = { area: 'unknown', mode: 'list', query: {} };

test('a hash leads to its view', () => {
    for (const [hash, route] of [
        ['', { area: 'contacts', mode: 'list', query: {} }],
        ['#', { area: 'contacts', mode: 'list', query: {} }],
        ['#/', { area: 'contacts', mode: 'list', query: {} }],
        ['#/contacts', { area: 'contacts', mode: 'list', query: {} }],
        ['#contacts/', { area: 'contacts', mode: 'list', query: {} }],
        ['#/contacts?sort=phone', { area: 'contacts', mode: 'list', query: { sort: 'phone' } }],
        ['#/contacts/new', { area: 'contacts', mode: 'new', query: {} }],
        ['#/contacts/7', { area: 'contacts', mode: 'one', id: '7', query: {} }],
        ['#/contacts/7/edit?find=ada', { area: 'contacts', mode: 'edit', id: '7', query: { find: 'ada' } }],
        ['#/contacts/new/edit', { area: 'contacts', mode: 'edit', id: 'new', query: {} }],
        ['#/imports/new', { area: 'imports', mode: 'new', query: {} }],
        ['#/imports/7', { area: 'imports', mode: 'one', id: '7', query: {} }],
        ['#/settings', { area: 'settings', mode: 'list', query: {} }],
    ]) {
        assert.deepEqual(parse(hash), route, hash);
    }
});

test('an unknown hash leads to no view', () => {
    for (const hash of ['#/nothing', '#/contacts/7/delete', '#/contacts/7/edit/8', '#/imports/7/edit', '#/settings/7'])
        assert.deepEqual(parse(hash), unknown, hash);
    assert.equal(parse('#/constructor').area, 'unknown');
});

test('a link leads back to what it was made of', () => {
    const query = { sort: 'email', find: '+1 (555) 1&2=3', cursor: 'a/b?c#d' };
    for (const [link, route] of [
        [href.contacts(query), { area: 'contacts', mode: 'list', query }],
        [href.newContact(query), { area: 'contacts', mode: 'new', query }],
        [href.contact('a/b?c', query), { area: 'contacts', mode: 'one', id: 'a/b?c', query }],
        [href.editContact('ü 100%', query), { area: 'contacts', mode: 'edit', id: 'ü 100%', query }],
        [href.imports({ cursor: 'next' }), { area: 'imports', mode: 'list', query: { cursor: 'next' } }],
        [href.newImport(), { area: 'imports', mode: 'new', query: {} }],
        [href.import('7'), { area: 'imports', mode: 'one', id: '7', query: {} }],
        [href.settings(), { area: 'settings', mode: 'list', query: {} }],
    ]) {
        assert.deepEqual(parse(link), route, link);
    }
});

test('a link leaves out what is empty', () => {
    assert.equal(href.contacts({ sort: '', find: undefined }), '#/contacts');
    assert.equal(href.contacts(), '#/contacts');
});

test('an id with a broken escape is taken as it is', () => {
    assert.equal(parse('#/contacts/100%').id, '100%');
});
