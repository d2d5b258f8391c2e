// Whether an import can be undone, and what its undo has done, in words.

/**
 * @import { Import } from '#api'
 *
 * @typedef {NonNullable<Import['undo']>} Undo
 */

import { count, number } from '../format.js';
import { hasChanged, isOver } from './status.js';

/**
 * Whether there is something to undo. A cancelled or failed import may have changed contacts, too.
 *
 * @param {Import} job
 */
export const canUndo = (job) => isOver(job) && hasChanged(job) && !job.undo;

/**
 * What there is to undo.
 *
 * @param {Import} job
 */
export function changesOf({ rows: { created, updated } }) {
    if (created === 0) return `${count(updated, 'row')} updated a contact.`;
    return `${count(created, 'row')} created a contact${updated > 0 ? `, and ${number(updated)} updated one` : ''}.`;
}

/**
 * How far a running undo is.
 *
 * @param {Undo} undo
 */
export const soFar = ({ removed, restored, kept }) =>
    `${count(removed, 'contact')} deleted, ${number(restored)} changed back, ${number(kept)} kept so far`;

/**
 * What an undo has done, a sentence for each kind of contacts.
 *
 * @param {Undo} undo
 * @returns {string[]}
 */
export function outcomesOf({ removed, restored, kept }) {
    const outcomes = [];
    if (removed > 0) {
        const [were, they] = removed === 1 ? ['was', 'It'] : ['were', 'They'];
        outcomes.push(
            `${count(removed, 'contact')} that only this import had created ${were} deleted. ${they} can be restored for 30 days.`,
        );
    }
    if (restored > 0) {
        const [are, they, were] = restored === 1 ? ['is', 'it', 'was'] : ['are', 'they', 'were'];
        outcomes.push(`${count(restored, 'contact')} ${are} again what ${they} ${were} before the import.`);
    }
    if (kept > 0) {
        const [keep, them] = kept === 1 ? ['keeps', 'it'] : ['keep', 'them'];
        outcomes.push(
            `${count(kept, 'contact')} ${keep} what people changed or conversations said since. Some of the import may remain in ${them}.`,
        );
    }
    return outcomes.length > 0 ? outcomes : ['There was nothing left to undo.'];
}
