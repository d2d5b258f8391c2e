// How phones are grouped.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf } from '../page/contacts/phone.js';

test('a phone is grouped as its country writes it', () => {
    for (const phone of [
        '+1 201 555 0123',
        '+7 912 345 67 89',
        '+33 1 42 68 53 00',
        '+44 7400 123 456',
        '+47 22 12 34 56',
        '+55 11 98765 4321',
        '+91 98765 43210',
        '+971 50 123 4567',
    ]) {
        assert.deepEqual(groupsOf(phone.replaceAll(' ', '')), phone.split(' '));
    }
});

test('where no pattern holds, groups have three digits, and the last up to four', () => {
    for (const phone of [
        '+49 891 234 5678',
        '+420 601 234 567',
        '+39 061 234 56',
        '+234 802 123 4567',
        '+290 2345',
        '+49 12',
    ]) {
        const digits = phone.replaceAll(' ', '');
        if (digits.length > 4) assert.deepEqual(groupsOf(digits), phone.split(' '));
    }
});

test('no digit is lost, and an extension is said', () => {
    for (let length = 4; length <= 15; length++) {
        const phone = `+${'358123456789012'.slice(0, length)}`;
        assert.equal(groupsOf(phone).join(''), phone);
    }
    assert.deepEqual(groupsOf('+12015550123;ext=12'), ['+1', '201', '555', '0123', ' ext. 12']);
});

test('what is no phone stays as it is', () => {
    for (const text of ['ada', '', '12015550123', '+']) assert.deepEqual(groupsOf(text), [text]);
});
