// What a form sends, and what becomes of it when somebody else was faster.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, draftOf, isChanged, patchOf, rebase } from '../page/contacts/draft.js';

const fields = [
    { key: 'plan', label: 'Plan', type: 'string' },
    { key: 'budget', label: 'Budget', type: 'number' },
];
const ada = {
    name: 'Ada',
    channels: { telephone: '+15550100', email: 'ada@example.com', dial_code: 'US', country_code: '1' },
    custom_fields: { budget: '12345678901234567890.5', gone: 'of a field that was deleted' },
};

test('a draft has a text for each field of the form, and for no other', () => {
    assert.deepEqual(draftOf(ada, fields), {
        name: 'Ada',
        'channels.telephone': '+15550100',
        'channels.whatsapp': '',
        'channels.whatsapp_user_id': '',
        'channels.email': 'ada@example.com',
        'channels.instagram': '',
        'channels.slack': '',
        'channels.microsoft_teams': '',
        'custom_fields.plan': '',
        'custom_fields.budget': '12345678901234567890.5',
    });
    const empty = draftOf(undefined, fields);
    assert.deepEqual(Object.keys(empty), Object.keys(draftOf(ada, fields)));
    assert.ok(Object.values(empty).every((text) => text === ''));
    assert.equal(draftOf({ channels: {}, custom_fields: { budget: 0 } }, fields)['custom_fields.budget'], '0');
});

test('a new contact is sent without empty fields', () => {
    const draft = {
        ...draftOf(undefined, fields),
        name: 'Ada',
        'channels.slack': '  ',
        'custom_fields.budget': '1.50',
    };
    assert.deepEqual(bodyOf(draft), { name: 'Ada', custom_fields: { budget: '1.50' } });
    assert.deepEqual(bodyOf(draftOf(undefined, fields)), {});
});

test('a patch has what was changed, and null for what was taken out', () => {
    const base = draftOf(ada, fields);
    assert.equal(isChanged(base, { ...base }), false);
    assert.deepEqual(patchOf(base, { ...base }), {});
    const draft = {
        ...base,
        name: ' ',
        'channels.telephone': '',
        'channels.whatsapp': '+15550100',
        'custom_fields.plan': 'pro',
        'custom_fields.budget': '',
    };
    assert.equal(isChanged(base, draft), true);
    assert.deepEqual(patchOf(base, draft), {
        name: null,
        channels: { telephone: null, whatsapp: '+15550100' },
        custom_fields: { plan: 'pro', budget: null },
    });
});

test('a rebased draft follows the fields that only others changed', () => {
    const base = { name: 'Ada', 'channels.email': 'ada@example.com', 'channels.slack': '' };
    const draft = { ...base, name: 'Ada King' };
    const fresh = { ...base, 'channels.email': 'king@example.com' };
    assert.deepEqual(rebase(base, draft, fresh), {
        draft: { ...draft, 'channels.email': 'king@example.com' },
        changes: { 'channels.email': { before: 'ada@example.com', theirs: 'king@example.com', clashed: false } },
    });
});

test('a rebased draft keeps what both changed, and says so', () => {
    const base = { name: 'Ada' };
    assert.deepEqual(rebase(base, { name: 'Mine' }, { name: 'Theirs' }), {
        draft: { name: 'Mine' },
        changes: { name: { before: 'Ada', theirs: 'Theirs', clashed: true } },
    });
    assert.deepEqual(rebase(base, { name: '' }, { name: 'Theirs' }).changes.name.clashed, true);
});

test('a draft that others have saved already, or have not touched, has nothing to decide', () => {
    const base = { name: 'Ada', 'channels.slack': '' };
    const draft = { name: 'Ada King', 'channels.slack': '' };
    assert.deepEqual(rebase(base, draft, draft), { draft, changes: {} });
    assert.deepEqual(rebase(base, draft, base), { draft, changes: {} });
});

test('a patch on top of the rebased draft leaves alone what others changed', () => {
    const texts = ['', 'one', 'two'];
    for (const before of texts) {
        for (const mine of texts) {
            for (const theirs of texts) {
                const fresh = { name: theirs };
                const { draft, changes } = rebase({ name: before }, { name: mine }, fresh);
                const kept = mine === before ? theirs : mine;
                assert.deepEqual(draft, { name: kept });
                assert.deepEqual(patchOf(fresh, draft), kept === theirs ? {} : { name: kept || null });
                const seen = theirs !== before && theirs !== mine;
                assert.equal('name' in changes, seen, `${before} ${mine} ${theirs}`);
            }
        }
    }
});
