import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { z } from 'zod';
import { closeServer, createHttpServer, openPort } from '../service/http-server.ts';
import { sendRequest } from '../testing/http-client.ts';
import { createApp } from './create-app.ts';
import type { Observation } from './create-app.ts';
import { type Caller, endpoint } from './endpoint.ts';
import { Refusal } from './refusal.ts';

const mebibyte = 2 ** 20;
let server: Server;
let port: number;
let url: string;
const observed: Observation[] = [];
beforeAll(async () => {
  const things = endpoint({
    method: 'post',
    path: '/things',
    operationId: 'post',
    tag: 't',
    summary: 's',
    admission: 'open',
    body: z.strictObject({ text: z.string() }),
    answers: { 200: { description: 'ok' } },
    handle: async ({ body }) => ({ status: 200, body: body.text.length }),
  });
  const mine = endpoint({ ...things, path: '/mine', operationId: 'mine', admission: 'session' });
  const admit = (_req: unknown, admission: unknown): null => {
    if (admission === 'session') throw new Refusal('unauthenticated', 'Sign in first');
    return null;
  };
  const app = createApp({ endpoints: [things, mine], admit, readmit: async (one) => one, observe: (one) => observed.push(one) });
  server = createHttpServer(app as RequestListener);
  ({ url, port } = await openPort(server, { host: '127.0.0.1', port: 0 }));
});
afterAll(() => closeServer(server));

const head = (...lines: string[]): string =>
  ['POST /things HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines, '', ''].join('\r\n');
const bodyOf = (bytes: number): string => `{"text":"${'x'.repeat(bytes - 11)}"}`;

/** Writes raw bytes and gives what came back until the connection ended, or `enough` of it was there. */
function converse(write: (send: (data: string | Buffer) => void, end: () => void) => void, enough = /\r\n\r\n[^]*}$/): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () =>
      write(
        (data) => socket.write(data),
        () => socket.end(),
      ),
    );
    socket.on('error', () => resolve(heard));
    socket.on('close', () => resolve(heard));
    socket.on('data', (data) => {
      heard += data.toString();
      if (enough.test(heard)) socket.destroy();
    });
  });
}

/** What a client gets to read that listens only once it has sent everything, as many do; rejects where that is not taken off it. */
function listenAfter(everything: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(everything, (error) => (error ? reject(error) : socket.resume())));
    socket.on('data', (data) => void (heard += data.toString())).pause();
    socket.on('error', reject).on('close', () => resolve(heard));
  });
}

