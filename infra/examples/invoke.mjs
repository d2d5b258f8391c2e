// Sends a conversation event to the contact book.
//
//     node invoke.mjs [--async] FUNCTION < events/telephone.json
//
// README.md says what an event must tell apart: the sender, and what the sender says.
//
// FUNCTION is the function's name or ARN: the output ConversationUpsertFunction of the stack. For a one-machine system it
// is conversation-upsert, with AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:3000. The program needs Node 20 or newer,
// @aws-sdk/client-lambda (npm ci), the permission lambda:InvokeFunction, and credentials and a region as the SDK finds
// them (AWS_REGION, a profile, a role).
//
// Prints the response. Prints a failure to standard error and exits with status 1. With --async it does not wait for the
// response: Lambda stores the event, tries it up to three times, and sends failed events to a queue.

import { buffer } from 'node:stream/consumers';

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** The function failed. `InvalidEvent`: do not send the event again. `Unavailable`: send it again. */
class FunctionError extends Error {
    // Lambda omits the type if the function did not finish.
    constructor({ errorType = '', errorMessage }) {
        super(errorMessage);
        this.name = errorType;
    }
}

/** Folds one event and returns the JSON of the response. */
async function invoke(client, FunctionName, Payload) {
    const answer = await client.send(new InvokeCommand({ FunctionName, Payload }));
    const payload = answer.Payload.transformToString();
    if (answer.FunctionError) throw new FunctionError(JSON.parse(payload));
    return payload;
}

/** Sends one event without waiting for the response. */
async function send(client, FunctionName, Payload) {
    await client.send(new InvokeCommand({ FunctionName, Payload, InvocationType: 'Event' }));
}

const words = process.argv.slice(2);
const later = words[0] === '--async';
const [name, ...others] = later ? words.slice(1) : words;
if (!name || others.length > 0) {
    console.error('usage: invoke.mjs [--async] FUNCTION < event.json');
    process.exit(1);
}
// Repeated events are harmless, so the client's retries are safe. Create one client for many events.
const client = new LambdaClient();
const event = await buffer(process.stdin);
try {
    if (later) await send(client, name, event);
    else console.log(await invoke(client, name, event));
} catch (error) {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
}
