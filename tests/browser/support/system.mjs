// The whole system on this machine, started and stopped by a file of tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const PROGRAM =
    process.env.CONTACTS_LOCAL ?? fileURLToPath(new URL('../../../target/debug/contacts-local', import.meta.url));
const READY = /^Contacts is running at (\S+)$/;

// Else nobody would stop what these tests have started.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/**
 * Starts the system with a book in memory, empty unless `options` (of the command line) say otherwise; with `--data`, the
 * book is in that folder. Its functions log errors only, to the standard error of the tests.
 *
 * @returns once it answers, its URL and how to stop it
 */
export async function startSystem(...options) {
    const place = options.includes('--data') ? [] : ['--memory'];
    const child = spawn(PROGRAM, ['--port', '0', ...place, ...options], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { RUST_LOG: 'error', ...process.env },
    });
    // Also where the tests end early.
    const kill = () => child.kill();
    process.once('exit', kill);
    const exited = once(child, 'exit').finally(() => process.off('exit', kill));
    const stop = async () => {
        child.kill();
        await exited;
    };
    return { url: await readyUrl(child, exited), stop };
}

async function readyUrl(child, exited) {
    const lines = createInterface({ input: child.stdout });
    const ready = (async () => {
        for await (const line of lines) {
            const [, url] = line.match(READY) ?? [];
            if (url) return url;
        }
        throw new Error(`${PROGRAM} ended before it was ready`);
    })();
    return Promise.race([ready, exited.then(() => ready)]);
}
