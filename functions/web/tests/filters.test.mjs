// What a look-up asks the API for, and what a new contact is made of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLookUp, readNew } from '../page/contacts/filters.js';

test('the beginning of a phone is looked up as it was typed: the API knows how the country dials', () => {
    for (const text of ['+1 555', '1555', '(1) 555', '0176 1', '1/555', '  +1555 ', '001 555']) {
        assert.deepEqual(readLookUp(text), { prefixes: [{ phone_prefix: text.trim() }], exact: [] }, text);
    }
});

test('what may be a whole phone is also looked up as one', () => {
    assert.deepEqual(readLookUp(' (201) 555-0123 '), {
        prefixes: [{ phone_prefix: '(201) 555-0123' }],
        exact: [{ phone: '(201) 555-0123' }],
    });
    assert.deepEqual(readLookUp('12345').exact, []);
    assert.deepEqual(readLookUp('123456').exact, [{ phone: '123456' }]);
    assert.deepEqual(readLookUp('+1 201 555 0123 ext. 12'), {
        prefixes: [{ phone_prefix: '+1 201 555 0123' }],
        exact: [{ phone: '+1 201 555 0123 ext. 12' }],
    });
});

test('a pasted phone is found whatever stands around and inside it', () => {
    for (const [text, phone] of [
        ['tel:+12015550123', '+12015550123'],
        ['TEL:+1-201-555-0123;ext=5', '+1-201-555-0123'],
        ['tel:%2B12015550123', '+12015550123'],
        ['https://wa.me/12015550123?text=hi', '+12015550123'],
        ['https://api.whatsapp.com/send/?phone=%2B12015550123&text=hi', '+12015550123'],
        ['\u202a+1 (201) 555\u20110123\u202c', '+1 (201) 555-0123'],
        ['\u200e+1\u00a0201\u202f555\u20130123', '+1 201 555-0123'],
        ['+1\t201  555 0123\n', '+1 201 555 0123'],
    ]) {
        assert.deepEqual(readLookUp(text).prefixes, [{ phone_prefix: phone }], text);
    }
});

test('marks alone say nothing yet', () => {
    for (const text of ['', '+', '( )', '+ (', '@', '-', '\u200e'])
        assert.deepEqual(readLookUp(text), { prefixes: [], exact: [] }, text);
});

test('everything else is the beginning of a name, and without spaces of an email', () => {
    for (const text of ['ada lovelace', 'Žofie N', '+1 555 or so'])
        assert.deepEqual(readLookUp(text), { prefixes: [{ name_prefix: text }], exact: [] }, text);
    for (const text of ['42nd@', 'ada@', 'ada-maria']) {
        assert.deepEqual(
            readLookUp(text),
            { prefixes: [{ name_prefix: text }, { email_prefix: text }], exact: [] },
            text,
        );
    }
});

test('what may be a whole email is also looked up as one', () => {
    for (const text of [' ada@example.com ', 'mailto:ada@example.com?subject=Hi']) {
        const { prefixes, exact } = readLookUp(text);
        assert.deepEqual(prefixes, [{ name_prefix: 'ada@example.com' }, { email_prefix: 'ada@example.com' }]);
        assert.deepEqual(exact, [{ email: 'ada@example.com' }, { microsoft_teams: 'ada@example.com' }]);
    }
    for (const text of ['@example.com', 'ada@example', 'ada@.'])
        assert.ok(!readLookUp(text).exact.some(({ email }) => email), text);
});

test('ids and user names are looked up as what they may be', () => {
    for (const [text, ...keys] of [
        ['@noor.designs', 'instagram'],
        ['noor_designs', 'instagram'],
        ['U01ABCD234', 'slack', 'instagram'],
        ['T01TEAM01:U01ABCD234', 'slack', 'microsoft_teams'],
        ['US.13491208655302741918', 'whatsapp_user_id', 'instagram'],
        ['29:1abc', 'microsoft_teams'],
        ['0190c5f2-4a5b-7c3d-9e8f-0123456789ab', 'microsoft_teams'],
    ]) {
        assert.deepEqual(
            readLookUp(text).exact,
            keys.map((key) => ({ [key]: text })),
            text,
        );
    }
    assert.deepEqual(readLookUp('https://www.instagram.com/noor.designs/?hl=en').exact, [
        { instagram: '@noor.designs' },
    ]);
});

test('a new contact gets what was looked up, where it belongs', () => {
    for (const [text, field, value] of [
        ['Lena Fischer', 'name', 'Lena Fischer'],
        ['lena', 'name', 'lena'],
        ['lena@example.de', 'channels.email', 'lena@example.de'],
        ['tel:+49-89-123456', 'channels.telephone', '+49-89-123456'],
        ['089 123456', 'channels.telephone', '089 123456'],
        ['@lena.f', 'channels.instagram', '@lena.f'],
        ['https://wa.me/4989123456', 'channels.telephone', '+4989123456'],
        ['U01ABCD234', 'channels.slack', 'U01ABCD234'],
        ['29:1abc', 'channels.microsoft_teams', '29:1abc'],
    ]) {
        assert.deepEqual(readNew(text), [field, value], text);
    }
});
