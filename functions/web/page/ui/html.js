// The template tag of all views: html`<p class="quiet">${text}</p>`. What is put in is text, never markup.

/** @import { VNode } from '../vendor/preact.js' */

import htm from '../vendor/htm.js';
import { h } from '../vendor/preact.js';

/** @type {(strings: TemplateStringsArray, ...holes: unknown[]) => VNode | VNode[]} */
export const html = htm.bind(h);
