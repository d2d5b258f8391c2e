// The contacts that the list shows: a page as it was read, with what has become known since.

/**
 * @import { Contact, PageContact } from '#api'
 * @import { Query } from '../routes.js'
 * @import { Load } from '../ui/load.js'
 * @import { Order } from './book.js'
 *
 * @typedef {object} Listed
 * @property {string} find what is looked up; empty if the text of the address says nothing to look for
 * @property {string} found what the page was looked up for
 * @property {boolean} isConflicts whether contacts with conflicts are listed
 * @property {boolean} isBeginning whether those are listed who talked last, from the first one
 * @property {Order} sort
 * @property {Load<PageContact>} page
 * @property {Contact[]} [contacts] the rows
 * @property {number} news how many contacts belong above the rows by now
 * @property {() => void} update shows them
 */

import { useLoad } from '../ui/load.js';
import { notePage } from '../ui/pages.js';
import { useEffect, useRef } from '../vendor/hooks.js';
import { findContacts, listConflicts, listContacts } from './book.js';
import { useChanges, withChanges } from './changes.js';
import { readLookUp } from './filters.js';
import { newestOf, newsOf, renewed } from './news.js';
import { useFreshPage } from './news-pill.js';
import { sortOf } from './orders.js';

/**
 * @param {Query} query `view`, `sort`, `find` and `cursor`
 * @returns {Listed}
 */
export function useListed(query) {
    const { view, find: text = '', cursor = '' } = query;
    const find = isLookUp(text) ? text : '';
    const isConflicts = view === 'conflicts' && !find;
    const sort = sortOf(query);
    const found = useRef('');
    /** @param {AbortSignal} signal */
    const load = async (signal) => {
        if (!find) return isConflicts ? listConflicts(cursor, signal) : listContacts({ sort, cursor }, signal);
        const answer = await findContacts(find, cursor, signal);
        if (!signal.aborted) found.current = find;
        return answer;
    };
    const page = useLoad(load, [isConflicts, sort, find, cursor]);
    const { data, set } = page;
    const isBeginning = !find && !cursor && !isConflicts && sort === 'recent';
    const fresh = useFreshPage(page, isBeginning);
    useChanges();
    const shown = data && withChanges(data.items, isBeginning);
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
    return { find, found: found.current, isConflicts, isBeginning, sort, page, contacts, news, update };
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
