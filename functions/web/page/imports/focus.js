// Where the focus goes when what had it is gone: to the heading, which tells whoever hears the page where they are.

import { useEffect, useRef } from '../vendor/hooks.js';

const focusHeading = () => document.querySelector('h1')?.focus({ preventScroll: true });

/**
 * Moves the focus to the heading when `place` has become another one.
 *
 * @param {unknown} place
 */
export function useFocusOn(place) {
    const shown = useRef(place);
    useEffect(() => {
        if (shown.current !== place) focusHeading();
        shown.current = place;
    }, [place]);
}

/**
 * Moves the focus to the heading if the change of `state` has taken it away.
 *
 * @param {unknown} state
 */
export function useFocusKept(state) {
    const shown = useRef(state);
    useEffect(() => {
        if (shown.current !== state && document.activeElement === document.body) focusHeading();
        shown.current = state;
    }, [state]);
}
