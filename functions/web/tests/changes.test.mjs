// The list shows what this page has just changed, although the index lags behind.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { noteAdded, noteChanged, noteDeleted, withChanges } from '../page/contacts/changes.js';

let now = 0;
mock.method(Date, 'now', () => now);

const contact = (id, version = 1) => ({ id, version });

/** Runs a test in which nothing has been changed yet: a minute later everything is forgotten. */
function fresh(name, run) {
    test(name, () => {
        now += 60_001;
        run();
    });
}

fresh('a changed contact is listed as it is now', () => {
    noteChanged(contact('a', 3));
    assert.deepEqual(withChanges([contact('a', 2), contact('b')], false), [contact('a', 3), contact('b')]);
});

fresh('a list that is ahead of the page is right', () => {
    noteChanged(contact('a', 3));
    assert.deepEqual(withChanges([contact('a', 4)], false), [contact('a', 4)]);
});

fresh('a deleted contact is not listed', () => {
    noteDeleted('a');
    assert.deepEqual(withChanges([contact('a'), contact('b')], true), [contact('b')]);
});

fresh('added contacts stand first at the beginning of the list, the last one on top, until they are listed', () => {
    noteAdded(contact('a'));
    noteAdded(contact('b'));
    assert.deepEqual(withChanges([contact('c')], true), [contact('b'), contact('a'), contact('c')]);
    assert.deepEqual(withChanges([contact('c')], false), [contact('c')]);
    assert.deepEqual(withChanges([contact('b'), contact('c')], true), [contact('a'), contact('b'), contact('c')]);
});

fresh('an added contact that is changed stays added; a deleted one does not', () => {
    noteAdded(contact('a'));
    noteAdded(contact('b'));
    noteChanged(contact('a', 2));
    noteDeleted('b');
    assert.deepEqual(withChanges([], true), [contact('a', 2)]);
});

fresh('lists have followed after a minute', () => {
    noteAdded(contact('a'));
    now += 60_000;
    assert.deepEqual(withChanges([], true), [contact('a')]);
    now += 1;
    assert.deepEqual(withChanges([], true), []);
});
