// Chromium, and one page in a context of its own that notes what no page should do.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const ARGUMENTS = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'];
/** The longest that a person waits for what should be there, in milliseconds. */
const WAIT_LIMIT = 15_000;

/** Starts Chromium, the one of the variable `CHROMIUM`, else the one on the path, with further arguments. */
export function startBrowser(...further) {
    const args = [...ARGUMENTS, ...further];
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? onPath('chromium'), args });
}

/**
 * Opens an empty page in a context of its own.
 *
 * @param look `scheme` is light or dark; `width` and `height` are of the window, in CSS pixels
 * @returns the page, its context, and the faults noted so far, a line each
 */
export async function openPage(browser, { scheme = 'light', width = 1280, height = 800, ...options } = {}) {
    const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: scheme,
        // Nothing is caught half faded in, neither by a picture nor by a measure of contrast.
        reducedMotion: 'reduce',
        locale: 'en-US',
        timezoneId: 'UTC',
        ...options,
    });
    context.setDefaultTimeout(WAIT_LIMIT);
    const faults = watch(context);
    return { context, page: await context.newPage(), faults };
}

function watch(context) {
    const faults = [];
    context.on('weberror', (event) => faults.push(`error: ${event.error().stack}`));
    context.on('console', (message) => {
        // What a page's policy blocks is reported here, too. Answers that are refusals are noted below, with their
        // address.
        const isAnswer = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !isAnswer) faults.push(`console: ${message.text()}`);
    });
    context.on('response', (response) => {
        if (response.status() >= 400) faults.push(`${response.status()} ${describe(response.request())}`);
    });
    context.on('requestfailed', (request) => {
        const reason = request.failure()?.errorText;
        // The page cancels what it has no more use for, and a download is a navigation that ends so.
        if (reason !== 'net::ERR_ABORTED') faults.push(`${reason} ${describe(request)}`);
    });
    return faults;
}

function describe(request) {
    return `${request.method()} ${request.url()}`;
}

function onPath(name) {
    const found = process.env.PATH.split(delimiter)
        .map((folder) => join(folder, name))
        .find(isProgram);
    if (!found) throw new Error(`${name} is needed: install it, or name it in the variable CHROMIUM`);
    return found;
}

function isProgram(file) {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
