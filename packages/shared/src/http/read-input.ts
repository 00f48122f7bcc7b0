import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Caller, Endpoint, EndpointRequest } from './endpoint.ts';
import { type IfMatch, ifMatchOf } from './etag.ts';
import { notFound } from './problem.ts';
import { refuseParameters } from './query-string.ts';
import { readJsonBody, RequestAborted } from './read-body.ts';
import { invalid } from './refusal.ts';
import { parseOrRefuse } from './validate.ts';

/** Everything an endpoint declared, parsed; throws 400, 413, 415, and 404 for an id that can't exist.
 *  @param callerAtEnd who is calling, asked once the body is there */
export async function readInput(
  endpoint: Endpoint,
  req: Request,
  parameters: Record<string, string>,
  callerAtEnd: () => Promise<Caller | null>,
  requestId: string,
): Promise<EndpointRequest<unknown, unknown, unknown>> {
  const params = readParams(endpoint, req);
  const query = readQuery(endpoint, parameters);
  const idempotencyKey = endpoint.idempotent ? idempotencyKeyOf(req.headers['idempotency-key']) : null;
  const ifMatch = endpoint.conditional ? ifMatchOf(req.headers['if-match']) : null;
  const body = await readBody(endpoint, req);
  return new ParsedRequest({ params, query, body, idempotencyKey, ifMatch, requestId, raw: req }, await callerAtEnd(), callerAtEnd);
}

class ParsedRequest implements EndpointRequest<unknown, unknown, unknown> {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
  readonly ifMatch: IfMatch;
  readonly raw: Request;
  readonly #caller: Caller | null;
  readonly #callerAtEnd: () => Promise<Caller | null>;
  #gone: AbortSignal | undefined;

  constructor(
    parsed: Omit<EndpointRequest<unknown, unknown, unknown>, 'caller' | 'callerAtEnd' | 'gone'>,
    caller: Caller | null,
    callerAtEnd: () => Promise<Caller | null>,
  ) {
    this.params = parsed.params;
    this.query = parsed.query;
    this.body = parsed.body;
    this.requestId = parsed.requestId;
    this.idempotencyKey = parsed.idempotencyKey;
    this.ifMatch = parsed.ifMatch;
    this.raw = parsed.raw;
    this.#caller = caller;
    this.#callerAtEnd = callerAtEnd;
  }

  get caller(): Caller {
    return identified(this.#caller);
  }

  /** Made for the few who ask. */
  get gone(): AbortSignal {
    return (this.#gone ??= signalOfClient(this.raw.res!));
  }

  async callerAtEnd(): Promise<Caller> {
    return identified(await this.#callerAtEnd());
  }
}

/** Its response is closed before it is written out. */
function signalOfClient(res: Response): AbortSignal {
  const client = new AbortController();
  const leave = (): void => {
    if (!res.writableFinished) client.abort(new RequestAborted('the client went away'));
  };
  if (res.closed) leave();
  else res.once('close', leave);
  return client.signal;
}

function identified(caller: Caller | null): Caller {
  if (caller === null) throw new Error('this endpoint admits callers without an identity');
  return caller;
}

/** Ids are opaque: one that doesn't parse is answered as one that doesn't exist. */
function readParams(endpoint: Endpoint, req: Request): unknown {
  if (Object.values(req.params).some((value) => String(value).includes('\0'))) throw notFound();
  if (!endpoint.params) return undefined;
  const parsed = endpoint.params.safeParse(req.params);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

function readQuery(endpoint: Endpoint, parameters: Record<string, string>): unknown {
  if (endpoint.query) return parseOrRefuse(endpoint.query, parameters, 'unknown-parameter');
  refuseParameters(parameters);
  return undefined;
}

const noFields = z.strictObject({});

/** A POST that takes no body takes an empty object too, as some clients always send one, and refuses fields like any other. */
async function readBody({ method, body, upload, mergePatch = false }: Endpoint, req: Request): Promise<unknown> {
  if (body) return parseOrRefuse(body, await readJsonBody(req, mergePatch));
  if (method === 'post' && !upload) parseOrRefuse(noFields, await readJsonBody(req, false));
  return undefined;
}

function idempotencyKeyOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw invalid('/Idempotency-Key', 'header-invalid', 'Idempotency-Key takes 1 to 255 visible ASCII characters');
}
