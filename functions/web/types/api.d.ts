// The HTTP API as its OpenAPI document describes it. `openapi.d.ts` is generated from that document by `make lint`.

import type { paths } from './openapi.d.ts';

export type * from './openapi.d.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

type Operation<M extends Method, P extends keyof paths> = NonNullable<paths[P][Lowercase<M>]>;

/** The paths that have a method, as templates: `/contacts/{id}`. */
export type Path<M extends Method> = {
    [P in keyof paths]: [Operation<M, P>] extends [never] ? never : P;
}[keyof paths];

/** What any call takes. */
export interface Call {
    /** The parameters in the path. */
    path?: object;
    /** The other parameters. Those that are undefined or empty are left out. */
    query?: object;
    /** To be sent as JSON. */
    body?: unknown;
    /** The version that may be changed, as an entity tag. */
    etag?: string;
    /** Makes a POST that is sent twice count once. */
    idempotencyKey?: string;
    /** Nobody asked for it: it is sent once, and an ended session does not lead to signing in. */
    background?: boolean;
    /** Ends the call. */
    signal?: AbortSignal;
}

/** What the call of a path takes. */
export type Options<M extends Method, P extends keyof paths> = Call &
    PathParameters<Operation<M, P>> &
    QueryParameters<Operation<M, P>> &
    Body<Operation<M, P>>;

type PathParameters<O> = O extends { parameters: { path: infer T } } ? { path: T } : { path?: undefined };
type QueryParameters<O> = O extends { parameters: { query?: infer T } }
    ? { query?: Partial<T> }
    : { query?: undefined };
type Body<O> = O extends { requestBody: { content: infer T } }
    ? { body: T[keyof T] }
    : O extends { requestBody?: { content: infer T } }
      ? { body?: T[keyof T] }
      : never;

/** What a call that succeeds answers: JSON, or undefined. */
export type Answer<M extends Method, P extends keyof paths> =
    Operation<M, P> extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202 | 204)]> : never;

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : undefined;
