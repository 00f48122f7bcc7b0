import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock } from '../../testing/fake-clock.ts';
import { growingDelays } from '../retry-policy.ts';
import type { Connection } from './connection.ts';
import { keep } from './keep.ts';
import { createPublisher } from './publisher.ts';

const log = pino({ level: 'silent' });
const retries = growingDelays({ tries: Infinity, firstMs: 1, factor: 1, maxMs: 1 });
const turns = async (): Promise<void> => {
  for (let n = 0; n < 10; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A publisher on a connection that lasts, whatever becomes of its channels; what is sent waits for the answer that the test gives. */
async function publishing() {
  const clock = fakeClock();
  const channels: EventEmitter[] = [];
  const sent: { readonly key: string; readonly confirm: () => void; readonly giveBack: () => void }[] = [];
  const unblocked = new Set<() => void>();
  const openChannel = async (): Promise<EventEmitter> => {
    const channel = Object.assign(new EventEmitter(), {
      assertExchange: async () => undefined,
      publish: (_exchange: string, key: string, _content: Buffer, _options: object, confirmed: (error: null) => void) =>
        sent.push({ key, confirm: () => confirmed(null), giveBack: () => channel.emit('return', { fields: { routingKey: key } }) }),
    });
    channels.push(channel);
    return channel;
  };
  const connection = {
    createConfirmChannel: openChannel,
    blocked: null,
    onUnblocked: (listener: () => void) => unblocked.add(listener),
    close: async () => undefined,
  } as unknown as Connection;
  const link = keep<Connection>({ what: 'the link', open: async () => connection, giveUp: () => false, retries, clock, log });
  const given = { link, clock, log, retries, awaited: () => false, timeoutMs: 10_000, doubted: () => undefined };
  const publisher = createPublisher(given);
  await publisher.ready;
  const close = async (): Promise<void> => {
    await publisher.close();
    await link.close();
  };
  return { publisher, channels, sent, unblocked, clock, close };
}

test('Of several who ask about one key at once, each is told that it reaches nobody', async () => {
  const { publisher, sent, close } = await publishing();
  const answers = [publisher.reaches('watch.1'), publisher.reaches('watch.1')];
  for (const { giveBack, confirm } of sent) {
    giveBack();
    confirm();
    await turns();
  }
  expect(await Promise.all(answers)).toEqual([false, false]);
  await close();
});

test('A connection that outlives many channels is listened to once', async () => {
  const { channels, unblocked, clock, close } = await publishing();
  for (let lost = 1; lost <= 5; lost += 1) {
    channels.at(-1)!.emit('close');
    await turns();
    clock.advance(1);
    await turns();
    expect(channels).toHaveLength(lost + 1);
  }
  expect(unblocked.size).toBe(1);
  await close();
});
