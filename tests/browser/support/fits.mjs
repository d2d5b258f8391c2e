// Nothing makes one scroll sideways.

import assert from 'node:assert/strict';

/** Fails if the page is wider than its window, and names the elements that are. */
export async function fits(page) {
    const wide = await page.evaluate(() => {
        const { scrollWidth } = document.documentElement;
        if (scrollWidth <= innerWidth) return [];
        const beyond = [...document.querySelectorAll('*')].filter(
            (element) => element.getBoundingClientRect().right > innerWidth,
        );
        return [`${scrollWidth} wide`, ...beyond.map(({ outerHTML }) => outerHTML.slice(0, 120))];
    });
    assert.deepEqual(wide, []);
}
