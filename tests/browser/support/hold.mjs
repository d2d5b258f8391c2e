// Requests that wait, so that a test can look at the page in between.

/** Holds the page's requests to these addresses until the function that it returns is called. */
export async function hold(page, addresses) {
    let release;
    const released = new Promise((resolve) => {
        release = resolve;
    });
    await page.route(addresses, async (route) => {
        await released;
        await route.continue();
    });
    return release;
}
