// Reads something for a view, and again when its inputs change; what is no longer wanted is ended.
//
//     const contact = useLoad((signal) => get(`/contacts/${id}`, { signal }), [id]);
//     contact.data, contact.error, contact.loading, contact.retry(), contact.set(changed)
//
// While it is read again, the former data stay. `retry` reads anew; `set` puts in what is known by other means. A load
// function that gives undefined (nothing to read yet) leaves `data` undefined.

/**
 * @template T
 * @typedef {object} Load
 * @property {T} [data]
 * @property {unknown} [error]
 * @property {boolean} loading
 * @property {() => void} retry
 * @property {(data: T) => void} set
 */

import { useLayoutEffect, useRef, useState } from '../vendor/hooks.js';

/**
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {unknown[]} inputs
 * @returns {Load<T>}
 */
export function useLoad(load, inputs) {
    const [state, setState] = useState(
        /** @type {{data?: T, error?: unknown, loading: boolean}} */ ({ loading: true }),
    );
    const [tries, setTries] = useState(0);
    const wanted = useRef(load);
    wanted.current = load;
    // Before the browser paints, which takes a frame or more.
    useLayoutEffect(() => {
        const controller = new AbortController();
        const { signal } = controller;
        setState(({ data }) => ({ data, loading: true }));
        Promise.resolve(wanted.current(signal)).then(
            (data) => signal.aborted || setState({ data, loading: false }),
            (error) => signal.aborted || setState(({ data }) => ({ data, error, loading: false })),
        );
        return () => controller.abort();
    }, [...inputs, tries]);
    return {
        ...state,
        retry: () => setTries(tries + 1),
        set: (data) => setState({ data, loading: false }),
    };
}
