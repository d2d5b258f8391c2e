// The addresses of pictures. They stand beside this module, and beside the script into which it is bundled.

const addressOf = (/** @type {string} */ path) => new URL(path, import.meta.url).href;

export const ICON = addressOf('./icon.svg');
export const FLAGS = addressOf('./vendor/flags.svg');
