// An entry of a contact's history as one plain sentence, in parts of which some are shown as links.

/**
 * @import { Change, ChangedState, CustomField, HistoryEntry, Identifier, LastConversation } from '#api'
 *
 * @typedef {string | Identifier | {field: string, value: string | number}} Item of a list that changed
 * @typedef {string | {value: string} | {contact: string} | {conversation: string} | {import: string}} Part `value`: what was
 *     entered or said, which may run in another direction; `contact`, `conversation` and `import`: an id
 */

import { number } from '../format.js';
import { labelOf } from './fields.js';

/** @type {Record<string, string>} */
const EVENTS = {
    created: 'Added',
    joined: 'Joined with another contact',
    split: 'A join was undone',
    deleted: 'Deleted',
    restored: 'Restored',
};
const TALK = ['last_seen_at', 'last_conversation'];

/**
 * The sentence of an entry, without its moment.
 *
 * @param {HistoryEntry} entry
 * @param {string} id the contact whose history it is; the entry may be of one that was joined into it
 * @param {CustomField[]} customFields
 * @returns {Part[]}
 */
export function sentenceOf(entry, id, customFields) {
    const { event, contact_id: of, changes } = entry;
    const isOther = of !== id;
    const lead = isOther && event === 'joined' ? 'Joined into this contact' : EVENTS[event];
    // The event says which contacts were joined, and a conversation that changed something else is named as its source.
    const shown = changes.filter(({ field }) => field !== 'joined' && !TALK.includes(field));
    const phrases = shown.flatMap((change) => phrasesOf(change, customFields, event === 'created'));
    const said = lead || phrases.length > 0 ? phrases : [talkOf(entry)];
    return [
        ...(isOther ? ['Joined contact: '] : []),
        ...(lead ? [isOther ? lowerCase(lead) : lead] : []),
        ...(lead && said.length > 0 ? [event === 'created' ? ' with ' : '; '] : []),
        ...said.flatMap((phrase, index) => (index > 0 ? [event === 'created' ? ', ' : '; ', ...phrase] : phrase)),
        ...originOf(entry),
    ];
}

/**
 * @param {Change} change
 * @param {CustomField[]} customFields
 * @param {boolean} isNew whether the contact was added: all that it has is new then
 * @returns {Part[][]}
 */
function phrasesOf({ field, before, after }, customFields, isNew) {
    /** @type {(item: Identifier) => Part[]} */
    const named = (item) => [`${labelOf(item.field, customFields)} `, shownOf(item.field, item.value, customFields)];
    const [added, removed] = differences(before, after);
    /** @type {(items: Item[], phrase: (item: any) => Part[]) => Part[][]} */
    const each = (items, phrase) => items.map(phrase);
    switch (field) {
        case 'also_known_by':
            return [
                ...each(added, (item) => ['Also known by ', ...named(item)]),
                ...each(removed, (item) => ['No longer known by ', ...named(item)]),
            ];
        case 'shared':
            return [
                ...each(added, (item) => [...named(item), ' is shared with others']),
                ...each(removed, (item) => [...named(item), ' is no longer shared with others']),
            ];
        case 'unconfirmed':
            return [
                ...each(added, (item) => [...named(item), ' was said, but not confirmed yet']),
                ...each(removed, (item) => [...named(item), ' no longer has to be confirmed']),
            ];
        case 'conflicts':
            return [
                ...each(added, (contact) => ['In conflict with ', { contact }]),
                ...each(removed, (contact) => ['The conflict with ', { contact }, ' is settled']),
            ];
        case 'kept_apart':
            return [
                ...each(added, (contact) => ['Kept apart from ', { contact }]),
                ...each(removed, (contact) => ['No longer kept apart from ', { contact }]),
            ];
        default: {
            const label = labelOf(field, customFields);
            const [was, is] = [before, after].map(
                (state) => state !== undefined && shownOf(field, state, customFields),
            );
            if (was && is) return [[`${label} changed from `, was, ' to ', is]];
            if (is) return [isNew ? [`${label} `, is] : [`${label} `, is, ' added']];
            return was ? [[`${label} `, was, ' removed']] : [];
        }
    }
}

/**
 * @param {string} field
 * @param {ChangedState} state
 * @param {CustomField[]} customFields
 * @returns {{value: string}}
 */
function shownOf(field, state, customFields) {
    const isNumber = customFields.some(({ key, type }) => `custom.${key}` === field && type === 'number');
    return { value: isNumber ? number(String(state)) : String(state) };
}

/**
 * What is in one list and not in the other.
 *
 * @param {ChangedState} [before]
 * @param {ChangedState} [after]
 * @returns {[added: Item[], removed: Item[]]}
 */
function differences(before, after) {
    /** @type {Item[][]} */
    const [was, is] = [before, after].map((state) => (Array.isArray(state) ? state : []));
    /** @param {Item} item */
    const keyOf = (item) => (typeof item === 'string' ? item : `${item.field} ${item.value}`);
    /** @type {(list: Item[], other: Item[]) => Item[]} */
    const without = (list, other) => {
        const known = new Set(other.map(keyOf));
        return list.filter((item) => !known.has(keyOf(item)));
    };
    return [without(is, was), without(was, is)];
}

/**
 * What an entry says in which no value changed.
 *
 * @param {HistoryEntry} entry
 * @returns {Part[]}
 */
function talkOf({ actor = '', changes }) {
    const last = changes.find(({ field }) => field === 'last_conversation');
    const seen = changes.find(({ field }) => field === 'last_seen_at');
    const { channel } = /** @type {Partial<LastConversation>} */ (last?.after ?? {});
    if (!last && !seen) return ['Updated'];
    if (actor.startsWith('assistant:')) return [channel ? `Talked by ${labelOf(channel)}` : 'Talked again'];
    return [
        channel ? `The last conversation is now one by ${labelOf(channel)}` : 'The last conversation was taken away',
    ];
}

/**
 * @param {HistoryEntry} entry
 * @returns {Part[]}
 */
function originOf({ actor = '', source = '' }) {
    const [kind, , line] = source.split('/');
    const [who] = actor.split(':');
    const conversation = kind === 'conversation' ? { conversation: source.slice('conversation/'.length) } : undefined;
    switch (who) {
        case 'user':
            if (kind === 'undo') return [', by a person who undid ', { import: source.slice('undo/'.length) }];
            return [', by a person', ...(conversation ? [' from conversation ', conversation] : [])];
        case 'assistant': {
            const name = { value: actor.slice('assistant:'.length) };
            return [', by assistant ', name, ...(conversation ? [' in conversation ', conversation] : [])];
        }
        case 'import':
            return [
                ', by ',
                { import: actor.slice('import:'.length) },
                ...(kind === 'import' && line ? [`, line ${line}`] : []),
            ];
        case 'system':
            return [', by the system'];
        default:
            return conversation ? [', in conversation ', conversation] : [];
    }
}

/** @param {string} text */
const lowerCase = (text) => text.charAt(0).toLowerCase() + text.slice(1);
