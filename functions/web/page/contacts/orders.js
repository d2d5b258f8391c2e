// The views of the list, and the orders in which contacts are listed.

/**
 * @import { Query } from '../routes.js'
 * @import { Order as SortOrder } from './book.js'
 *
 * @typedef {'all' | 'talked' | 'conflicts'} View which contacts are listed
 */

/** @type {[SortOrder, string][]} */
export const ORDERS = [
    ['recent', 'Recent'],
    ['name', 'Name'],
    ['phone', 'Phone'],
    ['email', 'Email'],
];
/** @type {Partial<Record<SortOrder, string>>} */
export const NOTES = {
    name: 'Only contacts with a name are listed in this order.',
    phone: 'Only contacts with a phone are listed in this order.',
    email: 'Only contacts with an email are listed in this order.',
};

/**
 * The view that the route names.
 *
 * @param {Query} query
 * @returns {View}
 */
export const viewOf = ({ view }) => (view === 'talked' || view === 'conflicts' ? view : 'all');

/**
 * The order that the route names.
 *
 * @param {Query} query
 */
export const sortOf = ({ sort }) => ORDERS.find(([order]) => order === sort)?.[0] ?? 'recent';
