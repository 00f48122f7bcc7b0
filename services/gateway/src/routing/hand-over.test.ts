import { once } from 'node:events';
import { type IncomingMessage, request, type RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@commonpurse/shared/service';
import { closeAll, listen } from '../testing/door.ts';
import { createServiceProxy } from './proxy.ts';
import { createTargets } from './targets.ts';

let close: () => void;
afterEach(() => {
  close();
  closeAll();
});

/** A door that hands on what is here whole, to these instances in turn. */
async function patientDoor(...instances: RequestListener[]): Promise<URL> {
  const origins = (await Promise.all(instances.map((instance) => listen(instance)))).map(({ origin }) => origin);
  const proxy = createServiceProxy({ targets: createTargets(() => origins, systemClock) });
  close = () => proxy.close();
  const visitor = { requestId: 'r', address: '203.0.113.9', path: '/', headers: [] };
  return listen((req, res) => {
    const handOn = (): unknown => (req.complete ? proxy.forward(req, res, visitor, 'records') : setImmediate(handOn));
    handOn();
  });
}

async function send(url: URL, method: string, body?: Buffer): Promise<{ answer: IncomingMessage; bytes: Buffer }> {
  const sent = request(url, { method, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { answer, bytes: Buffer.concat(chunks) };
}

/** Answers with what it was sent, and says how long that was said to be. */
const mirror: RequestListener = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.once('end', () => {
    const body = Buffer.concat(chunks);
    res.writeHead(200, { 'Content-Length': body.length, 'X-Told': req.headers['content-length'] ?? 'nothing' }).end(body);
  });
};

describe('what is here whole', () => {
  test('is handed over byte for byte, both ways', async () => {
    const url = await patientDoor(mirror);
    const body = Buffer.from(Array.from({ length: 1024 }, (_, n) => n % 256));
    const { answer, bytes } = await send(url, 'POST', body);
    expect([answer.headers['x-told'], answer.headers['content-length']]).toEqual(['1024', '1024']);
    expect(bytes.equals(body)).toBe(true);
  });
  test('goes to another instance where one has not begun with it', async () => {
    const stopping: RequestListener = (req, res) =>
      void req.resume().once('end', () => res.writeHead(503, { 'X-Internal-Not-Begun': 'yes' }).end('{}'));
    const url = await patientDoor(stopping, mirror);
    const { answer, bytes } = await send(url, 'POST', Buffer.from('ü'));
    expect([answer.statusCode, answer.headers['x-told'], bytes.toString()]).toEqual([200, '2', 'ü']);
  });
  test('may be nothing', async () => {
    const url = await patientDoor(mirror);
    expect((await send(url, 'GET')).answer.headers).toMatchObject({ 'x-told': 'nothing', 'content-length': '0' });
    expect((await send(url, 'POST', Buffer.alloc(0))).answer.headers).toMatchObject({ 'x-told': '0', 'content-length': '0' });
  });
});

describe('an answer', () => {
  test('that is long and says how long comes as it is', async () => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7) % 256));
    const url = await patientDoor((_req, res) => void res.writeHead(200, { 'Content-Length': body.length }).end(body));
    expect((await send(url, 'GET')).bytes.equals(body)).toBe(true);
    expect((await send(url, 'HEAD')).answer.headers['content-length']).toBe('300000');
  });
  test('to HEAD tells the length of what it leaves out', async () => {
    const url = await patientDoor((_req, res) => void res.writeHead(200, { 'Content-Length': 5 }).end('hello'));
    const { answer, bytes } = await send(url, 'HEAD');
    expect([answer.headers['content-length'], bytes.length]).toEqual(['5', 0]);
  });
  test('keeps its cookies apart', async () => {
    const url = await patientDoor((_req, res) => void res.setHeader('Set-Cookie', ['a=1', 'b=2']).end('{}'));
    expect((await send(url, 'GET')).answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });
});
