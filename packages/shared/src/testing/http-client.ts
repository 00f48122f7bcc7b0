import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** What a test reads as it expects it to be, and fails where it is otherwise: as `JSON.parse` gives it, for a type that was claimed instead would
 *  say that it has been looked at. */
export type Parsed = ReturnType<typeof JSON.parse>;

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where it is JSON; otherwise the text; undefined where there is none. */
  readonly body: Parsed;
  readonly text: string;
}

export interface TestCall {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, with the headers given. */
  readonly raw?: string | Buffer;
}

/** Sends one request to a server; nothing about it is checked or corrected on the way. */
export function sendRequest(baseUrl: string, method: string, path: string, call: TestCall = {}): Promise<TestAnswer> {
  const payload = call.raw ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
  const headers: Record<string, string | string[] | number> = {};
  if (call.token !== undefined) headers['authorization'] = `Bearer ${call.token}`;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  if (payload !== undefined && call.headers?.['transfer-encoding'] === undefined) headers['content-length'] = Buffer.byteLength(payload);
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, agent, headers: { ...headers, ...call.headers } };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: bodyOf(response.headers['content-type'], text),
        });
      });
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}

const agent = new Agent({ keepAlive: false });

function bodyOf(contentType: string | undefined, text: string): unknown {
  if (text === '') return undefined;
  return /[/+]json/.test(contentType ?? '') ? JSON.parse(text) : text;
}
