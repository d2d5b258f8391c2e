// A proxy between Chromium and the system: what stands there on AWS, and what may go wrong there.

import { once } from 'node:events';
import { request } from 'node:http';
import { createSecureServer } from 'node:http2';
import { pipeline } from 'node:stream';
import { selfSigned } from './certificate.mjs';

/** Chromium must be started with these to use the proxy. */
export const PROXY_ARGUMENTS = ['--ignore-certificate-errors'];

/** Of a connection, and not of what it carries. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding'];

/**
 * Starts the proxy. It speaks HTTP/2, as API Gateway does: the browser requests everything at once.
 *
 * @param meet is called with the path and its query before each request is forwarded. It may return, or resolve to, what
 *     happens instead: a status, `'abort'`, or `'hang'`
 * @returns the setting of Playwright, and how to stop the proxy
 */
export async function startProxy(meet) {
    const server = createSecureServer(selfSigned(), async (asked, answer) => {
        const fault = await meet(asked.url);
        if (fault === undefined) forward(asked, answer);
        else if (fault === 'abort') answer.stream.close();
        else if (fault !== 'hang') answer.writeHead(fault, { 'content-type': 'application/json' }).end('{}');
    });
    const sessions = new Set();
    server.on('session', (session) => sessions.add(session));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stop = () => {
        for (const session of sessions) session.destroy();
        server.close();
    };
    return { proxy: { server: `https://127.0.0.1:${server.address().port}` }, stop };
}

function forward(asked, answer) {
    const { authority, method, url, headers } = asked;
    const plain = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
    const sent = request(`http://${authority}${url}`, { method, headers: Object.fromEntries(plain) }, (got) => {
        const kept = Object.entries(got.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
        answer.writeHead(got.statusCode, Object.fromEntries(kept));
        pipeline(got, answer, () => {});
    });
    sent.on('error', () => answer.stream.close());
    pipeline(asked, sent, () => {});
}
