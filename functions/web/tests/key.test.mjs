// Keys that labels suggest for custom fields.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFor } from '../page/settings/key.js';

test('a key has the letters of its label', () => {
    for (const [label, key] of [
        ['Plan', 'plan'],
        ['  Monthly budget (EUR) ', 'monthly_budget_eur'],
        ['Größe', 'grosse'],
        ['Łódź Øre', 'lodz_ore'],
        ['电话', 'field'],
        ['', 'field'],
        ['--', 'field'],
    ]) {
        assert.equal(keyFor(label, []), key, label);
    }
});

test('a key is no longer than the API takes, and not among those that are taken', () => {
    const long = 'x'.repeat(80);
    assert.equal(keyFor(long, []), 'x'.repeat(64));
    assert.equal(keyFor(long, ['x'.repeat(64)]), `${'x'.repeat(62)}_2`);
    assert.equal(keyFor(`${'x'.repeat(63)} y`, []), 'x'.repeat(63));
    assert.equal(keyFor('Plan', ['plan', 'plan_2']), 'plan_3');
});
