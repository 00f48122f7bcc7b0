import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { openJsonStore } from '../../documents/json/index.ts';
import type { Doc } from '../../documents/documents.ts';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import {
  createHistory,
  createRelay,
  entryOf,
  eventOfEntry,
  type Outbox,
  readHistory,
  verifyChain,
  createParking,
  type ParkedDoc,
  parkedCollection,
} from '../index.ts';
import { createInProcessBus } from '../in-process/index.ts';

const log = pino({ level: 'silent' });
interface Note extends Doc {
  text: string;
}
const NoteChanged = {
  type: 'note.changed',
  source: 'notes',
  schema: z.strictObject({ id: z.string(), text: z.string(), version: z.int() }),
};

describe('smoke', () => {
  test('a write becomes history and an event, and is pulled', async () => {
    const clock = fakeClock();
    const store = await openJsonStore({ directory: 'x', disk: memoryDisk(), clock });
    const notes = await store.collection<Note>({ name: 'notes', indexes: [] });
    const history = await createHistory(store);
    const parking = createParking(await store.collection<ParkedDoc>(parkedCollection), 'c', clock);
    const bus = createInProcessBus({ clock, log });
    const seen: unknown[] = [];
    await bus.consume('c', [{ event: NoteChanged, from: 'beginning', handle: async (e) => void seen.push(e.data) }], parking);
    const outbox: Outbox<Note> = {
      aggregate: 'note',
      documents: notes,
      render: (entry, doc) => [eventOfEntry(NoteChanged, entry, doc._id, { id: doc._id, text: doc.text, version: doc.version })],
    };
    const relay = createRelay({ outboxes: [outbox], history, bus, clock, log });
    await relay.start();
    const e = (version: number) =>
      entryOf(NoteChanged, {
        aggregateId: 'a',
        version,
        at: '2026-01-01T00:00:00.000Z',
        by: 'u',
        requestId: 'r',
        action: 'x',
        change: null,
      });
    await notes.insert({ _id: 'a', version: 1, text: 'one' }, [e(1)]);
    await notes.replace({ _id: 'a', version: 2, text: 'two' }, 1, [e(2)]);
    await relay.idle();
    expect(seen).toHaveLength(2);
    const doc = await notes.get('a');
    expect(doc?.outbox ?? []).toHaveLength(0);
    const lines = await readHistory(history, 'a', doc);
    expect(verifyChain(lines)).toEqual({ ok: true, head: doc?.historyHash });
    await relay.stop();
  });
});
