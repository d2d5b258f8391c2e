// Whether an import can be undone, and what its undo says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMoving, lookOf, STATUSES, statusOf } from '../page/imports/status.js';
import { canUndo, changesOf, outcomesOf, soFar } from '../page/imports/undo-words.js';

const job = (changes = {}) => ({
    status: 'completed',
    dry_run: false,
    rows: { read: 20, created: 12, updated: 3, unchanged: 4, rejected: 0 },
    ...changes,
});
const undo = (changes = {}) => ({ status: 'completed', removed: 0, restored: 0, kept: 0, ...changes });

test('an import that has ended and changed contacts can be undone once', () => {
    for (const status of ['completed', 'failed', 'cancelled']) assert.ok(canUndo(job({ status })), status);
    for (const status of ['awaiting_upload', 'planning', 'running']) assert.ok(!canUndo(job({ status })), status);
    assert.ok(!canUndo(job({ dry_run: true })));
    assert.ok(!canUndo(job({ rows: { created: 0, updated: 0 } })));
    assert.ok(canUndo(job({ rows: { created: 0, updated: 1 } })));
    assert.ok(!canUndo(job({ undo: undo({ status: 'running' }) })));
    assert.ok(!canUndo(job({ undo: undo() })));
});

test('the question says how much there is to undo', () => {
    const changes = (created, updated) => changesOf(job({ rows: { created, updated } }));
    assert.equal(changes(12_000, 3), '12,000 rows created a contact, and 3 updated one.');
    assert.equal(changes(1, 0), '1 row created a contact.');
    assert.equal(changes(0, 2), '2 rows updated a contact.');
});

test('an undo says what became of the contacts', () => {
    assert.deepEqual(outcomesOf(undo({ removed: 12_000, restored: 3, kept: 2 })), [
        '12,000 contacts that only this import had created were deleted. They can be restored for 30 days.',
        '3 contacts are again what they were before the import.',
        '2 contacts keep what people changed or conversations said since. Some of the import may remain in them.',
    ]);
    assert.deepEqual(outcomesOf(undo({ removed: 1, restored: 1, kept: 1 })), [
        '1 contact that only this import had created was deleted. It can be restored for 30 days.',
        '1 contact is again what it was before the import.',
        '1 contact keeps what people changed or conversations said since. Some of the import may remain in it.',
    ]);
    assert.deepEqual(outcomesOf(undo()), ['There was nothing left to undo.']);
});

test('a running undo says how far it is', () => {
    assert.equal(soFar(undo({ removed: 1, restored: 20 })), '1 contact deleted, 20 changed back, 0 kept so far');
});

test('the undo is the status of its import', () => {
    assert.equal(statusOf(job()), 'completed');
    const undoing = job({ undo: undo({ status: 'running' }) });
    assert.equal(STATUSES[statusOf(undoing)], 'Undoing');
    assert.ok(isMoving(undoing), 'it is asked for again');
    const undone = job({ undo: undo(), rows: { created: 1, updated: 0, rejected: 1 } });
    assert.equal(STATUSES[statusOf(undone)], 'Undone');
    assert.equal(lookOf(undone, statusOf(undone)), 'undone', 'neither a success nor a half one');
    assert.ok(!isMoving(undone));
});

test('an upload is known to the page that does it', () => {
    const waiting = job({ status: 'awaiting_upload' });
    assert.equal(statusOf(waiting), 'awaiting_upload');
    assert.equal(statusOf(waiting, { state: 'sending' }), 'uploading');
    assert.equal(statusOf(waiting, { state: 'sent' }), 'planning');
    assert.equal(statusOf(waiting, { state: 'cancelled' }), 'awaiting_upload');
});
