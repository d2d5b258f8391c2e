// What a person has said of a file stays while it is read in other ways, and when they come back to it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriedOver, mappingOf, remapped, reread, settingsOf, withHeader } from '../page/imports/draft.js';
import { meetingOfImport, meetingOfPreview, meetsOthers } from '../page/imports/people.js';

const columnsOf = (...headers) => headers.map((header, column) => ({ column, header, samples: [] }));
const to = (column, field) => ({ column, field });

const DRAFT = { on_invalid: 'skip_cell', existing: 'update' };

test('read in another way, a column keeps what it fed, and a new one feeds what is suggested', () => {
    const kept = {
        columns: columnsOf('Name', 'StraÃŸe', 'Mail', 'Plan'),
        mapping: [to(0, 'name'), to(2, 'custom.mail'), to(3, 'custom.plan')],
    };
    const suggested = {
        columns: columnsOf('Name', 'Straße', 'Mail', 'Plan'),
        mapping: [to(0, 'name'), to(1, 'custom.strasse'), to(2, 'email'), to(3, 'custom.tier')],
    };
    assert.deepEqual(carriedOver(kept, suggested), [
        to(0, 'name'),
        to(2, 'custom.mail'),
        to(3, 'custom.plan'),
        to(1, 'custom.strasse'),
    ]);
});

test('a column that was left out stays left out', () => {
    const columns = columnsOf('Email', 'Plan');
    const suggested = { columns, mapping: [to(0, 'email'), to(1, 'custom.plan')] };
    assert.deepEqual(carriedOver({ columns, mapping: [to(0, 'email')] }, suggested), [to(0, 'email')]);
    assert.deepEqual(carriedOver({ columns, mapping: [] }, suggested), []);
});

test('a column is found again where it has moved to, and the order of the parts of a name stays', () => {
    const kept = { columns: columnsOf('Last', 'First'), mapping: [to(1, 'name'), to(0, 'name')] };
    const suggested = { columns: columnsOf('"x"', 'Last', 'First'), mapping: [to(1, 'name'), to(2, 'name')] };
    assert.deepEqual(carriedOver(kept, suggested), [to(2, 'name'), to(1, 'name')]);
});

test('columns without headers of their own are known by their places, among as many', () => {
    const kept = { columns: columnsOf(null, 'Tel', 'Tel'), mapping: [to(0, 'email'), to(2, 'whatsapp')] };
    const same = { columns: columnsOf(null, 'Tel', 'Tel'), mapping: [to(0, 'name'), to(1, 'telephone')] };
    assert.deepEqual(carriedOver(kept, same), kept.mapping);
    const wider = { columns: columnsOf(null, 'Tel', 'Tel', null), mapping: [to(1, 'telephone')] };
    assert.deepEqual(carriedOver(kept, wider), [to(1, 'telephone')]);
});

test('what is suggested for a new column gives way where its field takes one column only', () => {
    const kept = { columns: columnsOf('A', 'B'), mapping: [to(0, 'slack'), to(1, 'email')] };
    const suggested = { columns: columnsOf('A', 'B', 'C', 'D'), mapping: [to(2, 'slack'), to(3, 'email')] };
    assert.deepEqual(carriedOver(kept, suggested), [...kept.mapping, to(3, 'email')]);
});

test('a mapping is kept for the columns that it was made for, until they are read', () => {
    const first = { columns: columnsOf('Größe', 'Mail'), mapping: [to(1, 'email')], asked: DRAFT };
    const chosen = remapped(DRAFT, [to(0, 'name')], first);
    assert.deepEqual(mappingOf(chosen, first), [to(0, 'name')]);

    const other = reread(chosen, { encoding: 'macintosh' }, first);
    assert.deepEqual(other, {
        ...DRAFT,
        encoding: 'macintosh',
        mapping: undefined,
        kept: { mapping: [to(0, 'name')], columns: first.columns },
    });
    assert.deepEqual(mappingOf(other, first), [to(0, 'name')], 'the former columns are still shown');
    const second = { columns: columnsOf('Gr√∂√üe', 'Mail'), mapping: [to(1, 'email')], asked: other };
    assert.deepEqual(mappingOf(other, second), [to(1, 'email')]);
    assert.equal(reread(other, { encoding: 'utf-8' }, second).kept, other.kept, 'the way back restores everything');

    // Chosen while other columns are on their way.
    const between = remapped(other, [to(0, 'slack')], first);
    assert.deepEqual(between.kept, { mapping: [to(0, 'slack')], columns: first.columns });
    assert.equal(between.mapping, undefined);
    assert.deepEqual(remapped(other, [to(0, 'slack')], second).mapping, [to(0, 'slack')]);
});

test('what nobody has mapped is suggested anew', () => {
    const shown = { columns: columnsOf('Mail'), mapping: [to(0, 'email')], asked: DRAFT };
    const { mapping, kept } = reread(DRAFT, { quoting: 'none' }, shown);
    assert.deepEqual([mapping, kept], [undefined, undefined]);
    assert.deepEqual(mappingOf(DRAFT), []);
});

test('a header row or none leaves the mapping of the columns', () => {
    const shown = { columns: columnsOf('Mail'), mapping: [to(0, 'email')], asked: DRAFT };
    const chosen = remapped(DRAFT, [to(0, 'slack')], shown);
    assert.deepEqual(withHeader(chosen, false, shown).mapping, [to(0, 'slack')]);
    const other = reread(chosen, { quoting: 'none' }, shown);
    const { header, mapping, kept } = withHeader(other, false, { ...shown, mapping: [to(0, 'slack')] });
    assert.deepEqual([header, mapping, kept], [false, [to(0, 'slack')], undefined]);
    assert.equal(withHeader(DRAFT, true, shown).mapping, undefined);
});

test('an import is ordered again by all of its settings', () => {
    const job = {
        id: '1',
        file_name: 'people.csv',
        encoding: 'macintosh',
        quoting: 'none',
        header: true,
        mapping: [to(0, 'email')],
        default_country: 'DE',
        on_invalid: 'reject_row',
        existing: 'skip',
        dry_run: true,
    };
    const { encoding, quoting, header, mapping, default_country, on_invalid, existing } = job;
    assert.deepEqual(settingsOf(job), {
        encoding,
        quoting,
        header,
        mapping,
        default_country,
        on_invalid,
        existing,
    });
    assert.equal(settingsOf({ ...job, mapping: [] }).mapping, undefined);
});

test('more than one row in twenty that would meet somebody else is too many', () => {
    const isAsked = (rows, other_names) =>
        meetsOthers(meetingOfPreview({ people: { rows, duplicates: 0, other_names }, warnings: [] }));
    assert.equal(isAsked(20, 1), false);
    assert.equal(isAsked(19, 1), true);
    assert.equal(isAsked(40, 3), true);
    assert.equal(isAsked(0, 0), false);
    assert.equal(meetsOthers(meetingOfPreview({ warnings: [] })), false);
    assert.equal(meetsOthers(meetingOfImport({ rows: { read: 19 }, other_names: 1, warnings: [] })), true);
    assert.equal(meetsOthers(meetingOfImport({ rows: { read: 19 }, warnings: [] })), false);
});
