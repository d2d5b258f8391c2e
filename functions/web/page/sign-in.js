// Sign-in by OpenID Connect: the code flow with PKCE. /config.json names the issuer of the tokens.
//
// The tokens live in this tab: in memory, and in sessionStorage so that a reload keeps them; never in localStorage. Tabs
// hand them to each other (`tabs.js`).

/**
 * @import { AuthorizationServer, Client, IDToken, TokenEndpointResponse } from './vendor/oauth4webapi.js'
 *
 * @typedef {object} Session
 * @property {string} bearer what goes to the API
 * @property {string} idToken
 * @property {string} [refreshToken]
 * @property {{key: string, name: string}} person
 * @property {number} [at] when the tokens came, which tells a newer session from an older one
 *
 * @typedef {object} Started a sign-in that has gone to the issuer
 * @property {string} state
 * @property {string} nonce
 * @property {string} verifier
 * @property {string} place the hash that the person wanted to see
 * @property {string} [asked] the tab for which this window signs in
 *
 * @typedef {object} Config what /config.json says
 * @property {string} issuer
 * @property {string} client_id
 * @property {string} scope
 * @property {'id_token' | 'access_token'} token
 *
 * @typedef {object} Provider
 * @property {AuthorizationServer} server
 * @property {Client} client
 * @property {Config} config
 * @property {{[oauth.allowInsecureRequests]: boolean}} options
 */

import { attempt } from './attempts.js';
import { askTabs, joinTabs, renewAlone, tellTabs } from './tabs.js';
import * as oauth from './vendor/oauth4webapi.js';

const SESSION = 'contacts.session';
const STARTED = 'contacts.sign-in';
const SIGNED_OUT = 'contacts.signed-out';
/** The parameter of a window that signs in for another tab, which waits for the answer under this name. */
const ASKED = 'asked';
/** How far the clocks of this machine and of the issuer may be apart, in seconds. */
const CLOCK_TOLERANCE = 60;

/** @type {Session | undefined} */
let session = stored(SESSION);
/** @type {Promise<Provider> | undefined} */
let provider;
/** @type {Promise<boolean> | undefined} */
let renewal;

/**
 * Takes up the session of this tab or of another one, ends a sign-in that comes back from the issuer, or begins one.
 *
 * @returns {Promise<{place?: string, signedOut?: boolean, handedOver?: boolean}>} `place`: the hash that the person wanted
 *     to see before signing in; `signedOut`: they have left, and are not sent to the issuer unasked; `handedOver`: another
 *     tab has the session, and this window has done its work
 */
export async function resume() {
    const answer = new URL(location.href);
    /** @type {Started | undefined} */
    const started = stored(STARTED);
    if (answer.search) history.replaceState(history.state, '', answer.pathname + answer.hash);
    if (started && answer.searchParams.has('state')) {
        sessionStorage.removeItem(STARTED);
        await redeem(answer, started);
        return started.asked ? handOver(started.asked) : { place: started.place };
    }
    const asked = answer.searchParams.get(ASKED);
    if (asked) return signIn(asked);
    if (session) return {};
    if (sessionStorage.getItem(SIGNED_OUT)) return { signedOut: true };
    // Needed if no other tab answers; then this has taken no time.
    discovered().catch(() => {});
    const shared = await askTabs();
    if (!shared) return signIn();
    keep(shared);
    return {};
}

/** From now on, this tab shares its session with the other tabs of the same person. */
export function share() {
    joinTabs({
        own: () => session,
        take: keep,
        leave: () => {
            forget();
            location.reload();
        },
    });
}

/**
 * Signs in again in another window, and goes on in this one.
 *
 * @returns {Promise<boolean>} whether it was the same person; another one's session is not taken up
 */
export function signInBeside() {
    const asked = crypto.randomUUID();
    const channel = new BroadcastChannel(asked);
    return new Promise((resolve) => {
        channel.onmessage = (/** @type {MessageEvent<Session>} */ { data }) => {
            channel.close();
            const isSame = !session || session.person.key === data.person.key;
            if (isSame) keep(data);
            resolve(isSame);
        };
        // Where the browser allows no window, the page asks before it is left.
        if (!open(`/?${new URLSearchParams({ [ASKED]: asked })}`)) signIn().catch(() => {});
    });
}

/**
 * Gives the session of this window to the tab that asked for it; no session stays here.
 *
 * @param {string} asked
 */
function handOver(asked) {
    const channel = new BroadcastChannel(asked);
    channel.postMessage(session);
    channel.close();
    keep(undefined);
    close();
    return { handedOver: true };
}

/**
 * Goes to the issuer and comes back to the same place. The promise stays open: the page is left.
 *
 * @param {string} [asked] the tab for which this window signs in
 * @returns {Promise<never>}
 */
export async function signIn(asked) {
    const { server, config } = await discovered();
    if (!server.authorization_endpoint) throw new Error('the issuer has no authorization endpoint');
    const started = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
        place: location.hash,
        asked,
    };
    const challenge = await oauth.calculatePKCECodeChallenge(started.verifier);
    const url = withParameters(server.authorization_endpoint, {
        response_type: 'code',
        client_id: config.client_id,
        redirect_uri: home(),
        scope: config.scope,
        state: started.state,
        nonce: started.nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
    });
    sessionStorage.removeItem(SIGNED_OUT);
    sessionStorage.setItem(STARTED, JSON.stringify(started));
    location.assign(url);
    return new Promise(() => {});
}

