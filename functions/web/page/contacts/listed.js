// The contacts that the list shows: a page as it was read, with what has become known since.

/**
 * @import { Contact, PageContact } from '#api'
 * @import { Query } from '../routes.js'
 * @import { Load } from '../ui/load.js'
 * @import { Order } from './book.js'
 * @import { View } from './orders.js'
 *
 * @typedef {object} Listed
 * @property {string} find what is looked up; empty if the text of the address says nothing to look for
 * @property {string} found what the rows were looked up for, while another page may be on its way
 * @property {View} view who is listed; all while somebody is looked up
 * @property {boolean} isBeginning whether the most recently active are listed, from the first one
 * @property {Order} sort
 * @property {Load<PageContact>} page
 * @property {Contact[]} [contacts] the rows
 * @property {number} news how many contacts belong above the rows by now
 * @property {() => void} update shows them
 */

import { useLoad } from '../ui/load.js';
import { notePage } from '../ui/pages.js';
import { useEffect, useRef } from '../vendor/hooks.js';
import { findContacts, listConflicts, listContacts, listNewest, listTalked, PAGE } from './book.js';
import { useChanges, withChanges } from './changes.js';
import { readLookUp } from './filters.js';
import { newestOf, newsOf, renewed } from './news.js';
import { useFreshPage } from './news-pill.js';
import { sortOf, viewOf } from './orders.js';

/**
 * @param {Query} query `view`, `sort`, `find` and `cursor`
 * @returns {Listed}
 */
export function useListed(query) {
    const { find: text = '', cursor = '' } = query;
    const find = isLookUp(text) ? text : '';
    const view = find ? 'all' : viewOf(query);
    const sort = view === 'all' ? sortOf(query) : 'recent';
    const found = useRef('');
    /** @param {AbortSignal} signal */
    const read = (signal) => {
        if (view === 'conflicts') return listConflicts(cursor, signal);
        if (view === 'talked') return listTalked({ cursor }, signal);
        return find ? findContacts(find, cursor, signal) : listContacts({ sort, cursor }, signal);
    };
    /** @param {AbortSignal} signal */
    const load = async (signal) => {
        const answer = await read(signal);
        if (!signal.aborted) found.current = find;
        return answer;
    };
    const page = useLoad(load, [view, sort, find, cursor]);
    const { data, set } = page;
    const isBeginning = !find && !cursor && view !== 'conflicts' && sort === 'recent';
    /** @param {AbortSignal} signal */
    const reread = (signal) =>
        view === 'talked' ? listTalked({ background: true }, signal) : listNewest(PAGE, signal);
    const fresh = useFreshPage(page, reread, isBeginning);
    useChanges();
    // Who was added by hand has not talked.
    const shown = data && withChanges(data.items, isBeginning && view === 'all');
    const update = () => fresh && set(fresh);
    // Where no row is, none can move.
    useEffect(() => {
        if (shown?.length === 0) update();
    }, [fresh]);
    const rows = shown?.length ?? 0;
    useEffect(() => {
        // While another page is read, the rows are still those of the former one.
        if (!page.loading) notePage(cursor, data?.next_cursor, rows);
    }, [data, rows]);
    const contacts = shown && renewed(shown, fresh?.items ?? []);
    const news = shown?.length && fresh ? newsOf(shown, fresh.items, newestOf(data?.items ?? [])).length : 0;
    return { find, found: found.current, view, isBeginning, sort, page, contacts, news, update };
}

/**
 * Whether a text says anything to look for: `+` alone does not.
 *
 * @param {string} text
 */
function isLookUp(text) {
    const { prefixes, exact } = readLookUp(text);
    return prefixes.length + exact.length > 0;
}
