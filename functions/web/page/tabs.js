// The tabs of one person share a session: a new tab takes it over from another one, one tab renews the tokens for all (an
// issuer may accept a refresh token only once), and whoever signs out in one tab is signed out in all of them.
//
// The tabs send each other messages by a BroadcastChannel, which reaches only this origin and stores nothing.

/**
 * @import { Session } from './sign-in.js'
 *
 * @typedef {object} Message one of these
 * @property {{key?: string, after: number}} [asks] for a session that is newer, of this person or of anybody
 * @property {Session} [has]
 * @property {string} [leaves] the person who signs out
 */

const CHANNEL = 'contacts.session';
const RENEWAL = 'contacts.renewal';
/** Milliseconds within which another tab answers. A tab that the browser has frozen does not. */
const LIMIT = 200;

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
        if (!session) return;
        const { key } = session.person;
        if (asks && (asks.key ?? key) === key && timeOf(session) > asks.after) channel.postMessage({ has: session });
        if (has && replaces(has, session)) take(has);
        if (leaves === key) leave();
    };
}

/**
 * A session of another tab, if one has a newer one: of the same person, or of anybody for a tab that has none.
 *
 * @param {Session} [own]
 * @returns {Promise<Session | undefined>}
 */
export function askTabs(own) {
    const channel = new BroadcastChannel(CHANNEL);
    /** @type {Promise<Session | undefined>} */
    const answer = new Promise((resolve) => {
        channel.onmessage = (/** @type {MessageEvent<Message>} */ { data: { has } }) => {
            if (has && replaces(has, own)) resolve(has);
        };
        setTimeout(() => resolve(undefined), LIMIT);
    });
    channel.postMessage({ asks: { key: own?.person.key, after: timeOf(own) } });
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
