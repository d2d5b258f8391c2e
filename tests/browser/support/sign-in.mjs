// Signing in at the issuer of one machine.

/** Chooses the workspace on the issuer's page, and waits for the page that one came from. */
export async function signIn(page, workspace) {
    await page.getByLabel('Workspace').fill(workspace);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').first().waitFor();
}

/** Gives a page that has not been opened the session of somebody who signed in before. */
export async function signedIn(page, url, workspace) {
    const answer = await fetch(`${url}/dev/token?workspace=${workspace}&ttl=3600`);
    const { access_token: token } = await answer.json();
    const session = { bearer: token, idToken: token, person: { key: workspace, name: workspace } };
    await page.addInitScript((json) => sessionStorage.setItem('contacts.session', json), JSON.stringify(session));
}
