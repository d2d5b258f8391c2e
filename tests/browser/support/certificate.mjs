// A certificate that signs itself, for a server that only tests talk to. Node can use one, but not make one.

import { generateKeyPairSync, sign } from 'node:crypto';

const ECDSA_WITH_SHA256 = sequence(tagged(0x06, Buffer.from('2a8648ce3d040302', 'hex')));

/** @returns `{key, cert}` in PEM, as `tls` takes them */
export function selfSigned() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // RFC 5280, 4.1: a number, the signature's algorithm, a nameless issuer, the validity, a nameless subject, the key.
    const body = sequence(
        tagged(0x02, Buffer.of(1)),
        ECDSA_WITH_SHA256,
        sequence(),
        sequence(time(Date.now() - 86_400_000), time(Date.now() + 86_400_000)),
        sequence(),
        publicKey.export({ type: 'spki', format: 'der' }),
    );
    const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)]));
    const der = sequence(body, ECDSA_WITH_SHA256, signature).toString('base64');
    return {
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        cert: `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    };
}

function sequence(...parts) {
    return tagged(0x30, Buffer.concat(parts));
}

function time(milliseconds) {
    const text = new Date(milliseconds).toISOString().replace(/\.\d+|\D/g, '');
    return tagged(0x17, Buffer.from(`${text.slice(2)}Z`));
}

/** DER: a tag, the length, the content. */
function tagged(tag, content) {
    const { length } = content;
    const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
    return Buffer.concat([Buffer.of(tag, ...size), content]);
}
