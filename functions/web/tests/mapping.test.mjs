// Which column of a file feeds which field.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    choiceOf,
    choose,
    columnName,
    customKey,
    faultsOf,
    LEFT_OUT,
    NEW,
    namesSomebody,
    withoutNew,
} from '../page/imports/mapping.js';

const columns = ['First name', 'Last name', 'Plan', null].map((header, column) => ({ column, header, samples: [] }));
const [first, last, plan, nameless] = columns;
const fields = [{ key: 'plan', label: 'Plan', type: 'string' }];

test('a choice is what the mapping says of a column', () => {
    const mapping = [
        { column: 0, field: 'name' },
        { column: 2, field: 'custom.plan_2', create: 'number' },
        { column: 3, field: 'custom.plan', create: null },
    ];
    assert.equal(choiceOf(mapping, 0), 'name');
    assert.equal(choiceOf(mapping, 1), LEFT_OUT);
    assert.equal(choiceOf(mapping, 2), NEW.number);
    assert.equal(choiceOf(mapping, 3), 'custom.plan');
});

test('a chosen column keeps its place among the parts of a name; a new one goes by the order of the file', () => {
    const swapped = [
        { column: 1, field: 'name' },
        { column: 0, field: 'name' },
    ];
    assert.deepEqual(choose(swapped, last, 'name', fields), swapped);
    assert.deepEqual(choose(swapped, last, 'email', fields), [{ column: 1, field: 'email' }, swapped[1]]);
    assert.deepEqual(choose(swapped, plan, 'custom.plan', fields), [...swapped, { column: 2, field: 'custom.plan' }]);
    const later = [{ column: 2, field: 'custom.plan' }];
    assert.deepEqual(choose(later, first, 'name', fields), [{ column: 0, field: 'name' }, ...later]);
    assert.deepEqual(choose([], first, 'name', fields), [{ column: 0, field: 'name' }]);
});

test('a column that is left out feeds nothing, and the mapping that was given stays as it is', () => {
    const mapping = [{ column: 0, field: 'name' }];
    assert.deepEqual(choose(mapping, first, LEFT_OUT, fields), []);
    assert.deepEqual(mapping, [{ column: 0, field: 'name' }]);
});

test('a new field is called by the header, and by no key that is taken', () => {
    const one = choose([], plan, NEW.string, fields);
    assert.deepEqual(one, [{ column: 2, field: 'custom.plan_2', create: 'string' }]);
    const same = { ...plan, column: 4 };
    assert.equal(choose(one, same, NEW.number, fields)[1].field, 'custom.plan_3');
    assert.equal(choose([], nameless, NEW.string, fields)[0].field, 'custom.column_4');
});

test('without new fields, the others stay', () => {
    const kept = { column: 0, field: 'name' };
    assert.deepEqual(withoutNew([kept, { column: 2, field: 'custom.plan_2', create: 'string' }]), [kept]);
});

test('a column is called by its header, else by its number', () => {
    assert.equal(columnName(plan), 'Plan');
    assert.equal(columnName(nameless), 'Column 4');
    assert.equal(customKey('custom.plan'), 'plan');
    assert.equal(customKey('email'), undefined);
});

test('what the API refuses in a mapping stands at its column, with the names of other columns', () => {
    const mapping = [
        { column: 2, field: 'custom.plan' },
        { column: 0, field: 'custom.plan' },
    ];
    const errors = [
        { field: 'mapping[1].field', reason: 'is fed by column 2 already' },
        { field: 'mapping[7].field', reason: 'is no field' },
        { field: 'mapping', reason: 'has no column that names anybody' },
    ];
    assert.deepEqual([...faultsOf(errors, mapping, columns)], [[0, 'is fed by “Plan” already']]);
});

test('a row needs a phone, an email, a user name or an id to say who it is about', () => {
    const ids = ['id', 'telephone', 'whatsapp', 'whatsapp_user_id', 'email', 'instagram', 'slack', 'microsoft_teams'];
    for (const field of ids) assert.equal(namesSomebody([{ column: 0, field }]), true, field);
    for (const field of ['name', 'dial_code', 'custom.email'])
        assert.equal(namesSomebody([{ column: 0, field }]), false, field);
    assert.equal(namesSomebody([]), false);
});
