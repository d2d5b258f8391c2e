// What is read again and again until it does not change any more.

/**
 * @template T
 * @typedef {object} Polled
 * @property {T} [data] the last that was read
 * @property {unknown} [error] of the last reading; one that may pass is followed by another reading
 * @property {() => void} retry
 */

import { ApiError } from '../api.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';

/** Milliseconds. The longer one waits, the longer the pauses between readings; a link to a file is good for an hour. */
const FASTEST = 400;
const SLOWEST = 5_000;
const LINK_SPAN = 50 * 60_000;
const AFTER_FAILURE = 10_000;
/** The pause, as a part of the time that one has been waiting. */
const PAUSE_SHARE = 1 / 20;

/**
 * Reads something, and reads it again as long as `goesOn(data)`; not while the page is hidden, and at once when it is
 * shown again.
 *
 * @template T
 * @param {string | null | undefined} place names what is read: a new place is read at once, an empty one never
 * @param {(signal: AbortSignal) => Promise<T>} read
 * @param {(data: T) => boolean} goesOn
 * @returns {Polled<T>}
 */
export function usePolled(place, read, goesOn) {
    const [answer, setAnswer] = useState(/** @type {{place?: string, data?: T, error?: unknown}} */ ({}));
    const wanted = useRef(read);
    wanted.current = read;
    const [round, setRound] = useState(0);
    useEffect(() => {
        if (!place) return undefined;
        const leaving = new AbortController();
        const { signal } = leaving;
        const begun = Date.now();
        let timer = 0;
        const ask = async () => {
            clearTimeout(timer);
            if (document.hidden) return;
            try {
                const data = await wanted.current(signal);
                if (signal.aborted) return;
                setAnswer({ place, data });
                const pause = Math.min(Math.max((Date.now() - begun) * PAUSE_SHARE, FASTEST), SLOWEST);
                clearTimeout(timer);
                timer = setTimeout(ask, goesOn(data) ? pause : LINK_SPAN);
            } catch (error) {
                if (signal.aborted) return;
                setAnswer((before) => ({ ...before, place, error }));
                if (mayPass(error)) timer = setTimeout(ask, AFTER_FAILURE);
            }
        };
        ask();
        document.addEventListener('visibilitychange', ask, { signal });
        addEventListener('online', ask, { signal });
        return () => {
            clearTimeout(timer);
            leaving.abort();
        };
    }, [place, goesOn, round]);
    // What was read of another place is not shown for this one.
    const { data, error } = answer.place === place ? answer : {};
    return { data, error, retry: () => setRound(round + 1) };
}

/**
 * Whether the same request may succeed later: there was no connection, or the fault is not in the request.
 *
 * @param {unknown} error
 */
const mayPass = (error) =>
    error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
