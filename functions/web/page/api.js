// Calls of the HTTP API: the token, JSON with all the digits of its numbers, problems as errors, and another try where
// that helps.

/** @import { Answer, Call, FieldError, Method, Options, Path, Problem } from '#api' */

import { addressOf } from './address.js';
import { attempt } from './attempts.js';
import { parseExactly } from './json.js';
import { hasUnsaved } from './router.js';
import { bearer, renew, signIn } from './sign-in.js';

/** How often a call that is refused gets another token: the first one may be another tab's, and over as well. */
const RENEWALS = 2;

/** What went wrong, as RFC 9457 has it; status 0 when no answer came. */
export class ApiError extends Error {
    /**
     * @param {number} status
     * @param {Partial<Problem>} [problem]
     */
    constructor(status, problem = {}) {
        super(problem.detail ?? problem.title ?? 'something went wrong');
        this.name = 'ApiError';
        this.status = status;
        this.title = problem.title;
        this.detail = this.message;
        /** @type {FieldError[]} */
        this.errors = problem.errors ?? [];
        this.code = problem.code;
        this.existingContactId = problem.existing_contact_id;
        this.restorableUntil = problem.restorable_until;
    }
}

/**
 * Whether the API answered with a status.
 *
 * @param {unknown} error
 * @param {number} status
 */
export const isStatus = (error, status) => error instanceof ApiError && error.status === status;

/**
 * Whether the API has nothing there: it never existed, or it was deleted.
 *
 * @param {unknown} error
 */
export const isMissing = (error) => isStatus(error, 404) || isStatus(error, 410);

/**
 * What is wrong with the field at a path of the body; undefined if the error is about something else.
 *
 * @param {unknown} error
 * @param {string} field
 */
export const reasonFor = (error, field) =>
    error instanceof ApiError ? error.errors.find((entry) => entry.field === field)?.reason : undefined;

/**
 * Carries out a call.
 *
 * @template {Method} M
 * @template {Path<M>} P
 * @param {M} method
 * @param {P} path as the API documents it: `/contacts/{id}`
 * @param {Options<M, P>} options its parameters and its body
 * @returns {Promise<Answer<M, P>>} the answer's JSON; undefined when it has none
 * @throws {ApiError} and, when `signal` ends it, an `AbortError`
 */
export async function request(method, path, options) {
    return /** @type {Answer<M, P>} */ (await read(await answered(method, path, options)));
}

/**
 * Reads something; see `request`.
 *
 * @template {Path<'GET'>} P
 * @param {P} path
 * @param {Options<'GET', P>} options
 */
export const get = (path, options) => request('GET', path, options);

/**
 * Reads something as the API writes it, for a file; see `request`.
 *
 * @template {Path<'GET'>} P
 * @param {P} path
 * @param {Options<'GET', P>} options
 */
export const getText = async (path, options) => (await answered('GET', path, options)).text();

/**
 * The answer to a call, which is a success.
 *
 * @param {Method} method
 * @param {string} path
 * @param {Call} options
 * @throws {ApiError}
 */
async function answered(method, path, options) {
    let token = bearer();
    let answer = await sent(method, path, options);
    for (let tries = 0; tries < RENEWALS && answer.status === 401 && (await renew(token)); tries++) {
        token = bearer();
        answer = await sent(method, path, options);
    }
    if (answer.status === 401) {
        // The page is left, but not what somebody has entered: that has a button to sign in beside it. Who signs out is on
        // the way already, and a call that nobody asked for takes nobody away from what they read.
        const isSigningOut = token !== '' && bearer() === '';
        if (!isSigningOut && !options.background && !hasUnsaved()) signIn().catch(() => {});
        throw new ApiError(401, { detail: 'your session has ended; sign in again to go on' });
    }
    if (!answer.ok) throw new ApiError(answer.status, /** @type {Partial<Problem>} */ (await read(answer)));
    return answer;
}

/**
 * @param {Method} method
 * @param {string} path
 * @param {Call} options
 */
async function sent(method, path, options) {
    // Only what changes nothing, or counts once, is sent again. Whoever asks in the background asks again anyway.
    const isRepeatable = method === 'GET' || options.idempotencyKey;
    const tries = isRepeatable && !options.background ? undefined : 1;
    try {
        return await attempt(() => send(method, path, options), { tries, signal: options.signal });
    } catch (error) {
        if (options.signal?.aborted) throw error;
        throw new ApiError(0, { title: 'No connection', detail: 'the server cannot be reached' });
    }
}

/**
 * @param {Method} method
 * @param {string} template
 * @param {Call} options
 */
function send(method, template, { path, query, body, etag, idempotencyKey, signal }) {
    const headers = new Headers({ authorization: `Bearer ${bearer()}`, accept: 'application/json' });
    if (body !== undefined) {
        headers.set('content-type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    }
    if (etag) headers.set('if-match', etag);
    if (idempotencyKey) headers.set('idempotency-key', idempotencyKey);
    // A 308 of a joined contact could be kept by the browser for ever.
    const init = { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) };
    return fetch(addressOf(template, path, query), { ...init, cache: 'no-store' });
}

/**
 * @param {Response} answer
 * @returns {Promise<unknown>}
 */
async function read(answer) {
    const text = await answer.text();
    if (!text) return undefined;
    try {
        return parseExactly(text);
    } catch {
        // What stands between the page and the function may answer in other words.
        return { title: answer.statusText };
    }
}
