// The tabs of one person share a session: a new tab takes it over from another one, one tab renews the tokens for all (an
// issuer may accept a refresh token only once), and whoever signs out in one tab is signed out in all of them.
//
// The tabs send each other messages by a BroadcastChannel, which reaches only this origin and stores nothing. A lock that
// all of them share says how many there are: a new tab waits for as many answers, however busy the others are.

/**
 * @import { Session } from './sign-in.js'
 *
 * @typedef {object} Message one of these
 * @property {{id: string, key?: string, after: number}} [asks] for a session that is newer, of this person or of anybody
 * @property {string} [answers] the id of what was asked
 * @property {Session} [has]
 * @property {string} [leaves] the person who signs out
 */

const CHANNEL = 'contacts.session';
const RENEWAL = 'contacts.renewal';
const PRESENT = 'contacts.tab';
/** Milliseconds within which the other tabs answer. A tab that stands still in a debugger does not. */
const LIMIT = 3000;

/** Whether this tab has joined. */
let isPresent = false;

/** How many other tabs have joined. */
async function others() {
    const { held } = await navigator.locks.query();
    return (held ?? []).filter(({ name }) => name === PRESENT).length - (isPresent ? 1 : 0);
}

/** @param {Session} [session] */
const timeOf = (session) => (session ? (session.at ?? 0) : -1);

/** @type {(other: Session, own: Session | undefined) => boolean} */
const replaces = (other, own) => (!own || own.person.key === other.person.key) && timeOf(other) > timeOf(own);

/**
 * Answers the other tabs, and does as they do.
 *
 * @param {{own: () => Session | undefined, take: (newer: Session) => void, leave: () => void}} tab
 */
export function joinTabs({ own, take, leave }) {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (/** @type {MessageEvent<Message>} */ { data: { asks, has, leaves } }) => {
        const session = own();
        const key = session?.person.key;
        if (asks) {
            const isNewer = session && (asks.key ?? key) === key && timeOf(session) > asks.after;
            channel.postMessage({ answers: asks.id, ...(isNewer && { has: session }) });
        }
        if (has && session && replaces(has, session)) take(has);
        if (leaves && leaves === key) leave();
    };
    // Until this tab is closed.
    navigator.locks.request(PRESENT, { mode: 'shared' }, () => {
        isPresent = true;
        return new Promise(() => {});
    });
}

/**
 * A session of another tab, if one has a newer one: of the same person, or of anybody for a tab that has none.
 *
 * @param {Session} [own]
 * @returns {Promise<Session | undefined>}
 */
export async function askTabs(own) {
    let missing = await others();
    if (missing === 0) return undefined;
    const channel = new BroadcastChannel(CHANNEL);
    const id = crypto.randomUUID();
    /** @type {Promise<Session | undefined>} */
    const answer = new Promise((resolve) => {
        channel.onmessage = (/** @type {MessageEvent<Message>} */ { data: { answers, has } }) => {
            if (has && replaces(has, own)) resolve(has);
            if (answers === id && --missing === 0) resolve(undefined);
        };
        setTimeout(() => resolve(undefined), LIMIT);
    });
    channel.postMessage({ asks: { id, key: own?.person.key, after: timeOf(own) } });
    return answer.finally(() => channel.close());
}

/** @param {Message} message */
export function tellTabs(message) {
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage(message);
    channel.close();
}

/**
 * Renews the tokens while no other tab does.
 *
 * @param {() => Promise<boolean>} renew
 */
export const renewAlone = async (renew) => await navigator.locks.request(RENEWAL, renew);
