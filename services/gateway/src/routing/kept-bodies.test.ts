import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createKeptBodies } from './kept-bodies.ts';

/** A request with a body that comes, and its answer. */
function coming(headers: Record<string, string> = {}) {
  const body = Object.assign(new PassThrough(), { headers });
  const answer = new PassThrough();
  return { body, answer, req: body as unknown as IncomingMessage, res: answer as unknown as ServerResponse };
}
const all = async (body: PassThrough, ...pieces: number[]): Promise<void> => {
  for (const bytes of pieces) body.write(Buffer.alloc(bytes));
  body.end();
  await once(body, 'end');
};
const roomBytes = 10_000;

test('bodies are kept while there is room, and make room when they have been answered', async () => {
  const bodies = createKeptBodies(roomBytes);
  const [first, second, third] = [coming(), coming(), coming()];
  const one = bodies.keep(first.req, first.res);
  expect(one()).toBeUndefined();
  await all(first.body, 3_000, 3_000);
  expect(one()).toBeDefined();
  const other = bodies.keep(second.req, second.res);
  await all(second.body, 6_000);
  expect(other()).toBeUndefined();
  first.answer.destroy();
  await once(first.answer, 'close');
  expect(one()).toBeUndefined();
  const last = bodies.keep(third.req, third.res);
  await all(third.body, 9_000);
  expect(last()).toBeDefined();
});

test('a body in the smallest pieces takes the room that these take', async () => {
  const bodies = createKeptBodies(roomBytes);
  const { body, req, res } = coming();
  const kept = bodies.keep(req, res);
  await all(body, ...Array.from({ length: 100 }, () => 1));
  expect(kept()).toBeUndefined();
});

test('what says that it is too large takes no room', async () => {
  const bodies = createKeptBodies(roomBytes);
  const [large, small] = [coming({ 'content-length': String(1024 * 1024 + 1) }), coming()];
  const one = bodies.keep(large.req, large.res);
  large.body.resume().write(Buffer.alloc(5_000));
  const other = bodies.keep(small.req, small.res);
  await all(small.body, 9_000);
  expect([one(), other()]).toEqual([undefined, expect.anything()]);
});

test('what turned out too large has taken no room, and made none', async () => {
  const bodies = createKeptBodies(roomBytes);
  const large = coming();
  bodies.keep(large.req, large.res);
  await all(large.body, 6_000, 6_000, 3_000);
  large.answer.destroy();
  await once(large.answer, 'close');
  const [fitting, other] = [coming(), coming()];
  const one = bodies.keep(fitting.req, fitting.res);
  await all(fitting.body, 9_000);
  const two = bodies.keep(other.req, other.res);
  await all(other.body, 1_000);
  expect([one(), two()]).toEqual([expect.anything(), undefined]);
});

test('the largest body of the API is kept', async () => {
  const bodies = createKeptBodies();
  const { body, req, res } = coming({ 'content-length': String(1024 * 1024) });
  const kept = bodies.keep(req, res);
  await all(body, 1024 * 1024);
  expect(kept()).toBeDefined();
});
