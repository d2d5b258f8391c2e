// Sign-in by OpenID Connect: the code flow with PKCE. Who issues the tokens is told by /config.json.
//
// The tokens live in this tab: in memory, and in sessionStorage so that a reload keeps them; never in localStorage.

import * as oauth from './vendor/oauth4webapi.js';

const SESSION = 'contacts.session';
const STARTED = 'contacts.sign-in';
const SIGNED_OUT = 'contacts.signed-out';
/** How far the clocks of this machine and of the issuer may be apart, in seconds. */
const CLOCK_TOLERANCE = 60;

/** @type {{bearer: string, idToken: string, refreshToken?: string, person: {key: string, name: string}} | undefined} */
let session = stored(SESSION);
let provider;
let renewal;

/**
 * Takes up the session of this tab, ends a sign-in that comes back from the issuer, or begins one.
 *
 * @returns {Promise<{place?: string, signedOut?: boolean}>} `place`: the hash that the person wanted to see before
 *     signing in; `signedOut`: they have left, and are not sent to the issuer unasked
 */
export async function resume() {
    const answer = new URL(location.href);
    const started = stored(STARTED);
    if (answer.search) history.replaceState(history.state, '', answer.pathname + answer.hash);
    if (started && answer.searchParams.has('state')) {
        sessionStorage.removeItem(STARTED);
        await redeem(answer, started);
        return { place: started.place };
    }
    if (session) return {};
    if (sessionStorage.getItem(SIGNED_OUT)) return { signedOut: true };
    return signIn();
}

/** Goes to the issuer and comes back to the same place. The promise stays open: the page is left. */
export async function signIn() {
    const { server, config } = await discovered();
    const started = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
        place: location.hash,
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
    const idToken = session?.idToken ?? '';
    keep(undefined);
    sessionStorage.setItem(SIGNED_OUT, 'yes');
    const { server, config } = await discovered().catch(() => ({}));
    if (!server?.end_session_endpoint) {
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

/** Gets new tokens, once for all calls that were refused meanwhile; tells whether there are some. */
export function renew() {
    renewal ??= refresh()
        .catch(() => false)
        .finally(() => (renewal = undefined));
    return renewal;
}

async function refresh() {
    const token = session?.refreshToken;
    if (!token) return false;
    const { server, client, config, options } = await discovered();
    const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token, options);
    const tokens = await oauth.processRefreshTokenResponse(server, client, answer);
    accept(tokens, config);
    return true;
}

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
    accept(await oauth.processAuthorizationCodeResponse(server, client, response, expected), config);
}

function accept(tokens, { token }) {
    // A renewal need not give those anew that still hold.
    const idToken = tokens.id_token ?? session?.idToken;
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    keep({
        bearer: token === 'access_token' ? tokens.access_token : idToken,
        idToken,
        refreshToken: tokens.refresh_token ?? session?.refreshToken,
        person: claims ? describe(claims) : session?.person,
    });
}

function describe({ iss, sub, name, email, preferred_username: username }) {
    return { key: `${iss} ${sub}`, name: name ?? email ?? username ?? sub };
}

function keep(changed) {
    session = changed;
    if (changed) sessionStorage.setItem(SESSION, JSON.stringify(changed));
    else sessionStorage.removeItem(SESSION);
}

function stored(key) {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
}

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

async function discover() {
    const answer = await fetch('/config.json', { cache: 'no-store' });
    if (!answer.ok) throw new Error('the settings of the page cannot be read');
    const config = await answer.json();
    const url = new URL(config.issuer);
    // On one machine there is no TLS.
    const options = { [oauth.allowInsecureRequests]: url.protocol === 'http:' };
    const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options));
    const client = { client_id: config.client_id, [oauth.clockTolerance]: CLOCK_TOLERANCE };
    return { server, client, config, options };
}
