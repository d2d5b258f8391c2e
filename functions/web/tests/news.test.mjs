// What of the list is news, and what moves no row.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestOf, newsOf, renewed } from '../page/contacts/news.js';

const at = (minute) => `2026-11-22T10:${String(minute).padStart(2, '0')}:00Z`;
const contact = (id, minute, version = 1) => ({ id, version, created_at: at(minute) });
const ids = (contacts) => contacts.map(({ id }) => id);

const shown = [contact('a', 5), contact('b', 4), contact('c', 3)];

test('who came or talked since the list was read is news', () => {
    const fresh = [contact('c', 8, 2), contact('d', 7), ...shown.slice(0, 2)];
    assert.deepEqual(ids(newsOf(shown, fresh, at(5))), ['c', 'd']);
});

test('a contact that talks on where it stands already is no news', () => {
    assert.deepEqual(newsOf(shown, [contact('a', 9, 2), ...shown.slice(1)], at(5)), []);
    const both = [contact('a', 9, 2), contact('b', 8, 2), shown[2]];
    assert.deepEqual(newsOf(shown, both, at(5)), []);
    const turned = [contact('b', 9, 2), contact('a', 8, 2), shown[2]];
    assert.deepEqual(ids(newsOf(shown, turned, at(5))), ['b', 'a']);
});

test('a contact that was added on this page is no news when the list has it', () => {
    const added = contact('z', 9);
    assert.deepEqual(newsOf([added, ...shown], [added, ...shown], at(5)), []);
    assert.deepEqual(ids(newsOf([added, ...shown], [contact('y', 10), added, ...shown], at(5))), ['y']);
});

test('a list that lags behind has no news', () => {
    assert.deepEqual(newsOf(shown, [contact('x', 2), ...shown.slice(1)], at(5)), []);
});

test('rows keep their places and show what is known now', () => {
    const fresh = [contact('c', 8, 2), contact('a', 5, 1), contact('d', 7)];
    assert.deepEqual(renewed(shown, fresh), [shown[0], shown[1], fresh[0]]);
});

test('the newest activity is a moment, however it is written', () => {
    const whole = { ...contact('a', 5), last_seen_at: '2026-11-22T10:05:00.5Z' };
    assert.equal(newestOf([contact('b', 5), whole, contact('c', 4)]), whole.last_seen_at);
    assert.equal(newestOf([]), '');
});
