// Tells the contact book what happened in a conversation.
//
//     node invoke.mjs [--async] FUNCTION < event.json
//
// FUNCTION is the function's name or ARN: the output ConversationUpsertFunction of the stack, or conversation-upsert of
// a system on one machine, which AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:3000 leads to. It needs Node 20 or newer and
// @aws-sdk/client-lambda (npm ci), the permission lambda:InvokeFunction, and credentials and a region as the SDK finds
// them (AWS_REGION, a profile, a role).
//
// Prints the answer. A failure is told on standard error, with exit status 1. With --async nobody waits for the answer:
// Lambda keeps the event, tries three times, and puts what failed into a queue.

import { buffer } from 'node:stream/consumers';

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** The function failed. `InvalidEvent`: do not send the event again. `Unavailable`: send it again. */
class FunctionError extends Error {
    // Lambda leaves the type out where the function did not come to an end.
    constructor({ errorType = '', errorMessage }) {
        super(errorMessage);
        this.name = errorType;
    }
}

/** Folds one event; gives the answer's JSON. */
async function invoke(client, FunctionName, Payload) {
    const answer = await client.send(new InvokeCommand({ FunctionName, Payload }));
    const payload = answer.Payload.transformToString();
    if (answer.FunctionError) throw new FunctionError(JSON.parse(payload));
    return payload;
}

/** Leaves one event with Lambda. */
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
// Events may come twice without harm, so the client's own retries are safe. Make it once for many events.
const client = new LambdaClient();
const event = await buffer(process.stdin);
try {
    if (later) await send(client, name, event);
    else console.log(await invoke(client, name, event));
} catch (error) {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
}
