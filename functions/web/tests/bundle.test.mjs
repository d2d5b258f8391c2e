// What the bundle consists of.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const FILES = [
    'enter.js',
    'icon.svg',
    'index.html',
    'main.js',
    'start.js',
    'style.css',
    'vendor/LICENSES.md',
    'vendor/flags.svg',
];

let folder;

before(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    execFileSync(process.execPath, [join(web, 'bundle.mjs'), folder]);
});
after(() => rmSync(folder, { recursive: true }));

const bundled = (path) => readFileSync(join(folder, path), 'utf8');

test('each part is one file', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
    assert.deepEqual(paths.sort(), FILES);
    assert.ok(!bundled('style.css').includes('@import'));
});

test('the parts are found beside each other', () => {
    for (const path of ['./enter.js', './main.js']) assert.ok(bundled('start.js').includes(`import(\`${path}`), path);
    for (const path of ['./icon.svg', './vendor/flags.svg']) assert.ok(bundled('main.js').includes(`"${path}"`), path);
});

test('the scripts name the licences of their libraries', () => {
    for (const path of ['enter.js', 'main.js']) {
        assert.match(bundled(path).slice(0, 100), /^\/\*! .*vendor\/LICENSES\.md/, path);
    }
});
