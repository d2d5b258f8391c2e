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

const read = (path) => readFileSync(join(page, path), 'utf8');

/** The modules that a module names, as a pattern finds them. */
const named = (path, pattern) => [...read(path).matchAll(pattern)].map(([, to]) => join(dirname(path), to));

/** The modules that are loaded when they are needed. */
function late() {
    const scripts = files().filter((path) => path.endsWith('.js') && !path.startsWith('vendor/'));
    return scripts.flatMap((path) => named(path, /useLoad\(\(\) => import\('(.+?)'\)/g));
}

/** A module, and all that it needs to run. */
function withImports(path, found = new Set()) {
    if (!found.has(path)) {
        found.add(path);
        for (const needed of named(path, /^(?:import|export)\b[^;]*?\bfrom '(.+?)';/gm)) withImports(needed, found);
    }
    return found;
}

test('everything but three parts is loaded with the page: after a deployment, former files are gone', () => {
    assert.deepEqual(late(), ['imports/imports.js', 'settings/settings.js', 'settings/identity.js']);
    const first = [...withImports('main.js')];
    const preloaded = first.filter((path) => path !== 'main.js').sort();
    assert.deepEqual(linked(/<link rel="modulepreload" href="\/assets\/(.+?)">/g), preloaded);
    const all = new Set([...first, ...late().flatMap((path) => [...withImports(path)])]);
    assert.deepEqual(
        [...all].sort(),
        files()
            .filter((path) => path.endsWith('.js'))
            .sort(),
    );
    const styles = files()
        .filter((path) => path.endsWith('.css'))
        .sort();
    assert.deepEqual(linked(/<link rel="stylesheet" href="\/assets\/(.+?)">/g), styles);
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
