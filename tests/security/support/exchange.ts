import { Agent, type ClientRequest, request } from 'node:http';
import type { Parsed } from '@commonpurse/shared/testing';

export interface Sent {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  /** Done when the body has begun; the rest of it follows. */
  readonly meanwhile?: () => Promise<unknown>;
}
export interface Answered {
  readonly status: number;
  readonly text: string;
  /** Where it is JSON. */
  readonly body: Parsed;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Every byte that the service chose: status, headers in their order, body. The time of day is not among them. */
  readonly bytes: string;
}

/** Lets go of an idle connection before the other side closes it, which may be just when it is used again. */
const agent = new Agent({ keepAlive: true, timeout: 30_000 });
/** The same name for every request: it is in the answer. */
const requestId = 'one-of-many';

/** One request, written as it is given, and the whole answer. */
export function exchange(
  url: string,
  method: string,
  path: string,
  { token, headers = {}, body, meanwhile }: Sent = {},
): Promise<Answered> {
  const { hostname, port } = new URL(url);
  const all: Record<string, string | number> = { 'x-request-id': requestId, ...headers };
  if (token !== undefined) all['authorization'] = `Bearer ${token}`;
  if (body !== undefined) all['content-length'] = Buffer.byteLength(body);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, agent, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode = 0, statusMessage = '', rawHeaders } = response;
        const lines = rawHeaders.flatMap((name, at) =>
          at % 2 === 0 ? [`${name}: ${/^date$/i.test(name) ? '-' : rawHeaders[at + 1]}`] : [],
        );
        const json = /[/+]json/.test(response.headers['content-type'] ?? '') && text !== '';
        resolve({
          status: statusCode,
          text,
          body: json ? JSON.parse(text) : undefined,
          headers: response.headers,
          bytes: [`${statusCode} ${statusMessage}`, ...lines, '', text].join('\n'),
        });
      });
    });
    sent.on('error', reject);
    if (body === undefined || meanwhile === undefined) sent.end(body);
    else sendInTwo(sent, Buffer.from(body), meanwhile).catch(reject);
  });
}

async function sendInTwo(sent: ClientRequest, body: Buffer, meanwhile: () => Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => void sent.write(body.subarray(0, 1), () => resolve()));
  await meanwhile();
  sent.end(body.subarray(1));
}
