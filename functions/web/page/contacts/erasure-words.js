// What somebody types who means to erase a contact.

/** @param {string} text */
const plain = (text) => text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();

/**
 * Whether a text is what the contact is called, or the word itself; letter case and spaces aside.
 *
 * @param {string} text
 * @param {string} [name]
 */
export const isMeant = (text, name = 'erase') => ['erase', plain(name)].includes(plain(text));
