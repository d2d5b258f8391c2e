// The HTTP API and the pipeline's function, to fill a workspace before a person looks at it.

import { until } from './until.mjs';

/** A client of one workspace of a running system. Answers that are no success are errors. */
export class Api {
    #url;
    #workspace;
    #token;

    constructor(url, workspace) {
        this.#url = url;
        this.#workspace = workspace;
    }

    get(path) {
        return this.#request('GET', path);
    }

    post(path, body) {
        return this.#request('POST', path, body);
    }

    patch(path, body) {
        return this.#request('PATCH', path, body);
    }

    delete(path) {
        return this.#request('DELETE', path);
    }

    /**
     * Folds an event of a conversation into the book, as the pipeline does. `captured` is `{field: value}`; `proof` says of
     * some of these fields how they were learnt.
     */
    async fold({ conversation, channel = 'web_chat', at = new Date(), captured = {}, proof = {} }) {
        const event = {
            workspace_id: this.#workspace,
            conversation_id: conversation,
            channel,
            assistant_id: 'front-desk',
            occurred_at: at.toISOString(),
            captured: Object.entries(captured).map(([field, value]) => ({ field, value, proof: proof[field] })),
        };
        const url = `${this.#url}/2015-03-31/functions/conversation-upsert/invocations`;
        const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
        const answer = await response.json();
        if (!response.ok || response.headers.has('x-amz-function-error')) throw new Error(JSON.stringify(answer));
        return answer;
    }

    /** Imports a CSV file, and resolves to the import once it has ended well, within `patience` milliseconds. */
    async importCsv(text, order = {}, patience = 60_000) {
        const file = new TextEncoder().encode(text);
        const { id, upload } = await this.post('/imports', {
            file_name: 'people.csv',
            size_bytes: file.length,
            ...order,
        });
        const put = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: file });
        if (!put.ok) throw new Error(`the upload was answered with ${put.status}`);
        const over = async () => {
            const job = await this.get(`/imports/${id}`);
            return ['completed', 'failed'].includes(job.status) && job;
        };
        const ended = await until('the import has ended', over, patience);
        if (ended.status === 'failed') throw new Error(ended.error.reason);
        return ended;
    }

    async #request(method, path, body) {
        this.#token ??= await this.#signIn();
        const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
        const response = await fetch(`${this.#url}${path}`, { method, headers, body: body && JSON.stringify(body) });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
        return text && JSON.parse(text);
    }

    async #signIn() {
        const response = await fetch(`${this.#url}/dev/token?workspace=${this.#workspace}&ttl=3600`);
        return (await response.json()).access_token;
    }
}
