// What holds of the page's files, without a browser.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseExactly } from '../page/json.js';

const page = fileURLToPath(new URL('../page', import.meta.url));
const index = readFileSync(join(page, 'index.html'), 'utf8');

function files(folder = page) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? files(path) : [relative(page, path)];
    });
}

const linked = (pattern) => [...index.matchAll(pattern)].map(([, path]) => path).sort();

const ending = (extension) =>
    files()
        .filter((path) => path.endsWith(extension))
        .sort();

const read = (path) => readFileSync(join(page, path), 'utf8');

/** The modules that a module names, as a pattern finds them. */
const named = (path, pattern) => [...read(path).matchAll(pattern)].map(([, to]) => join(dirname(path), to));

/** A module, and all that it needs to run. */
function withImports(path, found = new Set()) {
    if (!found.has(path)) {
        found.add(path);
        for (const needed of named(path, /^(?:import|export)\b[^;]*?\bfrom '(.+?)';/gm)) withImports(needed, found);
    }
    return found;
}

test('the document loads all that there is', () => {
    assert.deepEqual(new Set(linked(/<script[^>]* src="\/assets\/(.+?)"/g)), new Set(['start.js']));
    const entries = [...read('start.js').matchAll(/\bimport\(`\.\/(.+?\.js)/g)].map(([, path]) => path);
    assert.deepEqual(entries, ['enter.js', 'main.js']);
    const modules = new Set(entries.flatMap((path) => [...withImports(path)]));
    assert.deepEqual(['start.js', ...modules].sort(), ending('.js'));
    assert.deepEqual(linked(/<link rel="stylesheet" href="\/assets\/(.+?)">/g), ['style.css']);
    const styles = [...read('style.css').matchAll(/@import "(.+?)";/g)].map(([, path]) => path);
    assert.deepEqual(['style.css', ...styles].sort(), ending('.css'));
});

test('who has no session does not load the application', () => {
    const modules = [...withImports('enter.js')];
    for (const path of ['app.js', 'api.js', 'router.js']) assert.ok(!modules.includes(path), path);
    const [, session] = /^const SESSION = ('.+');$/m.exec(read('sign-in.js'));
    assert.ok(read('start.js').includes(`sessionStorage.getItem(${session})`));
});

test('modules name files, since nothing resolves packages', () => {
    for (const path of files().filter((file) => file.endsWith('.js'))) {
        const source = read(path);
        for (const [, named] of source.matchAll(/\bfrom\s*['"]([^'"]+)['"];/g))
            assert.match(named, /^\.\.?\/.*\.js$/, path);
    }
});

test('nothing in the page could turn text into markup', () => {
    for (const path of files().filter((file) => /\.(js|html)$/.test(file) && !file.startsWith('vendor/'))) {
        const source = read(path);
        assert.doesNotMatch(
            source,
            /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|srcdoc|javascript:/,
            path,
        );
    }
    assert.doesNotMatch(index, /<style|<script(?![^>]*src=)|\son\w+=|\sstyle=/);
});

test('numbers keep all their digits, and texts stay texts', () => {
    for (const [json, value] of [
        ['1200', 1200],
        ['-0.5', -0.5],
        ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
        ['1.50', '1.50'],
        ['1E+30', '1E+30'],
        ['{"a":[1,-2,3.25],"b":null,"c":true}', { a: [1, -2, 3.25], b: null, c: true }],
        ['{"0.10": "0.10, \\"1E5\\" \\\\", "n": 0.10}', { '0.10': '0.10, "1E5" \\', n: '0.10' }],
        ['"\\\\"', '\\'],
    ]) {
        assert.deepEqual(parseExactly(json), value, json);
    }
    assert.throws(() => parseExactly('{"a":'));
});
