// Files on their way to the bucket. They go on while other views are shown, and the browser asks before the page is
// closed on one.

/**
 * @import { Upload as Link } from '#api'
 * @import { ImportSettings } from './draft.js'
 */

import { useEffect, useState } from '../vendor/hooks.js';

/**
 * @typedef {object} Upload
 * @property {File} file kept while the page is open: after a dry run it is imported for real
 * @property {ImportSettings} settings by which its import was ordered
 * @property {'sending' | 'sent' | 'failed' | 'cancelled'} state
 * @property {number} sent bytes so far
 * @property {string} [reason] why it failed, a sentence
 * @property {() => void} cancel
 * @property {() => void} [retry] where the same link may be used again
 */

/** @type {Map<string, Upload>} by the import's id */
const uploads = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

addEventListener('beforeunload', (event) => {
    if ([...uploads.values()].some(({ state }) => state === 'sending')) event.preventDefault();
});

/**
 * Puts a file up by the link that the API gave, which starts the import.
 *
 * @param {string} id
 * @param {File} file
 * @param {Link} link
 * @param {ImportSettings} settings
 */
export function upload(id, file, link, settings) {
    // fetch does not report how far an upload is.
    const sending = new XMLHttpRequest();
    /** @type {Upload} */
    let current = { file, settings, state: 'sending', sent: 0, cancel: () => sending.abort() };
    /** @param {Partial<Upload>} news */
    const change = (news) => {
        current = { ...current, ...news };
        uploads.set(id, current);
        for (const listener of listeners) listener();
    };
    const again = () => upload(id, file, link, settings);
    /** @param {string} reason */
    const fail = (reason) => {
        const expired = Date.parse(link.expires_at) < Date.now();
        change(
            expired
                ? { state: 'failed', reason: 'The upload link has expired.' }
                : { state: 'failed', reason, retry: again },
        );
    };
    sending.upload.onprogress = ({ loaded }) => change({ sent: loaded });
    sending.onload = () => {
        if (sending.status < 300) change({ state: 'sent', sent: file.size });
        else fail(`The upload was refused (${sending.status}).`);
    };
    // Also of a file that was changed or moved since it was chosen: the browser does not tell them apart.
    sending.onerror = () => fail('The upload was interrupted. Check the connection, and that the file was not moved.');
    sending.onabort = () => change({ state: 'cancelled', retry: again });
    sending.open(link.method, link.url);
    for (const [name, value] of Object.entries(link.headers)) sending.setRequestHeader(name, value);
    change({});
    sending.send(file);
}

/**
 * The upload of an import, if it began on this page; the component is drawn again as it goes on.
 *
 * @param {string} id
 */
export function useUpload(id) {
    const [, setDrawn] = useState(0);
    useEffect(() => {
        const draw = () => setDrawn((drawn) => drawn + 1);
        listeners.add(draw);
        // A small file may have arrived already.
        draw();
        return () => {
            listeners.delete(draw);
        };
    }, []);
    return uploads.get(id);
}
