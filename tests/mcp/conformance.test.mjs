// The protocol's public conformance suite. Many of its scenarios call tools, prompts and resources that only the suite's own
// example server has. The lists below say which scenarios the book must pass, and why the others do not apply.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startSystem } from '../browser/support/system.mjs';
import { run, startProxy, tokenOf } from './support.mjs';

const LIMIT = 120_000;

/** The scenarios that pass, by revision of the protocol. */
const PASS = {
    '2025-11-25': ['dns-rebinding-protection', 'ping', 'server-initialize', 'tools-list'],
    '2026-07-28': [
        'dns-rebinding-protection',
        'http-header-validation',
        'input-required-result-unsupported-methods',
        'input-required-result-validate-input',
        'server-sse-multiple-streams',
        'tools-list',
    ],
};

/** The scenarios that cannot pass, by what they require and the book does not offer. */
const NOT_OFFERED = {
    'tools of the example server': [
        'json-schema-2020-12',
        'tools-call-audio',
        'tools-call-embedded-resource',
        'tools-call-error',
        'tools-call-image',
        'tools-call-mixed-content',
        'tools-call-simple-text',
        'tools-call-with-progress',
    ],
    'a tool with arguments in headers': ['http-custom-header-server-validation'],
    'tools that ask the client something': [
        'elicitation-sep1034-defaults',
        'elicitation-sep1330-enums',
        'input-required-result-basic-elicitation',
        'input-required-result-basic-list-roots',
        'input-required-result-basic-sampling',
        'input-required-result-capability-check',
        'input-required-result-ignore-extra-params',
        'input-required-result-missing-input-response',
        'input-required-result-multi-round',
        'input-required-result-multiple-input-requests',
        'input-required-result-non-tool-request',
        'input-required-result-request-state',
        'input-required-result-result-type',
        'input-required-result-tampered-state',
        'tools-call-elicitation',
        'tools-call-sampling',
    ],
    // In 2026-07-28, streams need no session: there, the second scenario passes.
    'sessions, which 2026-07-28 has removed': [
        'server-session-lifecycle',
        'server-sse-multiple-streams',
        'server-sse-polling',
    ],
    'tasks, an extension': [
        'tasks-capability-negotiation',
        'tasks-dispatch-and-envelope',
        'tasks-lifecycle',
        'tasks-mrtr-composition',
        'tasks-mrtr-input',
        'tasks-request-headers',
        'tasks-request-state-removal',
        'tasks-required-task-error',
        'tasks-status-notifications',
        'tasks-wire-fields',
    ],
    resources: [
        'resources-list',
        'resources-read-binary',
        'resources-read-text',
        'resources-subscribe',
        'resources-templates-read',
        'resources-unsubscribe',
        'sep-2164-resource-not-found',
    ],
    prompts: [
        'prompts-get-embedded-resource',
        'prompts-get-simple',
        'prompts-get-with-args',
        'prompts-get-with-image',
        'prompts-list',
    ],
    completion: ['completion-complete'],
    'log messages': ['logging-set-level', 'tools-call-with-logging'],
};

/** Scenarios of which only these checks cannot pass, for the same reasons. */
const PARTLY_OFFERED = {
    caching: [
        'sep-2549-prompts-list-caching-hints',
        'sep-2549-resources-list-caching-hints',
        'sep-2549-resources-templates-list-caching-hints',
    ],
    'server-stateless': [
        'sep-2575-http-server-no-independent-requests-on-stream',
        'sep-2575-missing-capability-http-400',
        'sep-2575-server-no-log-without-loglevel',
        'sep-2575-server-rejects-undeclared-capability',
    ],
};

let system;
let proxy;
let home;

before(async () => {
    home = await mkdtemp(join(tmpdir(), 'contacts-conformance-'));
    system = await startSystem();
    proxy = await startProxy(system.url, await tokenOf(system.url, 'acme'));
});
after(async () => {
    proxy?.stop();
    await system?.stop();
    await rm(home, { recursive: true, force: true });
});

const CANNOT_PASS = new Set([...Object.values(NOT_OFFERED).flat(), ...Object.keys(PARTLY_OFFERED)]);
/** A check of every scenario: whether all messages of the server have the form that the protocol's schema describes. */
const FORM = 'wire-schema-valid';

const notPassed = new Set();

for (const revision of Object.keys(PASS)) {
    test(`the server conforms to ${revision} in all that it offers`, { timeout: LIMIT }, async (t) => {
        const output = join(home, revision);
        const args = ['server', '--url', `${proxy.url}/mcp`, '--requirements', revision, '--output-dir', output];
        const { stdout, stderr } = await run('conformance', args, { t, home });
        assert.match(stdout, /^=== SUMMARY ===$/m, `the suite did not end: ${stdout}\n${stderr}`);

        const passed = [];
        const problems = [];
        for (const [name, checks] of await read(output)) {
            const faults = checks.filter(({ status }) => ['FAILURE', 'WARNING'].includes(status));
            const isProved = checks.some(({ id, status }) => status === 'SUCCESS' && id !== FORM);
            if (faults.length === 0 && isProved) passed.push(name);
            else notPassed.add(name);
            if (PARTLY_OFFERED[name]) {
                assert.deepEqual(faults.map(({ id }) => id).sort(), PARTLY_OFFERED[name], name);
            }
            const unexpected = faults.filter(({ id }) => id === FORM || !CANNOT_PASS.has(name));
            problems.push(...unexpected.map(({ id, errorMessage }) => `${name}: ${id}: ${errorMessage}`));
        }
        assert.deepEqual(problems, []);
        assert.deepEqual(passed.sort(), PASS[revision]);
        assert.deepEqual(proxy.failures, []);
    });
}

test('the suite still has every scenario that does not apply, and no other', () => {
    assert.deepEqual([...notPassed].sort(), [...CANNOT_PASS].sort());
});

/** The checks of each scenario, from the folder where the suite has put its results. */
async function read(folder) {
    const results = await readdir(folder);
    return Promise.all(
        results.map(async (result) => {
            const [, name] = result.match(/^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/);
            return [name, JSON.parse(await readFile(join(folder, result, 'checks.json'), 'utf8'))];
        }),
    );
}
