// Where a name, an email or a phone has what somebody looks for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameMarks, phoneMark } from '../page/contacts/mark.js';

const parts = (text, marks) => marks?.map(([from, to]) => text.slice(from, to));

test('the beginning of a name is marked, or that of its last word, accents and case aside', () => {
    for (const [name, find, ...marked] of [
        ['Lena Fischer', 'le', 'Le'],
        ['Lena Fischer', 'FISCH', 'Fisch'],
        ['Lena Fischer', 'lena  fi', 'Lena Fi'],
        ['Lena Fischer', 'fischer le', 'Le', 'Fischer'],
        ['Ada King Lovelace', 'lovelace ada', 'Ada', 'Lovelace'],
        ['Eva Nováková', 'novako', 'Nováko'],
        ['Noe\u0301mie', 'noe', 'Noe\u0301'],
        ['Noe\u0301mie', 'nóé', 'Noe\u0301'],
        ['Jonas Weiß', 'weis', 'Weiß'],
        ['Σωκράτης', 'ΣΩΚΡΑΤΗΣ', 'Σωκράτης'],
        ['İpek', 'i', 'İ'],
        ['山田 太郎', '太', '太'],
        ['ada@example.com', 'mailto:ADA@', 'ada@'],
    ]) {
        assert.deepEqual(parts(name, nameMarks(name, find)), marked, `${name}, ${find}`);
    }
});

test('nothing is marked where the API finds nothing', () => {
    for (const [name, find] of [
        ['Ada King Lovelace', 'king'],
        ['Lena Fischer', 'ena'],
        ['Lena Fischer', 'fischer x'],
        ['Lena', 'lena f'],
        ['Lena', ''],
        ['Lena', '@'],
        ['', 'lena'],
    ]) {
        assert.equal(nameMarks(name, find), undefined, `${name}, ${find}`);
    }
});

test('the digits of a phone are marked as they are dialled from abroad and at home', () => {
    const german = '+4917612345678';
    for (const [number, code, find, marked] of [
        [german, 2, '+49 (0)176', '+49176'],
        [german, 2, '0049-176', '+49176'],
        [german, 2, '49', '+49'],
        [german, 2, '0176 12', '17612'],
        [german, 2, '176', '176'],
        ['+12015550123', 1, '(201) 5', '2015'],
        ['+12015550123', 1, '1 20', '+120'],
        ['+390612345', 2, '06 1', '061'],
        ['+79121234567', 1, '8 912', '912'],
        ['+36201234567', 2, '06 20', '20'],
        ['+12015550123;ext=5', 1, '+12015550123 ext. 5', '+12015550123'],
    ]) {
        const mark = phoneMark(number, code, find);
        assert.deepEqual(parts(number, mark && [mark]), [marked], `${number}, ${find}`);
    }
    for (const find of ['+176', '0', '', '+', 'lena 17', '999'])
        assert.equal(phoneMark(german, 2, find), undefined, find);
});
