// An entry of a contact's history is one sentence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentenceOf } from '../page/contacts/history-words.js';

const FIELDS = [
    { key: 'plan', label: 'Plan', type: 'string' },
    { key: 'budget', label: 'Budget', type: 'number' },
];
const entry = (event, changes, rest = {}) => ({ contact_id: 'a', version: 2, event, changes, ...rest });
const by = {
    person: { actor: 'user:u-1', source: 'manual/edit' },
    assistant: { actor: 'assistant:a-7', source: 'conversation/c-1' },
    import: { actor: 'import:i-1', source: 'import/i-1/17' },
    system: { actor: 'system:merge' },
};
const text = (part) =>
    typeof part === 'string' ? part : (part.value ?? part.contact ?? part.conversation ?? 'import');
const said = (written) => sentenceOf(written, 'a', FIELDS).map(text).join('');

const identifier = (field, value) => ({ field, value });
const talked = [
    { field: 'last_seen_at', after: '2026-11-22T10:00:00Z' },
    { field: 'last_conversation', after: { conversation_id: 'c-1', channel: 'web_chat', assistant_id: 'a-7' } },
];

for (const [sentence, written] of [
    [
        'Name changed from Ada to Ada King, by a person',
        entry('updated', [{ field: 'name', before: 'Ada', after: 'Ada King' }], by.person),
    ],
    [
        'Phone +12015550123 added; Email a@example.com removed, by import, line 17',
        entry(
            'updated',
            [
                { field: 'telephone', after: '+12015550123' },
                { field: 'email', before: 'a@example.com' },
            ],
            by.import,
        ),
    ],
    [
        'Added with Name Ada, Plan pro, by assistant a-7 in conversation c-1',
        entry(
            'created',
            [{ field: 'name', after: 'Ada' }, { field: 'custom.plan', after: 'pro' }, ...talked],
            by.assistant,
        ),
    ],
    [
        'Budget changed from 12,000 to 0, by the system',
        entry('updated', [{ field: 'custom.budget', before: '12000', after: 0 }], by.system),
    ],
    ['Added, by a person', entry('created', [], by.person)],
    ['Deleted, by a person', entry('deleted', [], by.person)],
    ['Restored', entry('restored', [])],
    ['Updated, by a person', entry('updated', [], by.person)],
    [
        'Name Ada removed, by a person who undid import',
        entry('updated', [{ field: 'name', before: 'Ada' }], { actor: 'user:u-1', source: 'undo/i-1' }),
    ],
    ['A join was undone, by a person', entry('split', [{ field: 'joined', before: ['b'] }], by.person)],
    [
        'Joined with another contact; Also known by Email b@example.com, by assistant a-7 in conversation c-1',
        entry(
            'joined',
            [
                { field: 'also_known_by', after: [identifier('email', 'b@example.com')] },
                { field: 'joined', after: ['b'] },
            ],
            by.assistant,
        ),
    ],
    [
        'Joined contact: joined into this contact, by assistant a-7 in conversation c-1',
        entry('joined', [], { ...by.assistant, contact_id: 'b' }),
    ],
    [
        'Joined contact: Name changed from A to B, by a person',
        entry('updated', [{ field: 'name', before: 'A', after: 'B' }], { ...by.person, contact_id: 'b' }),
    ],
    [
        'No longer known by Slack U1; Also known by Slack U2, by a person',
        entry(
            'updated',
            [
                {
                    field: 'also_known_by',
                    before: [identifier('slack', 'U1'), identifier('slack', 'U3')],
                    after: [identifier('slack', 'U3')],
                },
                { field: 'also_known_by', before: [], after: [identifier('slack', 'U2')] },
            ],
            by.person,
        ),
    ],
    [
        'Name Evil was said, but not confirmed yet, by assistant a-7 in conversation c-1',
        entry('updated', [{ field: 'unconfirmed', after: [identifier('name', 'Evil')] }], by.assistant),
    ],
    [
        'In conflict with b, by assistant a-7 in conversation c-1',
        entry('conflict', [{ field: 'conflicts', before: ['c'], after: ['c', 'b'] }], by.assistant),
    ],
    [
        'The conflict with b is settled; Kept apart from b, by a person',
        entry(
            'updated',
            [
                { field: 'conflicts', before: ['b'] },
                { field: 'kept_apart', after: ['b'] },
            ],
            by.person,
        ),
    ],
    ['Talked by Web chat, by assistant a-7 in conversation c-1', entry('updated', talked, by.assistant)],
    ['Talked again, by assistant a-7 in conversation c-1', entry('updated', talked.slice(0, 1), by.assistant)],
    [
        'The last conversation was taken away, by a person',
        entry('updated', [{ field: 'last_conversation', before: talked[1].after }], by.person),
    ],
]) {
    test(`“${sentence}”`, () => assert.equal(said(written), sentence));
}

test('what was entered is a part of its own, whatever its direction', () => {
    const parts = sentenceOf(
        entry('updated', [{ field: 'name', before: 'Ada', after: 'مريم' }], by.assistant),
        'a',
        FIELDS,
    );
    assert.deepEqual(
        parts.filter((part) => typeof part !== 'string'),
        [{ value: 'Ada' }, { value: 'مريم' }, { value: 'a-7' }, { conversation: 'c-1' }],
    );
});
