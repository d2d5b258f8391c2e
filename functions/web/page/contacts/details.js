// What is known of a contact, and of each value where it came from and when.

/**
 * @import { Contact, CustomFieldType, FieldValue, Identifier, Source } from '#api'
 * @import { IconName } from '../ui/icon.js'
 * @import { ComponentChildren } from '../vendor/preact.js'
 * @import { ChannelKey } from './fields.js'
 * @import { CommonOrigin } from './provenance.js'
 * @import { Props } from './unsettled.js'
 */

import { count, country, number } from '../format.js';
import { Copy } from '../ui/copy.js';
import { Flag } from '../ui/flag.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { useKeys } from '../ui/keys.js';
import { Outside } from '../ui/outside.js';
import { Time, useExactTimes } from '../ui/time.js';
import { Conflicts } from './conflicts.js';
import { Conversations } from './conversations.js';
import { channelsOf, emailLink, instagramLink, labelOf, telephoneLink, whatsappLink } from './fields.js';
import { History } from './history.js';
import { Origin } from './link.js';
import { Phone } from './phone.js';
import { commonOrigin } from './provenance.js';
import { UnconfirmedValues } from './unsettled.js';

/** @type {Record<Source, string>} */
const SOURCES = { conversation: 'from a conversation', manual: 'by hand', import: 'by an import' };

/** @param {Props} props */
export function Details(props) {
    const { contact, customFields, onChanged } = props;
    const { name, also_known_by: known, shared, joined = [], conflicts, unconfirmed } = contact;
    const values = contact.custom_fields ?? {};
    const custom = customFields.filter(({ key }) => values[key] !== undefined);
    const channels = channelsOf(contact);
    const fields = [
        ...(name ? ['name'] : []),
        ...channels.map(({ key }) => key),
        ...custom.map(({ key }) => `custom.${key}`),
    ];
    const common = commonOrigin(contact, fields);
    return html`
        <div class="contact">
            <${Identity} proven=${contact.proven} />
            ${unconfirmed && html`<${UnconfirmedValues} ...${props} />`}
            ${conflicts && html`<${Conflicts} ...${props} />`}
            <dl>
                ${
                    name &&
                    html`
                        <${Value} contact=${contact} common=${common} field="name" label="Name"><bdi>${name}</bdi><//>`
                }
                ${channels.map(
                    ({ key, label }) => html`
                        <${Value} key=${key} contact=${contact} common=${common} field=${key} label=${label} icon=${key}
                            copied=${contact.channels[key]}>
                            <${Channel} contact=${contact} channel=${key} />
                        <//>`,
                )}
                ${custom.map(
                    ({ key, label, type }) => html`
                        <${Value} key=${key} contact=${contact} common=${common} field=${`custom.${key}`} label=${label}>
                            <${Custom} value=${values[key]} type=${type} />
                        <//>`,
                )}
            </dl>
            ${
                common &&
                html`
                    <p class="origin common">
                        <${Origin} source=${common.source} of=${common.isOfAll ? 'all' : 'most'} />, <${Time} at=${common.at} />
                    </p>`
            }
            ${
                known &&
                html`
                    <${Identifiers} title="Also known by" list=${known}
                        hint="A person with one of these is recognised as this contact." />`
            }
            ${
                shared &&
                html`
                    <${Identifiers} title="Shared with others" list=${shared}
                        hint="Several people use these. A person with one of them alone is taken for another contact." />`
            }
            <${Conversations} contact=${contact} onChanged=${onChanged} />
            ${joined.length > 0 && html`<${Joined} ids=${joined} />`}
            <${About} contact=${contact} />
            <${History} contact=${contact} customFields=${customFields} />
        </div>`;
}

/** @param {{proven: boolean}} props */
function Identity({ proven }) {
    const [icon, title, text] = proven
        ? ['check', 'Identity confirmed', 'It is certain that at least one of these details belongs to this person.']
        : ['person', 'Only stated so far', 'Nothing proves yet that these details belong to this person.'];
    return html`
        <p class=${proven ? 'identity proven' : 'identity'}>
            <${Icon} name=${icon} /><span><strong>${title}</strong> <span class="quiet">${text}</span></span>
        </p>`;
}

/** @param {{title: string, list: Identifier[], hint: string}} props */
function Identifiers({ title, list, hint }) {
    return html`
        <section>
            <h3>${title}</h3>
            <ul class="known">
                ${list.map(
                    ({ field, value }) => html`
                        <li key=${field + value}>
                            <${Icon} name=${field} label=${labelOf(field)} /><${Phone} number=${value} />
                            <${Copy} what=${labelOf(field)} text=${value} />
                        </li>`,
                )}
            </ul>
            <p class="hint">${hint}</p>
        </section>`;
}

/**
 * @param {{
 *     contact: Contact,
 *     common?: CommonOrigin,
 *     field: string,
 *     label: string,
 *     icon?: IconName,
 *     copied?: string,
 *     children: ComponentChildren,
 * }} props `common`: the origin that is said once for all values that have it
 */
function Value({ contact, common, field, label, icon, copied, children }) {
    const origin = contact.provenance?.[field];
    return html`
        <div class="value">
            <dt>${icon && html`<${Icon} name=${icon} />`}<bdi>${label}</bdi></dt>
            <dd>
                <div class="said">${children}${copied && html`<${Copy} what=${label} text=${copied} />`}</div>
                ${
                    origin &&
                    origin.source !== common?.source &&
                    html`
                        <p class="origin"><${Origin} source=${origin.source} />, <${Time} at=${origin.at} /></p>`
                }
            </dd>
        </div>`;
}

/** @param {{contact: Contact, channel: ChannelKey}} props */
function Channel({ contact: { phone, channels }, channel }) {
    const value = channels[channel] ?? '';
    if (channel === 'email') return html`<a href=${emailLink(value)}><bdi>${value}</bdi></a>`;
    const flag = value === phone && channels.dial_code && html`<${Flag} country=${channels.dial_code} />`;
    if (channel === 'telephone') return html`${flag}<a href=${telephoneLink(value)}><${Phone} number=${value} /></a>`;
    if (channel === 'whatsapp') {
        return html`${flag}<${Outside} href=${whatsappLink(value)}><${Phone} number=${value} /><//>`;
    }
    if (channel === 'instagram') return html`<${Outside} href=${instagramLink(value)}><bdi>${value}</bdi><//>`;
    return html`${flag}<bdi>${value}</bdi>`;
}

