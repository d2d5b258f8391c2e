// Which view is shown. Routes stand in the hash of the URL, so that the phones and emails that people look up never
// reach a server's log.
//
// A form with unsaved input holds on to its place (`useUnsaved`): a browser cannot be kept from going back, so the
// router returns to the form first and then asks.

/** @import { Route } from './routes.js' */

import { parse } from './routes.js';
import { useEffect, useLayoutEffect, useState } from './vendor/hooks.js';

/** @type {Set<() => void>} */
const listeners = new Set();
let hash = location.hash;
/** Where this entry stands in the tab's history, and which one it was reached from: kept in `history.state`. */
let position = Number(history.state?.position ?? 0);
/**
 * The forms that hold on to this place.
 *
 * @type {Set<object>}
 */
const unsaved = new Set();
/** How many entries away the place is to which the person wanted to go. */
let leaving = 0;
let returning = false;

history.replaceState({ ...history.state, position }, '');
addEventListener('hashchange', arrive);
addEventListener('beforeunload', (event) => {
    if (unsaved.size > 0) event.preventDefault();
});

function arrive() {
    // A link makes an entry without state.
    if (history.state?.position === undefined) history.replaceState({ position: position + 1, from: hash }, '');
    const steps = history.state.position - position;
    if (returning) {
        returning = false;
    } else if (unsaved.size > 0 && steps !== 0) {
        leaving = steps;
        returning = true;
        history.go(-steps);
        return;
    } else {
        position = history.state.position;
        hash = location.hash;
    }
    announce();
}

function announce() {
    for (const listener of listeners) listener();
}

/** @param {() => void} listener */
function useListener(listener) {
    useEffect(() => {
        listeners.add(listener);
        listener();
        return () => {
            listeners.delete(listener);
        };
    }, []);
}

/** @returns {Route} the present route; the component is drawn again when it changes. */
export function useRoute() {
    const [shown, setShown] = useState(hash);
    useListener(() => setShown(hash));
    return parse(shown);
}

/**
 * Goes to a link of `href`. With `replace`, Back skips the present entry.
 *
 * @param {string} link
 */
export function navigate(link, { replace = false } = {}) {
    if (!replace) {
        location.hash = link;
    } else if (link !== hash) {
        history.replaceState(history.state, '', link);
        hash = link;
        announce();
    }
}

/**
 * Goes to a link, by Back if it was the entry before: closing what was opened leaves no trace in the history.
 *
 * @param {string} link
 */
export function goBack(link) {
    if (history.state?.from === link) history.back();
    else navigate(link);
}

/**
 * Holds on to this place while a form `isUnsaved`: whoever leaves is asked.
 *
 * @param {boolean} isUnsaved
 */
export function useUnsaved(isUnsaved) {
    // Before the next key is pressed.
    useLayoutEffect(() => {
        if (!isUnsaved) return undefined;
        const form = {};
        unsaved.add(form);
        return () => {
            unsaved.delete(form);
        };
    }, [isUnsaved]);
}

/** Whether a form holds input that was not saved. */
export const hasUnsaved = () => unsaved.size > 0;

/** Lets go of all input: it has been saved, or is to be thrown away. */
export function forgetUnsaved() {
    unsaved.clear();
}

/** What a person who is about to lose input is asked: `undefined`, or the two answers. */
export function useLeaving() {
    const [steps, setSteps] = useState(0);
    useListener(() => setSteps(leaving));
    if (steps === 0) return undefined;
    /** @param {() => void} then */
    const answer = (then) => () => {
        leaving = 0;
        then();
        announce();
    };
    return {
        stay: answer(() => {}),
        leave: answer(() => {
            forgetUnsaved();
            history.go(steps);
        }),
    };
}
