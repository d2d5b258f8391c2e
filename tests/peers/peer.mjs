// Imports people from a CSV file as one would write it with Node: a peer that `make bench-peers` compares with.
//
//     node peer.mjs DYNAMODB_URL FILE CONCURRENCY [PACK]
//
// The same as peer.py, which tells the pattern, with ElectroDB (of the libraries for such tables the most used), csv-parse
// and libphonenumber-js.

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parse } from 'csv-parse';
import { Entity, Service } from 'electrodb';
import { parsePhoneNumberFromString } from 'libphonenumber-js';

const [WORKSPACE, COUNTRY, ATTEMPTS] = ['demo', 'US', 10];

const [url, file, concurrency, pack = '1'] = process.argv.slice(2);
const client = new DynamoDBClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 5,
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: Number(concurrency) } },
});

const text = { type: 'string' };
const key = (field, composite, template) => ({ field, composite, template, casing: 'none' });

const contact = new Entity(
    {
        model: { service: 'book', entity: 'contact', version: '1' },
        attributes: {
            workspace: text,
            id: text,
            name: text,
            phone: text,
            email: text,
            index_shard: text,
            recent: text,
            created_at: text,
            updated_at: text,
            version: { type: 'number', default: 1 },
        },
        indexes: {
            primary: { pk: key('pk', ['workspace', 'id'], 'W#${workspace}#C#${id}'), sk: key('sk', [], 'CONTACT') },
        },
    },
    { client, table: 'contacts' },
);

const marker = new Entity(
    {
        model: { service: 'book', entity: 'marker', version: '1' },
        attributes: { workspace: text, kind: text, value: text, contact_id: text },
        indexes: {
            primary: {
                pk: key('pk', ['workspace', 'kind', 'value'], 'W#${workspace}#I#${kind}#${value}'),
                sk: key('sk', [], 'CLAIM'),
            },
        },
    },
    { client, table: 'contacts' },
);

const book = new Service({ contact, marker });

/** The person of a row: name, phone in E.164, email in lower case, as far as they are there. */
function read({ Name, Phone, Email }) {
    const person = {};
    if (Name) person.name = Name.replace(/\s+/g, ' ');
    if (Phone) {
        const phone = parsePhoneNumberFromString(Phone, COUNTRY);
        if (!phone?.isPossible()) throw new Error(`no phone: ${Phone}`);
        person.phone = phone.number;
    }
    if (Email) person.email = Email.toLowerCase();
    return person;
}

const identifiers = (person) => ['phone', 'email'].filter((kind) => person[kind]);

/** The write that takes a phone or an email for a contact. If somebody has it, the answer says who. */
const take = (person, kind, contact_id) =>
    marker.create({ workspace: WORKSPACE, kind, value: person[kind], contact_id }).commit({ response: 'all_old' });

/** The writes that make a contact: itself, with what the indexes go by, and its markers. */
function creation(person) {
    const [id, at] = [randomUUID(), new Date().toISOString()];
    const indexed = { index_shard: `${WORKSPACE}#0`, recent: `${at}#${id}` };
    const item = { workspace: WORKSPACE, id, created_at: at, updated_at: at, ...indexed, ...person };
    return [contact.create(item).commit(), ...identifiers(person).map((kind) => take(person, kind, id))];
}

/** Writes all or nothing. Gives nothing when done, else what stood in the way of each write. */
async function write(writes) {
    const { canceled, data } = await book.transaction.write(() => writes).go();
    return canceled ? data : undefined;
}

async function upsert(person) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        // Most are new: trying costs new people one request, and looking first would cost all of them one more.
        const reasons = await write(creation(person));
        if (!reasons) return;
        const owners = reasons.slice(1).map(({ item }) => item?.contact_id);
        if (owners.some(Boolean) && (await update(person, owners))) return;
        // Another writer holds or has just changed what this one needs. The SDK does not try these again.
        await setTimeout(Math.random() * 10 * 2 ** attempt);
    }
    throw new Error('too many other writers');
}

/** Tells the first known contact what is new, unless it changes meanwhile: then gives false. */
async function update(person, owners) {
    const id = owners.find(Boolean);
    const { data: known } = await contact.get({ workspace: WORKSPACE, id }).go({ consistent: true });
    if (!known) return false;
    const kinds = identifiers(person);
    // A phone or email of somebody else stays theirs.
    const theirs = kinds.filter((_, place) => owners[place] && owners[place] !== id);
    const news = Object.entries(person).filter(([field, value]) => !theirs.includes(field) && known[field] !== value);
    if (news.length === 0) return true;
    const change = contact
        .update({ workspace: WORKSPACE, id })
        .set({ ...Object.fromEntries(news), updated_at: new Date().toISOString() })
        .add({ version: 1 })
        .where(({ version }, { eq }) => eq(version, known.version));
    const free = kinds.filter((_, place) => !owners[place]);
    if (free.length > 0) return !(await write([change.commit(), ...free.map((kind) => take(person, kind, id))]));
    try {
        // A single write costs half of what a transaction does.
        await change.go();
        return true;
    } catch (error) {
        if (['ConditionalCheckFailedException', 'TransactionConflictException'].includes(error.cause?.name))
            return false;
        throw error;
    }
}

/** Makes contacts in one transaction. If one of them is known it is cancelled, and they come one by one. */
async function upsertAll(people) {
    const values = people.flatMap((person) => identifiers(person).map((kind) => person[kind]));
    // A transaction names an item once.
    const alone = people.length === 1 || new Set(values).size < values.length;
    if (!alone && !(await write(people.flatMap(creation)))) return;
    for (const person of people) await upsert(person);
}

const rows = createReadStream(file)
    .pipe(parse({ columns: true, bom: true, trim: true }))
    [Symbol.asyncIterator]();
async function work() {
    for (;;) {
        const people = [];
        while (people.length < Number(pack)) {
            const { done, value } = await rows.next();
            if (done) break;
            people.push(read(value));
        }
        if (people.length === 0) return;
        await upsertAll(people);
    }
}
await Promise.all(Array.from({ length: Number(concurrency) }, work));
