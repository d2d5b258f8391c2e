// Bundles the page, into the folder `bundle` or the one given as the argument.
//
//     npm ci && npm run bundle
//
// On Lambda each file is an invocation of a function, and a new account has ten at a time. The bundle has the names of the
// page's entry points, so the document is the same.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const page = fileURLToPath(new URL('page', import.meta.url));
const target = process.argv[2] ?? fileURLToPath(new URL('bundle', import.meta.url));

const options = { absWorkingDir: page, outdir: target, minify: true, logLevel: 'warning' };

rmSync(target, { recursive: true, force: true });
await Promise.all([
    // Stands alone, and loads the others by names that esbuild must not resolve.
    build({ ...options, entryPoints: ['start.js'] }),
    // Without a common part, which would be another file to load.
    build({
        ...options,
        entryPoints: ['enter.js', 'main.js', 'style.css'],
        bundle: true,
        format: 'esm',
        banner: { js: '/*! The licences of the libraries: vendor/LICENSES.md */' },
    }),
]);
// The document last: make takes it for the whole.
for (const file of ['icon.svg', 'vendor/flags.svg', 'vendor/LICENSES.md', 'index.html']) {
    cpSync(join(page, file), join(target, file));
}
