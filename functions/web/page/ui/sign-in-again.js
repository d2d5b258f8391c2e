// A button that signs in again in a window of its own, so that what somebody has entered stays where it is.

import { signInBeside } from '../sign-in.js';
import { useState } from '../vendor/hooks.js';
import { Button } from './button.js';
import { html } from './html.js';

export function SignInAgain() {
    const [result, setResult] = useState(/** @type {'same' | 'other' | undefined} */ (undefined));
    if (result === 'same')
        return html`<strong>You are signed in again. Your input is still here: save it now.</strong>`;
    const signIn = async () => setResult((await signInBeside()) ? 'same' : 'other');
    return html`
        ${result === 'other' && html`<strong>That was another account. Sign in as you were before.</strong> `}
        <${Button} onClick=${signIn}>Sign in<//>`;
}
