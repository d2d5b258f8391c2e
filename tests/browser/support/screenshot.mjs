// Pictures to look at, in a folder that git ignores.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../target/screenshots/', import.meta.url);

/** Takes a picture of the window, or with `fullPage` of all that one could scroll to. */
export async function screenshot(page, name, options = {}) {
    await mkdir(FOLDER, { recursive: true });
    await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, FOLDER)), ...options });
}
