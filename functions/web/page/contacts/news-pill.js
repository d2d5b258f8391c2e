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
 * Asks for the newest entry of the list, and reads its first page anew when there is another.
 *
 * @param {Load<PageContact>} page the first page as it was read
 * @param {boolean} isWanted
 * @returns {PageContact | undefined} the first page as it is now, if it has changed since
 */
export function useFreshPage(page, isWanted) {
    const [fresh, setFresh] = useState(/** @type {PageContact | undefined} */ (undefined));
    const newest = useRef('');
    useEffect(() => {
        newest.current = keyOf(page.data);
        setFresh(undefined);
    }, [page.data]);
    /** @param {AbortSignal} signal */
    const ask = async (signal) => {
        const key = keyOf(await listNewest(1, signal));
        if (key === newest.current) return;
        const now = await listNewest(PAGE, signal);
        if (signal.aborted) return;
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
