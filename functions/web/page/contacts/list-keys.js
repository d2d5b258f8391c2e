// What the keyboard does in the list, besides moving within the table.

/**
 * @import { Contact, PageContact } from '#api'
 * @import { Query, Route } from '../routes.js'
 * @import { Load } from '../ui/load.js'
 * @import { RefObject } from '../vendor/preact.js'
 */

import { navigate } from '../router.js';
import { href } from '../routes.js';
import { useKeys } from '../ui/keys.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { focusRow } from './rove.js';

/**
 * Opens the first contact that a text finds, as soon as it is found.
 *
 * @param {Load<PageContact>} page
 * @param {string} found the text that the page was read for
 * @param {Contact[] | undefined} contacts
 * @param {Query} query
 * @returns {(text: string) => void} what Enter calls; an empty text opens nobody
 */
export function useOpening(page, found, contacts, query) {
    const [wanted, setWanted] = useState('');
    useEffect(() => {
        if (!wanted || found !== wanted || query.find !== wanted || page.loading) return;
        setWanted('');
        const [first] = contacts ?? [];
        if (first) navigate(href.contact(first.id, query));
    });
    // Who types on wants something else.
    useEffect(() => setWanted((text) => (text === query.find ? text : '')), [query.find]);
    return setWanted;
}

/**
 * The keys that add, edit and move: from row to row, or from the open contact to the next.
 *
 * @param {{
 *     mode: Route['mode'],
 *     id?: string,
 *     query: Query,
 *     contacts?: Contact[],
 *     region: RefObject<HTMLElement>,
 * }} props
 */
export function useListKeys({ mode, id, query, contacts = [], region }) {
    /** @param {number} step */
    const move = (step) => {
        if (mode === 'list') return focusRow(region.current, step);
        const place = contacts.findIndex((contact) => contact.id === id);
        const next = contacts[place < 0 ? 0 : place + step];
        if (next) navigate(href.contact(next.id, query), { replace: true });
        return undefined;
    };
    const isReading = mode === 'list' || mode === 'one';
    useKeys({
        j: isReading ? () => move(1) : undefined,
        k: isReading ? () => move(-1) : undefined,
        n: isReading ? () => navigate(href.newContact(query)) : undefined,
        e: mode === 'one' && id ? () => navigate(href.editContact(id, query)) : undefined,
    });
}

/**
 * Keeps the row of the open contact in sight. When the contact is closed, its row gets the focus, unless that has gone
 * back to something else than rows: the row that was opened first has it otherwise, however many were read since.
 *
 * @param {RefObject<HTMLElement>} region
 * @param {string | undefined} id
 */
export function useOpenRow(region, id) {
    const last = useRef(id);
    useEffect(() => {
        /** @type {HTMLElement | null | undefined} */
        const row = region.current?.querySelector(`[data-id="${CSS.escape(id ?? last.current ?? '')}"]`);
        if (id) row?.scrollIntoView({ block: 'nearest' });
        else if (last.current && document.activeElement?.matches('body, tbody a')) row?.focus();
        last.current = id;
    }, [id]);
}