/** @param {{value: FieldValue, type: CustomFieldType}} props */
function Custom({ value, type }) {
    if (type === 'number') return html`<span title=${value}>${number(value)}</span>`;
    return html`<bdi class="text">${value}</bdi>`;
}

/** @param {{ids: string[]}} props */
function Joined({ ids }) {
    return html`
        <section>
            <h3>Joined contacts</h3>
            <p>
                ${count(ids.length, 'contact was', 'contacts were')} found to be the same person and joined into this one.
                Links to them lead here.
            </p>
            <ul class="joined">
                ${ids.map(
                    (id) => html`
                        <li key=${id}>
                            <${Icon} name="join" /><code>${id}</code>
                            <span class="quiet">of <${Time} at=${momentOf(id)} /></span>
                        </li>`,
                )}
            </ul>
        </section>`;
}

/**
 * A UUIDv7 begins with the milliseconds in which it was made.
 *
 * @param {string} id
 */
const momentOf = (id) => new Date(parseInt(id.replace('-', '').slice(0, 12), 16)).toISOString();

/** @param {{contact: Contact}} props */
function About({ contact }) {
    const { id, source, created_at: created, updated_at: updated, last_seen_at: seen } = contact;
    const code = contact.channels.dial_code;
    const [isExact, toggle] = useExactTimes();
    useKeys({ t: toggle });
    return html`
        <section class="about">
            <div class="heading">
                <h3>About this contact</h3>
                <button type="button" class="link" aria-pressed=${String(isExact)} aria-keyshortcuts="t" onClick=${toggle}>
                    Exact times
                </button>
            </div>
            <dl>
                ${code && html`<div><dt>Country of the phone</dt><dd>${country(code)}</dd></div>`}
                <div><dt>Last conversation</dt><dd>${seen ? html`<${Time} at=${seen} />` : 'None yet'}</dd></div>
                <div><dt>Added</dt><dd><${Time} at=${created} />, ${SOURCES[source]}</dd></div>
                <div><dt>Last change</dt><dd><${Time} at=${updated} /></dd></div>
                <div><dt>ID</dt><dd class="said"><code>${id}</code><${Copy} what="ID" text=${id} /></dd></div>
            </dl>
        </section>`;
}
