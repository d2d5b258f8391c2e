// Requests again what the server could not take just now.

const TRIES = 3;
const PAUSE = 400;

/**
 * Sends a request, and again if there is no answer, or one that says to come back: 429 or 503.
 *
 * @param {() => Promise<Response>} send
 * @param {{tries?: number, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>} the first other answer, or the last
 * @throws what `send` throws the last time, or after `signal` has ended it
 */
export async function attempt(send, { tries = TRIES, signal } = {}) {
    for (let tried = 1; ; tried++) {
        const last = tried === tries;
        let asked = 0;
        try {
            const answer = await send();
            if (last || (answer.status !== 429 && answer.status !== 503)) return answer;
            asked = 1000 * (Number(answer.headers.get('retry-after')) || 0);
        } catch (error) {
            if (last || signal?.aborted) throw error;
        }
        await pause(Math.max(asked, PAUSE * 3 ** (tried - 1)) * (1 + Math.random() / 4), signal);
    }
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(milliseconds, signal) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, milliseconds);
        const stop = () => {
            clearTimeout(timer);
            reject(signal?.reason);
        };
        signal?.addEventListener('abort', stop, { once: true });
    });
}
