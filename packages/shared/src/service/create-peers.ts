import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { internalKeyOf, signInternal } from '../http/internal-token.ts';
import type { Clock } from './clock.ts';
import { PeerDistrusts, PeerRefused, PeerUnavailable } from './peers.ts';
import type { PeerName, PeerOptions, Peers, ServiceName } from './peers.ts';

export interface PeersOptions {
  readonly self: PeerName;
  /** Where each service is found now; several URLs of one are balanced. */
  readonly urls: () => Partial<Record<ServiceName, readonly string[]>>;
  readonly internalKey: string;
  readonly clock: Clock;
}

interface Call {
  readonly service: ServiceName;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | null;
  readonly options: PeerOptions;
}

const timeoutMsDefault = 5_000;
const tokenReusedMs = 30_000;
/** An instance that could not be reached or did not answer is left alone for so long, while there are others. */
const skippedMs = 2_000;

/** Below the 65 s that our servers keep an idle connection, so that we never write into one that is being closed. */
const agent = new Agent({ keepAlive: true, keepAliveMsecs: 1_000, maxSockets: 64, timeout: 30_000 });

/** Calls other services over kept connections; of several instances the next, passing over those that fail. What only reads is asked of
 *  another one then; what may have been done is not. */
export function createPeers(options: PeersOptions): Peers {
  const authorization = tokenSource(options);
  const nextUrls = balancer(options);
  const call = async <T>(what: Call): Promise<T> => {
    const urls = nextUrls.inOrder(what.service);
    let distrust: PeerDistrusts | null = null;
    for (const url of urls) {
      try {
        return await send<T>(url, what, authorization(what.service));
      } catch (error) {
        if (!(error instanceof PeerUnavailable || error instanceof ConnectionRefused)) throw error;
        nextUrls.skip(url);
        if (error instanceof PeerDistrusts) distrust = error;
        // One that was reached, and let us in, may have done it.
        else if (error instanceof PeerUnavailable && (what.method !== 'GET' || url === urls.at(-1))) throw distrust ?? error;
      }
    }
    throw distrust ?? new PeerUnavailable(`${what.service} can not be reached`);
  };
  return {
    get: (service, path, peerOptions = {}) => call({ service, method: 'GET', path, body: null, options: peerOptions }),
    post: (service, path, body, peerOptions = {}) =>
      call({ service, method: 'POST', path, body: JSON.stringify(body), options: peerOptions }),
  };
}

/** The request never reached anybody: another instance may take it. */
class ConnectionRefused extends Error {
  override readonly name = 'ConnectionRefused';
}

function tokenSource(options: PeersOptions): (to: ServiceName) => string {
  const key = internalKeyOf(options.internalKey);
  const tokens = new Map<ServiceName, { header: string; madeAt: number }>();
  return (to) => {
    const nowMs = options.clock.now();
    const known = tokens.get(to);
    if (known && Math.abs(nowMs - known.madeAt) < tokenReusedMs) return known.header;
    const header = `Bearer ${signInternal({ from: options.self, to, key, nowMs })}`;
    tokens.set(to, { header, madeAt: nowMs });
    return header;
  };
}

function balancer(options: PeersOptions): { inOrder(service: ServiceName): string[]; skip(url: string): void } {
  const skippedUntil = new Map<string, number>();
  let turn = 0;
  return {
    inOrder: (service) => {
      const urls = options.urls()[service] ?? [];
      if (urls.length < 2) return [...urls];
      turn += 1;
      const rotated = urls.map((_, index) => urls[(index + turn) % urls.length]!);
      const skipped = (url: string): number => ((skippedUntil.get(url) ?? 0) > options.clock.now() ? 1 : 0);
      return rotated.toSorted((a, b) => skipped(a) - skipped(b));
    },
    skip: (url) => skippedUntil.set(url, options.clock.now() + skippedMs),
  };
}

async function send<T>(url: string, call: Call, authorization: string): Promise<T> {
  const timeoutMs = call.options.timeoutMs ?? timeoutMsDefault;
  try {
    return await exchange<T>(url, call, authorization, AbortSignal.timeout(timeoutMs));
  } catch (error) {
    // The other side closed an idle connection in the moment we took it; what only reads can be asked again.
    if (error instanceof StaleConnection && call.method === 'GET')
      return exchange<T>(url, call, authorization, AbortSignal.timeout(timeoutMs));
    throw error instanceof StaleConnection ? new PeerUnavailable(`${call.service} closed the connection`) : error;
  }
}

class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

function exchange<T>(url: string, call: Call, authorization: string, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const sent = request(new URL(call.path, url), requestOptions(call, authorization, signal), (response) => {
      readAll(response)
        .then((text) => resolve(understand<T>(call, response.statusCode ?? 0, text)), fail)
        .catch(reject);
    });
    const fail = (error: unknown): void => reject(failureOf(call, sent, error as NodeJS.ErrnoException));
    sent.on('error', fail);
    sent.end(call.body ?? undefined);
  });
}

function requestOptions(call: Call, authorization: string, signal: AbortSignal): RequestOptions {
  const headers: Record<string, string | number> = { authorization, accept: 'application/json' };
  if (call.options.requestId !== undefined) headers['x-request-id'] = call.options.requestId;
  if (call.body !== null) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(call.body);
  }
  return { method: call.method, agent, signal, headers };
}

function failureOf(call: Call, sent: ClientRequest, error: NodeJS.ErrnoException): Error {
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(error.code ?? '')) return new ConnectionRefused();
  if (sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) return new StaleConnection();
  return new PeerUnavailable(`${call.service} did not answer: ${error.name === 'AbortError' ? 'timeout' : (error.code ?? error.message)}`);
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function understand<T>(call: Call, status: number, text: string): T {
  if (status >= 500) throw new PeerUnavailable(`${call.service} answered ${status}`);
  const body = parse(text);
  if (status === 401) throw new PeerDistrusts(call.service);
  if (status >= 400) throw new PeerRefused(call.service, status, body);
  if (body === undefined && status !== 204) throw new PeerUnavailable(`${call.service} answered something that is not JSON`);
  return body as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
