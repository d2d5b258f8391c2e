// What an import is doing, or how it has ended, in words.

/**
 * @import { Import, ImportStatus } from '#api'
 * @import { Upload } from './uploads.js'
 *
 * @typedef {ImportStatus | 'uploading' | 'undoing' | 'undone'} Status `uploading` is known only to the page that does it
 */

/**
 * The statuses in words.
 *
 * @type {Record<Status, string>}
 */
export const STATUSES = {
    awaiting_upload: 'Waiting for the file',
    uploading: 'Uploading',
    planning: 'Checking',
    running: 'Importing',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
    undoing: 'Undoing',
    undone: 'Undone',
};

/**
 * The status, with what only this page knows, and with the undo.
 *
 * @param {Import} job
 * @param {Upload} [upload]
 * @returns {Status}
 */
export function statusOf({ status, undo }, upload) {
    if (undo) return undo.status === 'completed' ? 'undone' : 'undoing';
    if (status === 'awaiting_upload' && upload?.state === 'sending') return 'uploading';
    // The bucket has the file, but its event has not come through yet.
    if (status === 'awaiting_upload' && upload?.state === 'sent') return 'planning';
    return status;
}

/**
 * How a status looks: an import that rejected rows is not a full success.
 *
 * @param {Import} job
 * @param {Status} [status]
 */
export const lookOf = ({ rows }, status) => (status === 'completed' && rows.rejected > 0 ? 'partly' : status);

/**
 * Whether an import has ended. Only then can it be undone.
 *
 * @param {Import} job
 */
export const isOver = ({ status }) => ['completed', 'failed', 'cancelled'].includes(status);

/**
 * Whether an import has changed contacts.
 *
 * @param {Import} job
 */
export const hasChanged = ({ rows, dry_run: isDry }) => !isDry && rows.created + rows.updated > 0;

/**
 * Whether an import changes by itself: it runs, or is being undone. One that waits for its file may do so for ever.
 *
 * @param {Import} job
 */
export const isMoving = ({ status, undo }) =>
    status === 'planning' || status === 'running' || undo?.status === 'running';
