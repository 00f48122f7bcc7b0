import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import { verifyChain } from './history-line.ts';
import { readHistory, readHistoryPart } from './history.ts';
import { createRelay } from './relay/relay.ts';
import { openNotes } from './testing/open-notes.ts';

async function open() {
  const clock = fakeClock();
  const producer = await openNotes(memoryDisk(), clock);
  const publish = async (): Promise<void> => undefined;
  const relay = createRelay({
    outboxes: [producer.outbox],
    history: producer.history,
    bus: { publish },
    clock,
    log: pino({ level: 'silent' }),
  });
  return { ...producer, relay };
}

test('history is there at once, before the relay has moved a line of it, and the same afterwards', async () => {
  const { relay, write, notes, history } = await open();
  await write('a', 'milk');
  await write('a', 'bread');
  const waiting = await readHistory(history, 'a', await notes.get('a'), 'note');
  await relay.start();
  await write('a', 'eggs');
  await relay.idle();
  const half = await readHistory(history, 'a', await notes.get('a'));
  await relay.stop();
  await write('a', 'cheese');
  const mixed = await readHistory(history, 'a', await notes.get('a'));
  expect(mixed.map((line) => line.entry.change?.after)).toEqual(['milk', 'bread', 'eggs', 'cheese'].map((text) => ({ text })));
  expect(mixed.slice(0, 3)).toEqual(half);
  expect(half.slice(0, 2).map((line) => line.hash)).toEqual(waiting.map((line) => line.hash));
  for (const lines of [waiting, half, mixed]) expect(verifyChain(lines).ok).toBe(true);
  expect(new Set(mixed.map((line) => line.aggregate))).toEqual(new Set(['note']));
});

test('a document read before its entries were moved shows nothing twice', async () => {
  const { relay, write, notes, history } = await open();
  await write('a', 'milk');
  const stale = await notes.get('a');
  await relay.start();
  await write('a', 'bread');
  await relay.idle();
  expect((await readHistory(history, 'a', stale)).map((line) => line.entry.version)).toEqual([1, 2]);
  await relay.stop();
});

test('an aggregate whose id begins like another does not show its lines, and one that never was has none', async () => {
  const { relay, write, history } = await open();
  await relay.start();
  await write('a', 'milk');
  await write('a:00000001', 'bread');
  await relay.idle();
  expect((await readHistory(history, 'a', null)).map((line) => line.aggregateId)).toEqual(['a']);
  expect((await readHistory(history, 'a:00000001', null)).map((line) => line.aggregateId)).toEqual(['a:00000001']);
  expect(await readHistory(history, 'b', null)).toEqual([]);
  await relay.stop();
});

test('a part of it is the same as of the whole, also while the document that was read is older than its lines', async () => {
  const { relay, write, notes, history } = await open();
  for (const text of ['milk', 'bread', 'eggs']) await write('a', text);
  const stale = (await notes.get('a'))!;
  await relay.start();
  await write('a', 'cheese');
  await relay.idle();
  await relay.stop();
  await write('a', 'wine');
  const fresh = (await notes.get('a'))!;
  for (const doc of [stale, fresh]) {
    const whole = await readHistory(history, 'a', doc);
    for (const limit of [1, 2, 4, 9]) {
      expect(await readHistoryPart(history, doc, { order: 'oldest-first', limit })).toEqual(whole.slice(0, limit));
      for (const below of [1, 3, 5, 6, 100_000_000, Infinity]) {
        const expected = whole.filter(({ entry }) => entry.version < below).toReversed();
        expect(await readHistoryPart(history, doc, { order: 'newest-first', below, limit })).toEqual(expected.slice(0, limit));
      }
    }
  }
});
