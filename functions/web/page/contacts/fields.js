// The fields of a contact, as the API names them and as people read them.

/**
 * @import { Channels, Contact, CustomField, NewChannels, UnsavedContact } from '#api'
 *
 * @typedef {keyof NewChannels} ChannelKey
 */

/**
 * The ways to reach a person, in the order in which they are shown.
 *
 * @type {{key: ChannelKey, label: string, input: Record<string, string | boolean>}[]}
 */
export const CHANNELS = [
    { key: 'telephone', label: 'Phone', input: { type: 'tel', inputmode: 'tel' } },
    { key: 'whatsapp', label: 'WhatsApp', input: { type: 'tel', inputmode: 'tel' } },
    { key: 'whatsapp_user_id', label: 'WhatsApp user id', input: { autocapitalize: 'none', spellcheck: false } },
    { key: 'email', label: 'Email', input: { inputmode: 'email', autocapitalize: 'none', spellcheck: false } },
    { key: 'instagram', label: 'Instagram', input: { autocapitalize: 'none', spellcheck: false } },
    { key: 'slack', label: 'Slack', input: { autocapitalize: 'none', spellcheck: false } },
    { key: 'microsoft_teams', label: 'Microsoft Teams', input: { autocapitalize: 'none', spellcheck: false } },
];

/** @type {Record<string, string>} */
const LABELS = {
    name: 'Name',
    sms: 'SMS',
    web_chat: 'Web chat',
    ...Object.fromEntries(CHANNELS.map(({ key, label }) => [key, label])),
};

/**
 * What people call a field, or the medium of a conversation.
 *
 * @param {string} key
 * @param {Pick<CustomField, 'key' | 'label'>[]} [customFields]
 */
export function labelOf(key, customFields = []) {
    const custom = customFields.find((field) => `custom.${field.key}` === key);
    return custom?.label ?? LABELS[key] ?? key;
}

/**
 * The value of a field: `name`, `email`, `custom.plan`.
 *
 * @param {Contact} contact
 * @param {string} field
 */
export function shownIn({ name, channels, custom_fields: custom = {} }, field) {
    return { ...channels, name }[field] ?? custom[field.slice('custom.'.length)];
}

/**
 * The channels by which the contact can be reached.
 *
 * @param {{channels: Channels}} contact
 */
export const channelsOf = (contact) => CHANNELS.filter(({ key }) => contact.channels[key]);

/**
 * What a contact is called in links and titles; one without a name by what else is known.
 *
 * @param {UnsavedContact} contact
 */
export function nameOf(contact) {
    const { name, email, phone, channels } = contact;
    return name ?? email ?? phone ?? channelsOf({ channels }).map(({ key }) => channels[key])[0] ?? 'No name';
}

/**
 * When the contact was last active: the moment by which the list is sorted.
 *
 * @param {Contact} contact
 */
export const activityOf = (contact) => contact.last_seen_at ?? contact.created_at;

/**
 * A phone as a link to call.
 *
 * @param {string} phone
 */
export const telephoneLink = (phone) => `tel:${phone}`;

/**
 * A number as a link to a chat.
 *
 * @param {string} number in E.164
 */
export const whatsappLink = (number) => `https://wa.me/${number.replace(/\D/g, '')}`;

/**
 * A user name as a link to the profile.
 *
 * @param {string} handle
 */
export const instagramLink = (handle) => `https://www.instagram.com/${encodeURIComponent(handle)}/`;

/**
 * An address as a link to write to; nothing in it can add further addresses or a text.
 *
 * @param {string} email
 */
export const emailLink = (email) => `mailto:${encodeURIComponent(email).replace('%40', '@')}`;

/**
 * A conversation as a link to the system that shows it; undefined without an address of that system.
 *
 * @param {string | null} address with `{conversation_id}`
 * @param {string} id
 */
export const conversationLink = (address, id) =>
    address && /^https?:\/\//i.test(address)
        ? address.replaceAll('{conversation_id}', () => encodeURIComponent(id))
        : undefined;