describe('A body', () => {
  test('of exactly 1 MiB is taken', async () => {
    const answer = await sendRequest(url, 'POST', '/things', {
      raw: bodyOf(mebibyte),
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.body]).toEqual([200, mebibyte - 11]);
  });

  test('of a byte more is refused, and the connection goes on', async () => {
    const two = `${head(`Content-Length: ${mebibyte + 1}`)}${bodyOf(mebibyte + 1)}${head('Content-Length: 14')}{"text":"hey"}`;
    const heard = await converse((send) => send(two), /\r\n\r\n3$/);
    expect(heard.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    expect(heard).toContain('"code":"too-large"');
  });

  test('that is absent needs neither a length nor a type', async () => {
    const heard = await converse((send) => send('POST /things HTTP/1.1\r\nHost: x\r\n\r\n'));
    expect(heard).toMatch(/^HTTP\/1.1 400 [^]*"path":"\/text","code":"required"/);
  });

  test('that says it is too large is refused before it is sent', async () => {
    const heard = await converse((send) => send(head('Content-Length: 10000000000')));
    expect(heard).toContain('HTTP/1.1 413');
  });

  test('without a length is refused when it grows too large, in flat memory', async () => {
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    const before = process.memoryUsage().arrayBuffers;
    let sent = 0;
    const heard = await converse((send) => {
      send(head('Transfer-Encoding: chunked'));
      for (; sent < 320; sent += 1) send(chunk);
    });
    expect(heard).toContain('HTTP/1.1 413');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  });

  test('that is announced to be more than would be heard out is answered at once', async () => {
    const heard = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => pump());
      const chunk = Buffer.alloc(0x100000);
      const pump = (): void => void socket.write(chunk, (error) => error ?? pump());
      socket.write(head('Content-Length: 10000000000'));
      socket.on('error', () => undefined).on('close', () => resolve(''));
      socket.once('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
    });
    expect(heard).toMatch(/^HTTP\/1.1 413/);
  });

  test('that never ends is cut off', async () => {
    const chunk = Buffer.from(`100000\r\n${'x'.repeat(0x100000)}\r\n`);
    const ended = await new Promise<boolean>((resolve) => {
      let sent = 0;
      const socket = connect(port, '127.0.0.1', () => socket.write(head('Transfer-Encoding: chunked'), pump));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(true));
      socket.resume();
      function pump(error?: Error | null): void {
        // what could not be written says so before the socket knows that it is gone
        if (error) return;
        sent += 1;
        if (sent > 200) resolve(false);
        else if (!socket.destroyed) socket.write(chunk, pump);
      }
    });
    expect(ended).toBe(true);
  });

  const refused: readonly (readonly [why: string, target: string, line: string, status: number])[] = [
    ['of a path that is not there', 'POST /nowhere', '', 404],
    ['of a method that is not taken', 'PUT /things', '', 405],
    ['of another type', 'POST /things', 'Content-Type: text/plain', 415],
    ['that nobody signed', 'POST /mine', '', 401],
  ];
  test.each(refused)('%s is heard out, and the connection goes on', async (_why, target, line, status) => {
    // more than the kernel holds for both sides
    const body = 'x'.repeat(48 * 1024 * 1024);
    const lines = [`${target} HTTP/1.1`, 'Host: x', line, `Content-Length: ${body.length}`, '', ''].filter(
      (one, at) => one !== '' || at > 3,
    );
    const asked = lines.join('\r\n');
    const twice = await converse((send) => send(asked + body + head('Content-Length: 14') + '{"text":"hey"}'), /\r\n\r\n3$/);
    expect(twice.match(/HTTP\/1.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200']);
    expect(await listenAfter(asked.replace('Host: x', 'Host: x\r\nConnection: close') + body)).toContain(`HTTP/1.1 ${status}`);
  });

  test('in pieces is put together', async () => {
    const heard = await converse((send) => {
      send(head('Content-Length: 14'));
      setImmediate(() => {
        send('{"text":');
        setImmediate(() => send('"hey"}'));
      });
    }, /\r\n\r\n3$/);
    expect(heard).toContain('HTTP/1.1 200');
  });

  test('whose sender goes away leaves no trace', async () => {
    await converse((send, end) => {
      send(`${head('Content-Length: 100', 'X-Request-Id: gone')}{"text"`);
      setImmediate(end);
    });
    const trace = (): Observation | undefined => observed.find(({ requestId }) => requestId === 'gone');
    while (trace() === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(trace()).toMatchObject({ status: 499, error: { name: 'RequestAborted' } });
  });

  test('that is ambiguous to proxies never arrives', async () => {
    const heard = await converse((send) => send(`${head('Content-Length: 14', 'Transfer-Encoding: chunked')}0\r\n\r\n`), /\r\n\r\n/);
    expect(heard).toMatch(/^HTTP\/1.1 400/);
  });
});

describe('A body that is on its way for a while', () => {
  const ada = { userId: 'ada', role: 'user' } as Caller;
  type Readmit = (caller: Caller) => Promise<Caller>;
  /** Sends the rest of a body once its caller was admitted; what came of it. */
  const heldBack = (readmit: Readmit) =>
    say(readmit, async (sent, admitted) => {
      sent.write('{"text":');
      await admitted;
      sent.end('"hey"}');
    });
  async function say(readmit: Readmit, send: (sent: ClientRequest, admitted: Promise<void>) => Promise<unknown>) {
    const admitted = Promise.withResolvers<void>();
    const said: string[] = [];
    const route = endpoint({
      method: 'post',
      path: '/said',
      operationId: 'say',
      tag: 't',
      summary: 's',
      admission: 'session',
      body: z.strictObject({ text: z.string() }),
      answers: { 204: { description: 'ok' } },
      handle: async ({ body, caller }) => {
        said.push(`${caller.role} ${body.text}`);
        return { status: 204 };
      },
    });
    const admit = (): Caller => {
      admitted.resolve();
      return ada;
    };
    const slow = createHttpServer(createApp({ endpoints: [route], admit, readmit, observe: () => undefined }) as RequestListener);
    const at = await openPort(slow, { host: '127.0.0.1', port: 0 });
    const sent = request(`${at.url}/said`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    await send(sent, admitted.promise);
    const [answer] = await answered;
    answer.resume();
    await closeServer(slow);
    return { status: answer.statusCode, said };
  }

  test('has no effect where its caller was signed out meanwhile', async () => {
    const { status, said } = await heldBack(() => Promise.reject(new Refusal('unauthenticated', 'Sign in first')));
    expect([status, said]).toEqual([401, []]);
  });

  test('is of its caller as they are by its end', async () => {
    const { status, said } = await heldBack(async (caller) => ({ ...caller, role: 'admin' }));
    expect([status, said]).toEqual([204, ['admin hey']]);
  });

  test('is not what comes with its head: its caller is not asked for twice', async () => {
    const { status, said } = await say(
      () => Promise.reject(new Error('asked')),
      async (sent) => sent.end('{"text":"hey"}'),
    );
    expect([status, said]).toEqual([204, ['user hey']]);
  });
});
