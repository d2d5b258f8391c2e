// Copies the page's libraries out of node_modules into page/vendor, or into the folder given as the argument.
//
//     npm ci && npm run vendor
//
// What is copied is committed: the page is served as it stands, without a build. Only the one import between the
// libraries and the comments that name source maps are changed. The flags become one file of symbols, and less exact.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COUNTRIES } from './page/settings/countries.js';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const target = process.argv[2] ?? join(here, 'page/vendor');

const LIBRARIES = [
    {
        name: 'preact',
        licence: 'LICENSE',
        files: { 'dist/preact.module.js': 'preact.js', 'hooks/dist/hooks.module.js': 'hooks.js' },
    },
    { name: 'htm', licence: 'LICENSE', files: { 'dist/htm.module.js': 'htm.js' } },
    { name: 'oauth4webapi', licence: 'LICENSE.md', files: { 'build/index.js': 'oauth4webapi.js' } },
];
/** Drawings wider than this, in units, are shown so small that one unit is less than a tenth of a pixel. */
const LARGE = 300;
const FLAGS = { name: 'country-flag-icons', licence: 'LICENSE', folder: '3x2' };

const read = (...path) => readFileSync(join(modules, ...path), 'utf8');
const write = (name, text) => writeFileSync(join(target, name), text.endsWith('\n') ? text : `${text}\n`);

function script(text) {
    return text
        .replace(/\bfrom\s*"preact"/g, 'from"./preact.js"')
        .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
        .trimEnd();
}

/** The flags of the countries that have phone numbers as symbols, named by ISO 3166-1 alpha-2. */
function sprite() {
    const codes = COUNTRIES.map(([code]) => code).sort();
    const symbols = codes.map((code) => {
        const [, attributes, drawing] =
            /^<svg ([^>]*)>(.*)<\/svg>\s*$/s.exec(read(FLAGS.name, FLAGS.folder, `${code}.svg`)) ?? [];
        const [viewBox, width] = /\bviewBox="\S+ \S+ (\S+) [^"]*"/.exec(attributes) ?? [];
        // Ids would clash, and styles would be kept from working by the Content-Security-Policy.
        if (!viewBox || /\b(id|style|href)=/.test(drawing))
            throw new Error(`the flag of ${code} is not drawn as expected`);
        return `<symbol id="${code}" ${viewBox}>${width > LARGE ? coarse(drawing) : drawing}</symbol>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>`;
}

/** The drawing with the numbers of its paths rounded to whole ones, which nobody can see: a quarter fewer bytes. */
function coarse(drawing) {
    const round = (numbers) => numbers.replace(/-?(\d+\.?\d*|\.\d+)/g, (number) => ` ${Math.round(number)}`);
    const shorten = (numbers) =>
        round(numbers)
            .replace(/,? +(?=-)|^ +/g, '')
            .replace(/,? +/g, ' ');
    // But for arcs, whose flags may stand without a gap before the next number.
    const path = (text) => text.replace(/([B-Zb-z])([^A-Za-z]+)/g, (_, command, numbers) => command + shorten(numbers));
    return drawing.replace(/ d="([^"]*)"/g, (_, text) => ` d="${path(text)}"`);
}

function licence({ name, licence }, files) {
    const { version, license } = createRequire(import.meta.url)(join(modules, name, 'package.json'));
    const text = read(name, licence).trim().replace(/^/gm, '    ').replace(/ +$/gm, '');
    return `## ${name} ${version}\n\nThe npm package \`${name}\`, licence ${license}: ${files.join(', ')}.\n\n${text}`;
}

mkdirSync(target, { recursive: true });
const licences = ['# Libraries of the page\n\nWritten by `functions/web/vendor.mjs`, together with the files.'];
for (const library of LIBRARIES) {
    for (const [from, to] of Object.entries(library.files)) write(to, script(read(library.name, from)));
    licences.push(
        licence(
            library,
            Object.values(library.files).map((file) => `\`${file}\``),
        ),
    );
}
write('flags.svg', sprite());
licences.push(licence(FLAGS, ['`flags.svg`, its drawings put together, and their numbers rounded']));
write('LICENSES.md', licences.join('\n\n'));
