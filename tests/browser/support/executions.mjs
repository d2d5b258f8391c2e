// Lambda and API Gateway as the page meets them in an account that is new: ten executions at once, of all functions together.

import { setTimeout as pause } from 'node:timers/promises';

const MOST = 10;
/** Milliseconds: an execution whose environment has to be started, one that has an environment, and the way there and back. */
const COLD = 1000;
const WARM = 20;
const NETWORK = 30;

const WEB = /^\/(assets\/.*|config\.json)?(\?.*)?$/;
const API = /^\/(contacts|custom-fields|settings|imports|exports)\b/;

/**
 * @returns what a proxy meets requests with (`proxy.mjs`), and how many executions there were and were refused. An execution
 *     beyond the most is refused at once, with 503. The issuer is no function
 */
export function tenExecutions() {
    const idle = { web: 0, api: 0 };
    const counted = { executions: 0, refused: 0 };
    let running = 0;
    const meet = async (path) => {
        const name = WEB.test(path) ? 'web' : API.test(path) ? 'api' : undefined;
        await pause(NETWORK);
        if (!name) return undefined;
        if (running === MOST) {
            counted.refused++;
            return 503;
        }
        counted.executions++;
        running++;
        const isWarm = idle[name] > 0;
        if (isWarm) idle[name]--;
        await pause(isWarm ? WARM : COLD);
        idle[name]++;
        running--;
        return undefined;
    };
    return { meet, counted };
}
