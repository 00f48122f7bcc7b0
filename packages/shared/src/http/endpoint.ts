import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Person } from '../access/person.ts';
import type { Viewer } from '../access/viewer.ts';
import type { IfMatch } from './etag.ts';
import type { RefusalCode } from './refusal.ts';

/** Who is calling, as verified by this service itself; their grants are those that hold as the request is admitted. */
export interface Caller extends Viewer {
  /** The session, or (with scopes) the API key, that they act by. */
  readonly sessionId: string;
  readonly role: 'user' | 'admin';
  /** null: a session may do everything its user may; otherwise only these scopes. */
  readonly scopes: readonly string[] | null;
  readonly person: Person;
  /** Seconds since the epoch at which the access token expires. */
  readonly tokenExpiresAt: number;
}

/** `open`: no identity; `session`: a signed-in user, never a key; `service`: only other services (`/internal/*`); otherwise the scope a key needs. */
export type Admission = 'open' | 'session' | 'service' | { readonly scope: string };

export interface DocumentedAnswer {
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: z.ZodType;
  readonly contentType?: string;
  readonly example?: unknown;
}

/** A code, with its status where that is not the code's own. */
export type DocumentedRefusal = RefusalCode | readonly [code: RefusalCode, status: number];

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** One route: what it takes, what it answers, who may call it; the OpenAPI document and the validation come from the same lines. */
export interface EndpointSpec<P extends z.ZodType | undefined, Q extends z.ZodType | undefined, B extends z.ZodType | undefined> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express path: `/records/:id`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly admission: Admission;
  readonly params?: P;
  /** Query parameters; unknown or repeated ones are refused. */
  readonly query?: Q;
  /** JSON body. */
  readonly body?: B;
  /** Also accepts `application/merge-patch+json`. */
  readonly mergePatch?: boolean;
  /** The route reads the request's stream itself (multipart); this documents it. */
  readonly upload?: { readonly contentType: string; readonly schema: z.ZodType };
  readonly bodyExample?: unknown;
  readonly queryExample?: Readonly<Record<string, string>>;
  /** Honours `Idempotency-Key`. */
  readonly idempotent?: boolean;
  /** Honours `If-Match`. */
  readonly conditional?: boolean;
  /** Whether it answers a resource with its version; for the documentation. Default: what it creates does, and
   *  otherwise its path tells (`/:id`). */
  readonly versioned?: boolean;
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** Beside those every route may answer (401, 400, 429, 5xx), which the builder adds. */
  readonly refusals?: readonly DocumentedRefusal[];
  handle(request: EndpointRequest<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<Answer>;
}

export interface EndpointRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Throws where the admission is `open` or `service`. */
  readonly caller: Caller;
  /** The caller by now, for a route that has read its stream itself: 401 where they were signed out while it came in. */
  callerAtEnd(): Promise<Caller>;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
  readonly ifMatch: IfMatch;
  /** Aborted when the client has gone, or the gateway has given up, before there is an answer. For reading that may take long; what writes goes on. */
  readonly gone: AbortSignal;
  /** For streams and rare headers only. */
  readonly raw: Request;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Sent as `ETag: "<version>"`; a GET with a matching `If-None-Match` becomes 304. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of `body`: the route writes the response itself. */
  readonly stream?: (res: Response) => Promise<void>;
}

/** An endpoint with its types erased, as the application and the OpenAPI builder take it. */
export type Endpoint = EndpointSpec<z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined>;

/** Declares an endpoint; only infers the types that `handle` sees. */
export const endpoint = <
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  spec: EndpointSpec<P, Q, B>,
): Endpoint => spec;
