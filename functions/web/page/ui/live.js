// What a view asks again and again, so that it stays true without a reload.
//
//     useLive((signal) => …)          asks every ten seconds, as long as the view is drawn
//     useLive((signal) => …, false)   not at present
//
// Nothing is asked while the page is hidden, or before the last answer came. After a failure the pauses grow. As soon as
// the page is shown, focused or online again, it asks at once.

import { useEffect, useRef } from '../vendor/hooks.js';

/** Milliseconds between two questions, and the most after failures. */
const PAUSE = 10_000;
const LONGEST = 160_000;
/** The least that lies between two questions, however often the window gets the focus. */
const LEAST = 2_000;

/**
 * @param {(signal: AbortSignal) => Promise<unknown>} ask
 * @param {boolean} [isWanted]
 */
export function useLive(ask, isWanted = true) {
    const wanted = useRef(ask);
    wanted.current = ask;
    useEffect(() => {
        if (!isWanted) return undefined;
        const leaving = new AbortController();
        const { signal } = leaving;
        let [timer, pause, asked, isAsking] = [0, PAUSE, Date.now(), false];
        const next = () => {
            clearTimeout(timer);
            timer = setTimeout(run, pause);
        };
        const run = async () => {
            if (document.hidden || isAsking) return;
            isAsking = true;
            asked = Date.now();
            try {
                await wanted.current(signal);
                pause = PAUSE;
            } catch {
                // A failure of what nobody asked for is no news. The next action of the person says it.
                pause = Math.min(2 * pause, LONGEST);
            }
            isAsking = false;
            if (!signal.aborted) next();
        };
        const wake = () => {
            if (document.hidden) return;
            pause = PAUSE;
            if (Date.now() - asked >= LEAST) run();
            else if (!isAsking) next();
        };
        next();
        document.addEventListener('visibilitychange', wake, { signal });
        addEventListener('focus', wake, { signal });
        addEventListener('online', wake, { signal });
        return () => {
            clearTimeout(timer);
            leaving.abort();
        };
    }, [isWanted]);
}
