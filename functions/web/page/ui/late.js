// What takes long enough to be shown as such. Whatever comes sooner would only flicker.

import { useEffect, useState } from '../vendor/hooks.js';

/** How long is not yet late, in milliseconds. */
const WAIT_LIMIT = 150;

/**
 * Whether something has been going on for longer than that.
 *
 * @param {boolean} goesOn
 */
export function useLate(goesOn) {
    const [isLate, setIsLate] = useState(false);
    useEffect(() => {
        if (!goesOn) return undefined;
        const timer = setTimeout(() => setIsLate(true), WAIT_LIMIT);
        return () => {
            clearTimeout(timer);
            setIsLate(false);
        };
    }, [goesOn]);
    return isLate;
}
