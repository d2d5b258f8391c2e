// Whether the list has changed since it was read, and the button that shows how.

/**
 * @import { PageContact } from '#api'
 * @import { Load } from '../ui/load.js'
 */

import { html } from '../ui/html.js';
import { useLive } from '../ui/live.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { listNewest, PAGE } from './book.js';

/**
 * Asks who was active last, and reads the first page anew when that has changed.
 *
 * @param {Load<PageContact>} page the first page as it was read
 * @param {(signal: AbortSignal) => Promise<PageContact>} reread
 * @param {boolean} isWanted
 * @returns {PageContact | undefined} the first page as it is now, if it has changed since
 */
export function useFreshPage(page, reread, isWanted) {
    const [fresh, setFresh] = useState(/** @type {PageContact | undefined} */ (undefined));
    const newest = useRef('');
    const shown = useRef(page.data);
    useEffect(() => {
        shown.current = page.data;
        newest.current = keyOf(page.data);
        setFresh(undefined);
    }, [page.data]);
    /** @param {AbortSignal} signal */
    const ask = async (signal) => {
        const key = keyOf(await listNewest(1, signal));
        if (key === newest.current) return;
        const now = await reread(signal);
        // Another list may be shown by now.
        if (signal.aborted || shown.current !== page.data) return;
        newest.current = key;
        setFresh(now);
    };
    useLive(ask, isWanted && Boolean(page.data));
    return fresh;
}

/**
 * A page as it was asked for changes with its first entry.
 *
 * @param {PageContact | undefined} page
 */
const keyOf = (page) =>
    page?.items
        .slice(0, 1)
        .map(({ id, version }) => `${id} ${version}`)
        .join() ?? '';

/**
 * Rows never move by themselves: they do when the person asks for it.
 *
 * @param {{count: number, onShow: () => void}} props
 */
export function News({ count, onShow }) {
    const text = count < PAGE ? `${count} new` : `${PAGE}+ new`;
    return html`
        <div class="news" role="status">
            ${count > 0 && html`<button type="button" class="button primary" onClick=${onShow}>${text} · Show</button>`}
        </div>`;
}
