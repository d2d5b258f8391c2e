// What is read again and again until it does not change any more.

import { get } from '../api.js';
import { useEffect, useState } from '../vendor/hooks.js';

/** Milliseconds. Who waits for long is told less often; a link to a file is good for an hour. */
const FASTEST = 400;
const SLOWEST = 5_000;
const LINK_SPAN = 50 * 60_000;
/** The pause, as a part of the time that one has been waiting. */
const PATIENCE = 1 / 20;

/**
 * Reads `path` if there is one, and reads it again as long as `goesOn(data)`; not while the page is hidden, and at once
 * when it is shown again.
 *
 * @returns {{data?: any, error?: Error, retry: () => void}} after an error it waits for `retry`; `data` is the last that
 *     was read
 */
export function usePolled(path, goesOn) {
    const [told, setTold] = useState({});
    const [round, setRound] = useState(0);
    useEffect(() => {
        if (!path) return undefined;
        const leaving = new AbortController();
        const { signal } = leaving;
        const begun = Date.now();
        let timer;
        const ask = async () => {
            clearTimeout(timer);
            if (document.hidden) return;
            try {
                const data = await get(path, { signal });
                if (signal.aborted) return;
                setTold({ path, data });
                const pause = Math.min(Math.max((Date.now() - begun) * PATIENCE, FASTEST), SLOWEST);
                clearTimeout(timer);
                timer = setTimeout(ask, goesOn(data) ? pause : LINK_SPAN);
            } catch (error) {
                if (!signal.aborted) setTold((told) => ({ ...told, path, error }));
            }
        };
        ask();
        document.addEventListener('visibilitychange', ask, { signal });
        return () => {
            clearTimeout(timer);
            leaving.abort();
        };
    }, [path, goesOn, round]);
    // What was read of another path is not shown for this one.
    const { data, error } = told.path === path ? told : {};
    return { data, error, retry: () => setRound(round + 1) };
}
