// The libraries are those of the lock file, as the script copies them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const vendored = join(web, 'page/vendor');

test('the vendored libraries are what the script makes of the locked packages', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vendor-'));
    try {
        execFileSync(process.execPath, [join(web, 'vendor.mjs'), folder]);
        assert.deepEqual(readdirSync(vendored).sort(), readdirSync(folder).sort());
        for (const file of readdirSync(folder)) {
            assert.ok(readFileSync(join(folder, file)).equals(readFileSync(join(vendored, file))), file);
        }
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test('each library is recorded with its version and its licence', () => {
    const { dependencies } = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'));
    const licences = readFileSync(join(vendored, 'LICENSES.md'), 'utf8');
    for (const [name, version] of Object.entries(dependencies)) {
        assert.match(
            licences,
            new RegExp(`^## ${name} ${version}\n\nThe npm package \`${name}\`, licence (MIT|Apache-2\\.0): `, 'm'),
        );
    }
});
