// The list of contacts: look-up, order, pages, and what there is to say when it is empty.

/**
 * @import { Contact, CustomField, PageContact } from '#api'
 * @import { Query, Route } from '../routes.js'
 * @import { Load } from '../ui/load.js'
 * @import { RefObject } from '../vendor/preact.js'
 * @import { Order as SortOrder } from './book.js'
 * @import { View } from './orders.js'
 */

import { isStatus } from '../api.js';
import { count } from '../format.js';
import { navigate } from '../router.js';
import { href } from '../routes.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { html } from '../ui/html.js';
import { useKeys } from '../ui/keys.js';
import { Pager } from '../ui/pages.js';
import { Failure, Loading } from '../ui/state.js';
import { Title } from '../ui/title.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { ColumnMenu, columnsOf, useColumns } from './columns.js';
import { KeysDialog } from './keys.js';
import { useListKeys, useOpening, useOpenRow } from './list-keys.js';
import { useListed } from './listed.js';
import { LookUp } from './look-up.js';
import { News } from './news-pill.js';
import { Nobody } from './nobody.js';
import { NOTES } from './orders.js';
import { focusRow } from './rove.js';
import { Table } from './table.js';
import { Order, Views } from './views.js';

/** @type {Record<SortOrder, string>} */
const CAPTIONS = {
    recent: 'Contacts, last active first',
    name: 'Contacts by name',
    phone: 'Contacts by phone',
    email: 'Contacts by email',
};
/** @type {Record<Exclude<View, 'all'>, string>} */
const VIEW_CAPTIONS = {
    talked: 'Contacts who have talked, the last conversation first',
    conflicts: 'Contacts with conflicts, the newest first',
};

/**
 * @param {{
 *     mode: Route['mode'],
 *     id?: string,
 *     isBeside: boolean,
 *     query: Query,
 *     customFields: Load<CustomField[]>,
 *     onClose: () => void,
 * }} props `id`: of the contact that is open; `isBeside`: the list is usable meanwhile
 */
export function List({ mode, id, isBeside, query, customFields, onClose }) {
    const { find: text = '', cursor = '' } = query;
    const { find, found, view, isBeginning, sort, page, contacts, news, update } = useListed(query);
    const choice = useColumns(customFields.data ?? [], contacts ?? []);
    const region = useTopOfPage(cursor);
    const showNews = () => {
        update();
        toTop(region.current);
    };
    /** @param {string} wanted */
    const look = (wanted) => {
        // Each letter is not a step for Back.
        if (wanted !== text)
            navigate(href.contacts({ view: query.view, sort: query.sort, find: wanted }), { replace: text !== '' });
    };
    const openFirst = useOpening(page, found, contacts, query);
    /** @param {string} wanted */
    const lookAndOpen = (wanted) => {
        look(wanted);
        openFirst(wanted);
    };
    const [isHelping, setIsHelping] = useState(false);
    useListKeys({ mode, id, query, contacts, region });
    useKeys({ '?': () => setIsHelping(true), Escape: isBeside && mode === 'one' ? onClose : undefined });
    useOpenRow(region, id);
    /** @param {string} [other] */
    const to = (other) => href.contacts({ ...query, cursor: other });
    const isListed = !find && view === 'all';
    const listing = view === 'all' ? CAPTIONS[sort] : VIEW_CAPTIONS[view];
    const caption = find ? 'Contacts found' : listing;
    const content = () => {
        if (page.error) return html`<${Failed} page=${page} query=${{ ...query, find }} />`;
        if (!page.data || !contacts || isFirst(customFields)) return html`<${Loading} what="contacts" />`;
        const { next_cursor: next } = page.data;
        if (contacts.length === 0) return html`<${Nobody} query=${{ ...query, find }} next=${next && to(next)} />`;
        return html`
            ${customFields.error && html`<${NoCustomFields} retry=${customFields.retry} />`}
            ${isListed && NOTES[sort] && html`<p class="quiet note">${NOTES[sort]}</p>`}
            <${Table} contacts=${contacts} columns=${columnsOf(view, choice.columns)} order=${isListed ? sort : undefined}
                query=${query} found=${found} open=${mode === 'one' ? id : undefined} caption=${caption} busy=${page.loading} />
            <${Pager} cursor=${cursor} next=${next} count=${page.loading ? 0 : contacts.length} to=${to} />`;
    };
    const listed = contacts && !page.loading && `${count(contacts.length, 'contact')} listed`;
    return html`
        <${Title} text="Contacts">
            <${Button} kind="primary" icon="plus" href=${href.newContact(query)} aria-keyshortcuts="n">Add contact<//>
        <//>
        <div class="bar">
            <${LookUp} value=${text} onFind=${look} onOpen=${lookAndOpen} onDown=${() => focusRow(region.current, 0)} />
            <${Views} view=${view} sort=${query.sort} />
            ${isListed && html`<${Order} order=${sort} />`}
            <${ColumnMenu} ...${choice} />
            <${Button} kind="quiet" class="help" label="Keys" aria-keyshortcuts="?" onClick=${() => setIsHelping(true)}>
                ?
            <//>
        </div>
        <section ref=${region} tabindex="-1" aria-label="List of contacts">
            <p class="hidden" role="status">${listed}</p>
            ${isBeginning && html`<${News} count=${news} onShow=${showNews} />`}
            ${content()}
        </section>
        ${isHelping && html`<${KeysDialog} onClose=${() => setIsHelping(false)} />`}`;
}

/** @param {{retry: () => void}} props */
function NoCustomFields({ retry }) {
    return html`
        <p class="note" role="alert">
            The custom fields could not be read, so they are not shown.${' '}
            <button type="button" class="link" onClick=${retry}>Try again</button>
        </p>`;
}

/**
 * Columns that come later would push the others aside; without custom fields the list is shown nevertheless.
 *
 * @param {Load<CustomField[]>} customFields
 */
const isFirst = ({ data, loading }) => loading && !data;

/**
 * Another page is read from its top.
 *
 * @param {string} cursor
 */
function useTopOfPage(cursor) {
    /** @type {RefObject<HTMLElement>} */
    const region = useRef(null);
    const shown = useRef(cursor);
    useEffect(() => {
        if (shown.current === cursor) return;
        shown.current = cursor;
        toTop(region.current);
    }, [cursor]);
    return region;
}

/** @param {HTMLElement | null} region */
function toTop(region) {
    scrollTo(0, 0);
    region?.querySelector('.scroll')?.scrollTo(0, 0);
    region?.focus({ preventScroll: true });
}

/** @param {{page: Load<PageContact>, query: Query}} props */
function Failed({ page: { error, retry }, query }) {
    // A cursor is good for one order and one look-up, and a link may have lost half of it.
    if (!query.cursor || !isStatus(error, 400)) return html`<${Failure} error=${error} onRetry=${retry} />`;
    const actions = html`<${Button} href=${href.contacts({ ...query, cursor: '' })}>Go to the first page<//>`;
    return html`<${Empty} icon="search" title="This page of the list cannot be found" actions=${actions} />`;
}