/** Ends the session here, and at the issuer where that can be done. */
export async function signOut() {
    const { idToken = '', person } = session ?? {};
    forget();
    tellTabs({ leaves: person?.key });
    const { server, config } = (await discovered().catch(() => undefined)) ?? {};
    if (!server?.end_session_endpoint || !config) {
        location.assign(home());
        return;
    }
    const url = withParameters(server.end_session_endpoint, {
        id_token_hint: idToken,
        client_id: config.client_id,
        post_logout_redirect_uri: home(),
        // As Cognito calls it.
        logout_uri: home(),
    });
    location.assign(url);
}

/** What goes into `Authorization: Bearer`. */
export const bearer = () => session?.bearer ?? '';

/** Who is signed in: `key` tells one from another, `name` is for people. */
export const person = () => session?.person ?? { key: '', name: '' };

/**
 * Gets new tokens, once for all calls that were refused with one.
 *
 * @param {string} refused the token with which a call was refused
 * @returns {Promise<boolean>} whether there is another token now
 */
export function renew(refused) {
    // The call was refused late: another one has got new tokens since.
    if (session && session.bearer !== refused) return Promise.resolve(true);
    renewal ??= renewAlone(() => refresh(refused))
        .catch(() => false)
        .finally(() => {
            renewal = undefined;
        });
    return renewal;
}

/** @param {string} refused */
async function refresh(refused) {
    // Another tab may have renewed them while this one waited.
    if (session && session.bearer !== refused) return true;
    const former = session;
    const newer = former && (await askTabs(former));
    if (!former || !session) return false;
    if (newer) {
        keep(newer);
        return true;
    }
    if (!former.refreshToken) return false;
    const { server, client, config, options } = await discovered();
    const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), former.refreshToken, options);
    const tokens = await oauth.processRefreshTokenResponse(server, client, answer);
    // A person who has signed out meanwhile stays signed out.
    if (!session) return false;
    keep(sessionOf(tokens, config, former));
    tellTabs({ has: session });
    return true;
}

/**
 * @param {URL} answer
 * @param {Started} started
 */
async function redeem(answer, { state, nonce, verifier }) {
    const { server, client, config, options } = await discovered();
    const code = oauth.validateAuthResponse(server, client, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        code,
        home(),
        verifier,
        options,
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    keep(sessionOf(await oauth.processAuthorizationCodeResponse(server, client, response, expected), config));
}

/**
 * @param {TokenEndpointResponse} tokens
 * @param {Config} config
 * @param {Session} [former] a renewal need not give those tokens anew that still hold
 * @returns {Session}
 */
function sessionOf(tokens, { token }, former) {
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    const idToken = tokens.id_token ?? former?.idToken;
    const person = claims ? describe(claims) : former?.person;
    if (!idToken || !person) throw new Error('the issuer sent no ID token');
    return {
        bearer: token === 'access_token' ? tokens.access_token : idToken,
        idToken,
        refreshToken: tokens.refresh_token ?? former?.refreshToken,
        person,
        at: Date.now(),
    };
}

/** @param {IDToken} claims */
function describe({ iss, sub, name, email, preferred_username: username }) {
    return { key: `${iss} ${sub}`, name: [name, email, username].find((claim) => typeof claim === 'string') ?? sub };
}

/** @param {Session | undefined} changed */
function keep(changed) {
    session = changed;
    if (changed) sessionStorage.setItem(SESSION, JSON.stringify(changed));
    else sessionStorage.removeItem(SESSION);
}

/** Ends the session here; the issuer is not asked for another one unless the person wants it. */
function forget() {
    keep(undefined);
    sessionStorage.setItem(SIGNED_OUT, 'yes');
}

/** @param {string} key */
function stored(key) {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
}

/**
 * @param {string} endpoint
 * @param {Record<string, string>} parameters
 */
function withParameters(endpoint, parameters) {
    const url = new URL(endpoint);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
}

/** Where the issuer sends people back to. */
const home = () => new URL('/', location.href).href;

function discovered() {
    provider ??= discover().catch((error) => {
        provider = undefined;
        throw error;
    });
    return provider;
}

/** @returns {Promise<Provider>} */
async function discover() {
    const answer = await attempt(() => fetch('/config.json', { cache: 'no-store' }));
    if (!answer.ok) throw new Error('the settings of the page cannot be read');
    /** @type {Config} */
    const config = await answer.json();
    const url = new URL(config.issuer);
    // On one machine there is no TLS.
    const options = { [oauth.allowInsecureRequests]: url.protocol === 'http:' };
    const discovery = await attempt(() => oauth.discoveryRequest(url, options));
    const server = await oauth.processDiscoveryResponse(url, discovery);
    const client = { client_id: config.client_id, [oauth.clockTolerance]: CLOCK_TOLERANCE };
    return { server, client, config, options };
}
