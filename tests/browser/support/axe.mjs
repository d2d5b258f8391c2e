// What axe-core finds wrong with the accessibility of a view.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = ['serious', 'critical'];

/** Fails if the page, as it stands, has a serious or critical violation; each is reported with its elements. */
export async function axe(page) {
    // A list that is being loaded is dimmed meanwhile.
    await page.waitForFunction(() => !document.querySelector('table[aria-busy="true"]'));
    await page.evaluate(async () => {
        const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
        await Promise.allSettled(transitions.map(({ finished }) => finished));
    });
    // Not as a script of the page: its policy would keep that out, as it should.
    await page.evaluate(`${SOURCE}; null`);
    const { violations } = await page.evaluate(`axe.run({ resultTypes: ["violations"] })`);
    const grave = violations.filter(({ impact }) => GRAVE.includes(impact));
    if (grave.length > 0) throw new Error(`axe finds in ${page.url()}:\n${grave.map(tell).join('\n')}`);
}

function tell({ impact, id, help, nodes }) {
    const elements = nodes.map(({ target, html, failureSummary }) => {
        return `    ${target.flat().join(' ')}\n      ${html.slice(0, 200)}\n      ${failureSummary.replaceAll('\n', '\n      ')}`;
    });
    return `  ${impact}: ${help} (${id})\n${elements.join('\n')}`;
}
