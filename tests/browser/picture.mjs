// Makes the picture of the README, page.png, from the demo book.
//
//     node picture.mjs
//
// The machine should have fonts for all scripts of the names, such as Noto's or Droid's.

import { fileURLToPath } from 'node:url';
import { Api } from './support/api.mjs';
import { openPage, startBrowser } from './support/browser.mjs';
import { signIn } from './support/sign-in.mjs';
import { startSystem } from './support/system.mjs';

const WORKSPACE = 'demo';
const PICTURE = fileURLToPath(new URL('page.png', import.meta.url));
const MINUTE = 60_000;

/** Who of the demo comes back, on which channel, how many minutes ago: the list has both of what is known of them. */
const RETURNING = [
    [
        1,
        'whatsapp',
        { whatsapp: '+498912345678', email: 'lena.fischer@example.de', 'custom.plan': 'pro', 'custom.budget': 2400 },
    ],
    [2, 'web_chat', { telephone: '+12015550123', email: 'marcus.reed@example.com', 'custom.plan': 'starter' }],
    [
        3,
        'instagram',
        { instagram: '@noor.designs', email: 'noor@example.com', whatsapp: '+96170123456', 'custom.budget': 320 },
    ],
    [3, 'whatsapp', { whatsapp: '+525512345678', email: 'diego@example.mx', 'custom.plan': 'pro' }],
    [
        5,
        'telephone',
        { email: 'yuki.tanaka@example.jp', telephone: '+81312345678', 'custom.plan': 'pro', 'custom.budget': 180000 },
    ],
    [6, 'web_chat', { telephone: '+447400123456', email: 'olivia@example.co.uk' }],
    [
        8,
        'whatsapp',
        { telephone: '+390612345678', whatsapp: '+390612345678', email: 'chiara@example.it', 'custom.budget': 99.5 },
    ],
];

const [system, browser] = await Promise.all([startSystem('--demo'), startBrowser()]);
try {
    const api = new Api(system.url, WORKSPACE);
    for (const [minutes, channel, captured] of RETURNING) {
        const at = new Date(Date.now() - minutes * MINUTE);
        await api.fold({ conversation: `returning-${minutes}-${channel}`, channel, at, captured });
    }
    const { page } = await openPage(browser, { width: 1280, height: 800 });
    await page.goto(system.url);
    await signIn(page, WORKSPACE);
    await page.getByRole('link', { name: 'Lena Fischer' }).waitFor();
    // The flags, too.
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: PICTURE });
} finally {
    await browser.close();
    await system.stop();
}
