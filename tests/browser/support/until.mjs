// Waiting for a condition.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is truthy, and resolves to it.
 *
 * @param what the condition in words, for the error when patience (milliseconds) ends
 */
export async function until(what, ask, patience = 15_000) {
    const end = Date.now() + patience;
    for (;;) {
        const answer = await ask();
        if (answer) return answer;
        if (Date.now() > end) throw new Error(`waited ${patience} ms in vain until ${what}`);
        await pause(50);
    }
}
