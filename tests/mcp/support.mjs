// Runs public clients of the protocol. A proxy adds the token for a client that cannot send one.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';

const [MAJOR, MINOR] = process.versions.node.split('.').map(Number);
if (MAJOR < 22 || (MAJOR === 22 && MINOR < 19)) {
    throw new Error('these tests need Node 22.19 or newer: `make test` installs it in .tools/node');
}

/**
 * Runs a program of a package with this Node. It is stopped if the test ends first.
 *
 * @param name of the program in `node_modules/.bin`
 * @param t the context of the test
 * @param home the folder where the program may keep files
 * @returns its exit code and what it printed
 */
export function run(name, args, { t, home }) {
    const program = fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));
    const options = { cwd: home, env: { ...process.env, HOME: home }, signal: t.signal, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve, reject) => {
        execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
            if (error && typeof error.code !== 'number') reject(error);
            else resolve({ code: error?.code ?? 0, stdout, stderr });
        });
    });
}

/** Gets a token of a workspace from the system's own issuer. */
export async function tokenOf(url, workspace) {
    const answer = await fetch(`${url}/dev/token?workspace=${workspace}`);
    return (await answer.json()).access_token;
}

/**
 * Starts a proxy that adds a token to every request and changes nothing else.
 *
 * @returns its URL, the requests so far that the server failed to answer, and how to stop it
 */
export async function startProxy(url, token) {
    const failures = [];
    const server = createServer((asked, answer) => {
        const headers = { ...asked.headers, authorization: `Bearer ${token}` };
        const sent = request(`${url}${asked.url}`, { method: asked.method, headers }, (got) => {
            if (got.statusCode >= 500) failures.push(`${got.statusCode} ${asked.method} ${asked.url}`);
            answer.writeHead(got.statusCode, got.headers);
            pipeline(got, answer, () => {});
        });
        sent.on('error', (error) => {
            failures.push(`${error.message} ${asked.method} ${asked.url}`);
            answer.destroy();
        });
        pipeline(asked, sent, () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stop = () => {
        server.closeAllConnections();
        server.close();
    };
    return { url: `http://127.0.0.1:${server.address().port}`, failures, stop };
}
