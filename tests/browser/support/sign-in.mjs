// Signing in at the issuer of one machine.

/** Chooses the workspace on the issuer's page, and waits for the page that one came from. */
export async function signIn(page, workspace) {
    await page.getByLabel('Workspace').fill(workspace);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').first().waitFor();
}
