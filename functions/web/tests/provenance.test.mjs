// A source that many values have is said once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonOrigin } from '../page/contacts/provenance.js';

const at = (minute) => `2026-11-22T10:0${minute}:00Z`;
const from = (source, minute = 0) => ({ source, at: at(minute), proof: 'stated' });
const fields = ['name', 'email', 'custom.plan'];

test('a source that all values have is that of all, at the newest moment', () => {
    const provenance = {
        name: from('import/1/2', 1),
        email: from('import/1/2', 3),
        'custom.plan': from('import/1/2', 2),
    };
    assert.deepEqual(commonOrigin({ provenance }, fields), { source: 'import/1/2', at: at(3), isOfAll: true });
});

test('where values differ, the most frequent source is said', () => {
    const provenance = {
        name: from('conversation/1'),
        email: from('manual/edit'),
        'custom.plan': from('conversation/1'),
    };
    assert.deepEqual(commonOrigin({ provenance }, fields), { source: 'conversation/1', at: at(0), isOfAll: false });
});

test('what is not shown does not count, and one value says its source itself', () => {
    const provenance = { name: from('import/1/2'), email: from('import/1/3'), 'custom.gone': from('import/1/3') };
    assert.equal(commonOrigin({ provenance }, fields), undefined);
    assert.equal(commonOrigin({}, fields), undefined);
});
