// The Inspector's command line lists and calls every tool, in both forms of the protocol.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startSystem } from '../browser/support/system.mjs';
import { run, tokenOf } from './support.mjs';

const LIMIT = 120_000;
/** How the Inspector ends if the answer of a tool is an error. */
const TOOL_ERROR = 5;

const EVENT = {
    conversation_id: 'call-1',
    channel: 'telephone',
    assistant_id: 'front-desk',
    captured: [
        { field: 'telephone', value: '+14152000001' },
        { field: 'name', value: 'Ada Lovelace' },
    ],
};

let system;
let home;

before(async () => {
    home = await mkdtemp(join(tmpdir(), 'contacts-inspector-'));
    system = await startSystem();
});
after(async () => {
    await system?.stop();
    await rm(home, { recursive: true, force: true });
});

// Up to 2025-11-25 a connection begins with a handshake; since 2026-07-28 each request stands alone.
for (const era of ['legacy', 'modern']) {
    test(`the Inspector lists and calls every tool (${era})`, { timeout: LIMIT }, async (t) => {
        const token = await tokenOf(system.url, era);
        const ask = (method, ...args) => {
            const server = ['--cli', `${system.url}/mcp`, '--transport', 'http', '--protocol-era', era];
            const header = ['--header', `Authorization: Bearer ${token}`];
            return run('mcp-inspector', [...server, ...header, '--format', 'json', '--method', method, ...args], {
                t,
                home,
            });
        };
        const result = async (...asked) => {
            const { code, stdout, stderr } = await ask(...asked);
            assert.equal(code, 0, stderr);
            return JSON.parse(stdout).result;
        };
        const call = async (tool, args) => {
            const answer = await result('tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args));
            assert.equal(answer.isError, false);
            return answer.structuredContent;
        };

        // With `--strict`, a schema that clients may be unable to read is an error.
        const { tools } = await result('tools/list', '--strict');
        const names = tools.map(({ name }) => name);
        assert.deepEqual(names, ['who_is', 'get_contact', 'list_conversations', 'record']);

        const recorded = await call('record', EVENT);
        assert.equal(recorded.outcome, 'created');
        const who = await call('who_is', { telephone: '(415) 200-0001' });
        assert.deepEqual([who.match, who.identity, who.contact.id], ['one', 'proven', recorded.contact_id]);
        const { contact } = await call('get_contact', { contact_id: recorded.contact_id });
        assert.equal(contact.name, 'Ada Lovelace');
        const { items } = await call('list_conversations', { contact_id: recorded.contact_id });
        assert.deepEqual(
            items.map((item) => item.conversation_id),
            ['call-1'],
        );
        const refused = await ask('tools/call', '--tool-name', 'who_is', '--tool-args-json', '{"phone": "1"}');
        assert.equal(refused.code, TOOL_ERROR, refused.stderr);
    });
}
