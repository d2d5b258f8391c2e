// Addresses of the HTTP API.

/**
 * A path of the API with its parameters, and with a query of those parameters that have a value.
 *
 * @param {string} template as the API documents it: `/contacts/{id}`
 * @param {object} [path] what stands in its braces
 * @param {object} [query]
 */
export function addressOf(template, path = {}, query = {}) {
    /** @type {Map<string, string>} */
    const parameters = new Map(Object.entries(path));
    const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
    const search = filled.length > 0 ? `?${new URLSearchParams(filled)}` : '';
    return template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters.get(name) ?? '')) + search;
}
