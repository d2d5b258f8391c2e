// What takes long enough to be shown as such. Whatever comes sooner would only flicker.

import { useEffect, useState } from '../vendor/hooks.js';

/** Milliseconds. */
const PATIENCE = 150;

/**
 * Whether something has been going on for a while.
 *
 * @param {boolean} goesOn
 */
export function useLate(goesOn) {
    const [isLate, setIsLate] = useState(false);
    useEffect(() => {
        if (!goesOn) return undefined;
        const timer = setTimeout(() => setIsLate(true), PATIENCE);
        return () => {
            clearTimeout(timer);
            setIsLate(false);
        };
    }, [goesOn]);
    return isLate;
}
