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
  const state: { blocked: string | null; doubts: number } = { blocked: null, doubts: 0 };
  const connection = {
    createConfirmChannel: openChannel,
    get blocked() {
      return state.blocked;
    },
    onUnblocked: (listener: () => void) => unblocked.add(listener),
    close: async () => undefined,
  } as unknown as Connection;
  const link = keep<Connection>({ what: 'the link', open: async () => connection, giveUp: () => false, retries, clock, log });
  const given = { link, clock, log, retries, awaited: () => false, timeoutMs: 10_000, doubted: () => void (state.doubts += 1) };
  const publisher = createPublisher(given);
  await publisher.ready;
  const close = async (): Promise<void> => {
    await publisher.close();
    await link.close();
  };
  return { publisher, channels, sent, unblocked, clock, state, close };
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

const message = (n: number) => ({ id: `event-${n}`, routingKey: 'test.ticked', content: Buffer.from('{}') });

test('Who is bound looks at once whether that still holds: when something came back, and when the channel broke', async () => {
  const { publisher, channels, sent, state, close } = await publishing();
  const published = publisher.publish(message(1));
  sent[0]!.giveBack();
  expect(state.doubts).toBe(1);
  channels[0]!.emit('error', new Error('no exchange'));
  expect(state.doubts).toBe(2);
  for (const { confirm } of sent) confirm();
  await published;
  await close();
});

test('What was never sent is given back as soon as it closes, what was sent when it has waited for its confirm', async () => {
  const { publisher, state, clock, close } = await publishing();
  const outcomes: string[] = [];
  const publish = (n: number): void => void publisher.publish(message(n)).catch((error: Error) => outcomes.push(`${n}: ${error.message}`));
  publish(1);
  state.blocked = 'low on memory';
  publish(2);
  const closed = close();
  await turns();
  expect(outcomes).toEqual(['2: the bus is closed']);
  clock.advance(1_000);
  await closed;
  expect(outcomes).toEqual(['2: the bus is closed', '1: the bus is closed']);
});

test('Every event has its time limit, also one that comes when nothing was under way for long', async () => {
  const { publisher, sent, clock, close } = await publishing();
  const first = publisher.publish(message(1));
  sent[0]!.confirm();
  await first;
  clock.advance(60_000);
  await turns();
  const outcomes: string[] = [];
  void publisher.publish(message(2)).catch((error: Error) => outcomes.push(error.message));
  clock.advance(9_999);
  await turns();
  expect(outcomes).toEqual([]);
  clock.advance(1);
  await turns();
  expect(outcomes).toEqual(['event-2 is not confirmed within 10000 ms']);
  await close();
});
