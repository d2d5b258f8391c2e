// What stands where something is awaited, has failed, or is not there.
//
//     html`<${Loading} what="contacts" />`
//     html`<${Loaded} what="the settings" ...${useLoad(…)}>${(data) => …}<//>`      one of these two, or the view
//     html`<${Failure} error=${error} onRetry=${retry} />`       in place of what could not be read
//     html`<${Problem} error=${error} />`                        beside what could not be done
//     html`<${Notice} kind="warning" title="…">…<//>`            `kind`: info, success or warning

/** @import { ComponentChildren } from '../vendor/preact.js' */

import { ApiError, isStatus } from '../api.js';
import { sentence } from '../format.js';
import { Button } from './button.js';
import { html } from './html.js';
import { Icon } from './icon.js';
import { SignInAgain } from './sign-in-again.js';

/** @param {{what: string}} props */
export function Loading({ what }) {
    return html`<p class="loading" role="status"><span class="spinner" aria-hidden="true"></span> Loading ${what}…</p>`;
}

/**
 * @template T
 * @param {{
 *     what: string,
 *     data?: T,
 *     error?: unknown,
 *     retry: () => void,
 *     children: (data: T) => ComponentChildren,
 * }} props
 */
export function Loaded({ what, data, error, retry, children }) {
    if (data !== undefined) return children(data);
    return error ? html`<${Failure} error=${error} onRetry=${retry} />` : html`<${Loading} what=${what} />`;
}

/** @param {{error: unknown, onRetry: () => void}} props */
export function Failure({ error, onRetry }) {
    return html`
        <div class="failure" role="alert">
            <${Icon} name="warning" />
            <div>
                <strong>${headline(error)}</strong>
                <p>${said(error)}</p>
                ${isStatus(error, 401) && html`<${SignInAgain} />`}
                <${Button} onClick=${onRetry}>Try again<//>
            </div>
        </div>`;
}

/** @param {{error: unknown}} props */
export function Problem({ error }) {
    return html`
        <div class="problem" role="alert">
            <${Icon} name="warning" />
            <div><p>${said(error)}</p>${isStatus(error, 401) && html`<p><${SignInAgain} /></p>`}</div>
        </div>`;
}

/**
 * @param {{
 *     kind?: 'info' | 'success' | 'warning',
 *     title?: string,
 *     onClose?: () => void,
 *     children?: ComponentChildren,
 * }} props
 */
export function Notice({ kind = 'info', title, onClose, children }) {
    return html`
        <div class=${`notice ${kind}`} role="status">
            <div>
                ${title && html`<strong>${title}</strong>`}
                ${children}
            </div>
            ${onClose && html`<${Button} kind="quiet" icon="close" label="Dismiss" onClick=${onClose} />`}
        </div>`;
}

/** @param {unknown} error */
const headline = (error) => (isStatus(error, 0) ? 'No connection' : 'This could not be loaded');

/**
 * What went wrong, for people. Only the API's own words are shown: others are for developers.
 *
 * @param {unknown} error
 */
function said(error) {
    return sentence(error instanceof ApiError ? error.message : 'something went wrong here');
}
