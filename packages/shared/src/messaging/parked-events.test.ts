import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { openJsonStore } from '../documents/json/index.ts';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import type { Subscription } from './bus.ts';
import { eventOf } from './event.ts';
import { createParkedEvents } from './parked-events.ts';
import { createParking, type ParkedDoc, parkedCollection } from './parking.ts';

const NoteChanged = { type: 'note.changed', source: 'notes', schema: z.strictObject({ text: z.string() }) };
const noted = (id: string, type = NoteChanged) =>
  eventOf(type, { subject: id, version: 1, time: '2026-01-15T12:00:00.000Z', correlationid: 'r', actor: 'a', data: { text: id } });

async function open() {
  const clock = fakeClock();
  const store = await openJsonStore({ directory: 'parked', disk: memoryDisk(), clock });
  const documents = await store.collection<ParkedDoc>(parkedCollection);
  const parking = createParking(documents, 'budgets', clock);
  const heard: string[] = [];
  const logged: string[] = [];
  const log = pino({}, { write: (line) => void logged.push(line) });
  const broken = new Set<string>();
  const subscription: Subscription = {
    event: NoteChanged,
    from: 'beginning',
    handle: async ({ subject }) => {
      if (broken.has(subject)) throw new TypeError('not now');
      heard.push(subject);
    },
  };
  const park = async (...events: unknown[]): Promise<void> => {
    for (const event of events) {
      await parking.park(event, 'broken');
      clock.advance(1);
    }
  };
  return { park, heard, broken, parked: createParkedEvents(documents, [subscription], log), logged };
}
const idOf = (subject: string): string => `budgets:note.changed/${subject}/1`;

test('what a handler takes when it is handed it again is parked no longer; the rest stays, and why is told', async () => {
  const { park, heard, broken, parked } = await open();
  broken.add('b');
  const unread = { ...noted('c'), data: { text: 5 } };
  await park(noted('a'), noted('b'), unread, noted('d', { ...NoteChanged, type: 'note.shouted' }), null);
  const ids = (await parked.list({ limit: 100, after: null })).items.map(({ id }) => id);
  const { replayed, failed } = await parked.replay([...ids, 'nobody']);
  expect([replayed, heard]).toEqual([1, ['a']]);
  expect(Object.fromEntries(failed.map(({ id, reason }) => [id, reason]))).toEqual({
    [idOf('b')]: 'TypeError: not now',
    [idOf('c')]: expect.stringContaining('InvalidEvent'),
    'budgets:note.shouted/d/1': 'no handler here takes events of its type',
    [ids[4]!]: 'no handler here takes events of its type',
    nobody: 'is not parked',
  });
  expect(await parked.count()).toBe(4);
  broken.clear();
  expect(await parked.replay([idOf('b')])).toEqual({ replayed: 1, failed: [] });
  expect(heard).toEqual(['a', 'b']);
});

test('a handler that rejects with no error at all counts as one that did not take it', async () => {
  const { park, parked, broken } = await open();
  await park(noted('a'));
  broken.has = () => {
    AbortSignal.abort('words').throwIfAborted();
    return false;
  };
  expect(await parked.replay([idOf('a')])).toEqual({ replayed: 0, failed: [{ id: idOf('a'), reason: 'words' }] });
});

test('pages list everything once, oldest first, and only their own cursors go on', async () => {
  const { park, parked } = await open();
  await park(...Array.from({ length: 5 }, (_, n) => noted(`n${n}`)));
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const { items, next, total }: Awaited<ReturnType<typeof parked.list>> = await parked.list({ limit: 2, after });
    expect(total).toBe(5);
    seen.push(...items.map(({ id }) => id));
    after = next;
    if (after === null) break;
  }
  expect(seen).toEqual([0, 1, 2, 3, 4].map((n) => idOf(`n${n}`)));
  for (const after of ['x', Buffer.from('[1,2]').toString('base64url'), Buffer.from('{}').toString('base64url')])
    await expect(parked.list({ limit: 2, after })).rejects.toThrow('no cursor of the parked events');
});

test('what is dropped is forgotten, but for a line in the log', async () => {
  const { park, parked, heard, logged } = await open();
  await park(noted('a'), noted('b'));
  expect(await parked.drop([idOf('a'), 'nobody'])).toBe(1);
  expect([await parked.count(), heard]).toEqual([1, []]);
  expect(logged).toEqual([expect.stringContaining(idOf('a'))]);
});
