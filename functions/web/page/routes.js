// What the hash of the URL says, and links to the views.

/**
 * @typedef {Record<string, string | undefined>} Query
 *
 * @typedef {'contacts' | 'imports' | 'settings'} Area
 *
 * @typedef {object} Route
 * @property {Area | 'unknown'} area
 * @property {'list' | 'new' | 'one' | 'edit'} mode
 * @property {string} [id] of a contact or an import, for `one` and `edit`
 * @property {Query} query
 */

/** @type {readonly string[]} */
const AREAS = ['contacts', 'imports', 'settings'];

/**
 * @param {string} hash
 * @returns {Route}
 */
export function parse(hash) {
    const [, path = '', search] = /^#?\/?([^?]*)\??(.*)$/s.exec(hash) ?? [];
    const query = Object.fromEntries(new URLSearchParams(search));
    const [area = 'contacts', id, edit, ...rest] = path.split('/').filter(Boolean);
    /** @type {Route} */
    const unknown = { area: 'unknown', mode: 'list', query };
    if (!isArea(area) || rest.length > 0) return unknown;
    if (!id) return { area, mode: 'list', query };
    if (area === 'settings') return unknown;
    if (id === 'new' && !edit) return { area, mode: 'new', query };
    if (edit && (edit !== 'edit' || area !== 'contacts')) return unknown;
    return { area, mode: edit ? 'edit' : 'one', id: decode(id), query };
}

/**
 * @param {string} text
 * @returns {text is Area}
 */
const isArea = (text) => AREAS.includes(text);

/** @param {string} text */
function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/**
 * @param {string[]} parts
 * @param {Query} [query]
 */
function path(parts, query = {}) {
    const filled = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
    const search = filled.length > 0 ? `?${new URLSearchParams(filled)}` : '';
    return `#/${parts.map(encodeURIComponent).join('/')}${search}`;
}

/** Links to the views. A contact's links take the list's query, which stays behind the drawer. */
export const href = {
    /** @param {Query} [query] */
    contacts: (query) => path(['contacts'], query),
    /** @type {(id: string, query?: Query) => string} */
    contact: (id, query) => path(['contacts', id], query),
    /** @param {Query} [query] */
    newContact: (query) => path(['contacts', 'new'], query),
    /** @type {(id: string, query?: Query) => string} */
    editContact: (id, query) => path(['contacts', id, 'edit'], query),
    /** @param {Query} [query] */
    imports: (query) => path(['imports'], query),
    newImport: () => path(['imports', 'new']),
    /** @param {string} id */
    import: (id) => path(['imports', id]),
    settings: () => path(['settings']),
};
