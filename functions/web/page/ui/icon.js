// Icons, drawn with the colour of the text around them.
//
//     html`<${Icon} name="email" />`                    beside a text that says the same
//     html`<${Icon} name="email" label="Email" />`      alone: the label is read out, and shown as a tooltip

import { html } from './html.js';

/** @typedef {keyof typeof DRAWINGS} IconName */

const WHATSAPP =
    'M4 20l1.2-4A8.2 8.2 0 1 1 8.4 19L4 20Zm5-11.6c-.6 3 3.3 7 6.4 6.7l.8-1.9-2-1.2-1 .9a5 5 0 0 1-2.3-2.3l.9-1-1.1-2L9 8.4Z';

const DRAWINGS = {
    telephone:
        'M6.6 3.5 9 3l2 4.6-1.9 1.5a13 13 0 0 0 5.8 5.8l1.5-1.9L21 15l-.5 2.4A3.3 3.3 0 0 1 17 20C10 19.4 4.6 14 4 7a3.3 3.3 0 0 1 2.6-3.5Z',
    whatsapp: WHATSAPP,
    whatsapp_user_id: WHATSAPP,
    sms: 'M4 5h16v11H9.5L5 20v-4H4V5Zm4 5.5h.01M12 10.5h.01M16 10.5h.01',
    email: 'M3.5 5.5h17v13h-17v-13Zm.5.5 8 7 8-7',
    instagram:
        'M8 3.5h8A4.5 4.5 0 0 1 20.5 8v8a4.5 4.5 0 0 1-4.5 4.5H8A4.5 4.5 0 0 1 3.5 16V8A4.5 4.5 0 0 1 8 3.5Zm4 4.7a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6Zm4.9-1.1h.01',
    slack: 'M9.5 3.5v17M15.5 3.5v17M3.5 9.5h17M3.5 15.5h17',
    microsoft_teams:
        'M4 7.5h9v9H4v-9Zm2.5 3h4m-2 0v4M13 9.5h7v5.2a3.8 3.8 0 0 1-6 3.1M16.5 3.8a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM8.5 16.5c.3 2 1.7 3.5 4 4 1.3-.3 2.3-1 3-2',
    web_chat:
        'M12 3.5c5 0 8.5 3 8.5 7.3S17 18 12 18c-.9 0-1.8-.1-2.6-.3L5 20.5l.6-4C4.3 15.2 3.5 13.2 3.5 10.8 3.5 6.5 7 3.5 12 3.5Z',
    search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm5 11.5 5 5',
    plus: 'M12 5v14M5 12h14',
    check: 'M5 12.5l4.5 4.5L19 7',
    close: 'M6 6l12 12M18 6 6 18',
    copy: 'M9 8.5h10.5v12H9v-12Zm-3.5 7h-1v-12H15v2',
    edit: 'M4 20l1-4L16 5l3 3L8 19l-4 1ZM14 7l3 3',
    delete: 'M4.5 6.5h15M9 6.5v-3h6v3m-8.5 0 1 14h9l1-14M10 10.5v6M14 10.5v6',
    columns: 'M4 5h16v14H4V5Zm5.5 0v14M14.5 5v14',
    down: 'M6 9.5l6 6 6-6',
    up: 'M6 14.5l6-6 6 6',
    left: 'M14.5 6l-6 6 6 6',
    right: 'M9.5 6l6 6-6 6',
    warning: 'M12 4 2.5 20h19L12 4Zm0 6v5m0 2.5h.01',
    upload: 'M12 16V4.5M7 9.5l5-5 5 5M4 16v4h16v-4',
    download: 'M12 4v11.5M7 10.5l5 5 5-5M4 16v4h16v-4',
    more: 'M5 11a1 1 0 1 1 0 2 1 1 0 0 1 0-2Zm7 0a1 1 0 1 1 0 2 1 1 0 0 1 0-2Zm7 0a1 1 0 1 1 0 2 1 1 0 0 1 0-2Z',
    join: 'M5 4v3a5 5 0 0 0 5 5h9M5 20v-3a5 5 0 0 1 5-5M15.5 8.5 19 12l-3.5 3.5',
    unlink: 'M9.5 14.5l5-5M13 6.8l1.9-1.9a3 3 0 0 1 4.2 4.2L17.2 11M11 17.2l-1.9 1.9a3 3 0 0 1-4.2-4.2L6.8 13M4 4l16 16',
    person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4.5 20.5c.5-3.7 3.5-5.5 7.5-5.5s7 1.8 7.5 5.5',
    file: 'M6 3.5h8l4.5 4.5v12.5H6v-17Zm8 0V8h4.5',
    signOut: 'M14 4H5v16h9M10 12h10.5M17 8l4 4-4 4',
};

/** @param {{name: IconName, label?: string}} props */
export function Icon({ name, label }) {
    return html`
        <svg class="icon" viewBox="0 0 24 24" role=${label ? 'img' : undefined} aria-label=${label} aria-hidden=${label ? undefined : 'true'}>
            ${label && html`<title>${label}</title>`}
            <path d=${DRAWINGS[name]} />
        </svg>`;
}
