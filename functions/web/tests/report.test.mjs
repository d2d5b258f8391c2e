// Reading the report of an import, and writing corrected rows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correctedName, csvOf, reportReader } from '../page/imports/report.js';

const OWN = 'import_result,import_line,import_column,import_reason';

/** What is read when the text comes in pieces of so many characters. */
function read(text, { most = 20, size = text.length } = {}) {
    const take = reportReader(most);
    let report;
    for (let at = 0; at < text.length; at += size) report = take(text.slice(at, at + size));
    return report;
}

test('rejected rows are read, wherever the pieces end', () => {
    const text = [
        `Name,"E-mail, ""main""",${OWN}`,
        'Ada,"a@\r\nb ""x"" , y",rejected,2,"E-mail, ""main""",email_malformed: is not of the form name@domain',
        'Bea,bea@example.com,skipped,4,Name,name_too_long: is too long',
        'Cy,\'@cy,rejected,5,,"names_nobody: has no phone, email, handle or id to identify a contact"',
        '',
    ].join('\r\n');
    for (const size of [1, 2, 7, 50, text.length]) {
        const { names, delimiter, rows } = read(text, { size });
        assert.deepEqual([names, delimiter], [['Name', 'E-mail, "main"'], ',']);
        assert.deepEqual(
            rows.map(({ line, cells }) => [line, cells]),
            [
                ['2', ['Ada', 'a@\r\nb "x" , y']],
                ['5', ['Cy', '@cy']],
            ],
        );
        assert.deepEqual([...rows[0].faults], [[1, 'is not of the form name@domain']]);
        assert.deepEqual(rows[1].problems, ['this row has no phone, email, handle or id to identify a contact']);
    }
    assert.equal(read('Name,import_result,import'), undefined, 'the header is not complete');
    assert.equal(read(text, { most: 1 }).rows.length, 1);
});

test('every separator is read', () => {
    for (const separator of [',', ';', '\t', '|']) {
        const line = (cells) => `${cells.join(separator)}\r\n`;
        const row = ['', '1', 'rejected', '2', 'B', 'text_too_long: is too long'];
        const { names, delimiter, rows } = read(line(['A', 'B', ...OWN.split(',')]) + line(row));
        assert.deepEqual([names, delimiter, rows[0].cells], [['A', 'B'], separator, ['', '1']]);
    }
});

test('a problem stands with its cell only where that is certain', () => {
    const row = (columns, reasons) => read(`A,A,B,,${OWN}\r\n1,2,3,4,rejected,2,${columns},${reasons}\r\n`).rows[0];
    const both = row(
        'B; 4',
        'phone_too_short: is too short; names_nobody: has no phone; email_malformed: is bad; worse',
    );
    assert.deepEqual(
        [...both.faults],
        [
            [2, 'is too short'],
            [3, 'is bad; worse'],
        ],
    );
    assert.deepEqual(both.problems, ['this row has no phone']);
    for (const [columns, reasons, problem] of [
        ['A', 'email_malformed: is bad', 'A: is bad'],
        ['C', 'email_malformed: is bad', 'C: is bad'],
        ['B; 4', 'email_malformed: is bad', 'B; 4: is bad'],
        ['B', 'email_malformed: is bad; and 3 more', 'B: is bad; and 3 more'],
    ]) {
        const { faults, problems } = row(columns, reasons);
        assert.deepEqual([[...faults], problems], [[], [problem]]);
    }
});

test('what is written is read again', () => {
    const rows = [
        ['a;b', 'say "x"', ''],
        ['l\r\nm', ' c ', ','],
    ];
    const text = csvOf([['A', 'B', 'C'], ...rows], ';');
    assert.equal(text.split('\r\n')[0], '"A";"B";"C"');
    const own = ['rejected', '2', 'A', 'email_malformed: is bad'];
    const report = `A;B;C;${OWN.replaceAll(',', ';')}\r\n${csvOf(
        rows.map((cells) => [...cells, ...own]),
        ';',
    )}`;
    assert.deepEqual(
        read(report).rows.map(({ cells }) => cells),
        rows,
    );
});

test('the file of corrected rows is called after the first one', () => {
    assert.equal(correctedName('guests.csv'), 'guests-corrected.csv');
    assert.equal(correctedName('guests-corrected.csv'), 'guests-corrected.csv');
    assert.equal(correctedName('a.b.txt'), 'a.b-corrected.txt');
    assert.equal(correctedName('people'), 'people-corrected');
    assert.ok(correctedName(`${'x'.repeat(251)}.csv`).length <= 255);
});
