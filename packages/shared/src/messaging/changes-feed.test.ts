import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import type { Doc } from '../documents/documents.ts';
import { type ChangesQuery, readChanges } from './changes-feed.ts';
import { eventOfEntry } from './event.ts';
import { linesOf } from './history-line.ts';
import { overriding } from '../testing/override.ts';
import type { Outbox } from './outbox.ts';
import { createRelay } from './relay/relay.ts';
import { NoteChanged, noteEntry, openNotes } from './testing/open-notes.ts';

const log = pino({ level: 'silent' });

async function open() {
  const clock = fakeClock();
  const producer = await openNotes(memoryDisk(), clock);
  let held = Promise.withResolvers<void>();
  held.resolve();
  const history = overriding(producer.history, {
    insertMany: async (lines) => {
      await held.promise;
      return producer.history.insertMany(lines);
    },
  });
  const relay = createRelay({
    outboxes: [producer.outbox],
    history,
    bus: { publish: async () => undefined },
    clock,
    log,
  });
  await relay.start();
  const deps = { history: producer.history, outboxes: [producer.outbox], clock, log };
  const write = async (id: string, text: string): Promise<void> => {
    await producer.write(id, text);
    await relay.idle();
  };
  /** Its line is held back until `tellAll`. */
  const writeOnly = async (id: string, text: string): Promise<void> => {
    held = Promise.withResolvers();
    await producer.write(id, text);
  };
  const tellAll = (): Promise<void> => {
    held.resolve();
    return relay.idle();
  };
  const read = (query: Partial<ChangesQuery> = {}) => readChanges(deps, { since: null, after: null, limit: 100, ...query });
  return { ...producer, clock, deps, write, writeOnly, tellAll, read };
}
const ids = (page: { readonly events: readonly { readonly id: string }[] }): string[] => page.events.map((event) => event.id);

describe('the changes feed', () => {
  test('tells every event again, in the order of recording, from the present state', async () => {
    const { write, read, notes } = await open();
    await write('b', 'eggs');
    await write('a', 'milk');
    await write('b', 'bread');
    const page = await read();
    expect(ids(page)).toEqual(['note.changed/a/1', 'note.changed/b/1', 'note.changed/b/2']);
    const hash = (await notes.get('b'))?.historyHash;
    expect(page.events.slice(1).map((event) => event.data)).toEqual(
      [1, 2].map(() => ({ id: 'b', version: 2, text: 'bread', historyHash: hash })),
    );
    expect(page.next).toBeNull();
    expect(page.now).toBe('2026-01-15T12:00:00.000Z');
  });

  test('begins at an instant, that one included', async () => {
    const { write, read, clock } = await open();
    await write('a', 'milk');
    clock.advance(1_000);
    const since = new Date(clock.now()).toISOString();
    await write('b', 'eggs');
    clock.advance(1_000);
    await write('c', 'bread');
    expect(ids(await read({ since }))).toEqual(['note.changed/b/1', 'note.changed/c/1']);
  });

  test('comes in pages without gap or repeat, also while more is written', async () => {
    const { write, read, clock } = await open();
    for (let n = 0; n < 7; n += 1) {
      await write(`note-${n}`, 'x');
      clock.advance(n % 2);
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await read({ after, limit: 3 });
      seen.push(...ids(page));
      after = page.next;
      if (seen.length === 3) {
        clock.advance(1);
        await write('late', 'x');
      }
    } while (after !== null);
    expect(seen).toEqual([...Array.from({ length: 7 }, (_, n) => `note.changed/note-${n}/1`), 'note.changed/late/1']);
  });

  test('tells what was published ahead of its line, once, on whatever recent page is asked for', async () => {
    const { write, read, notes, history, deps, clock, writeOnly } = await open();
    await write('a', 'milk');
    await writeOnly('b', 'eggs');
    expect(ids(await read())).toEqual(['note.changed/a/1', 'note.changed/b/1']);
    expect(ids(await read({ types: ['note.shouted'] }))).toEqual([]);
    const first = await read({ limit: 1 });
    expect(ids(first)).toEqual(['note.changed/a/1', 'note.changed/b/1']);
    expect(ids(await read({ after: first.next }))).toEqual(['note.changed/b/1']);
    const [entry] = (await notes.get('b'))?.outbox ?? [];
    await history.insertMany(
      linesOf([entry!], null, { aggregate: 'note', aggregateId: 'b', recordedAt: new Date(clock.now()).toISOString() }),
    );
    expect(ids(await read())).toEqual(['note.changed/a/1', 'note.changed/b/1']);
    clock.advance(120_000);
    expect(ids(await readChanges(deps, { since: null, after: null, limit: 1 }))).toEqual(['note.changed/a/1']);
  });

  test('tells everything that has no line yet on the last page, however old the last line is', async () => {
    const { write, writeOnly, read, clock } = await open();
    await write('a', 'milk');
    clock.advance(120_000);
    for (const id of ['b', 'c']) await writeOnly(id, 'eggs');
    expect(ids(await read()).toSorted()).toEqual(['note.changed/a/1', 'note.changed/b/1', 'note.changed/c/1']);
  });

  test('tells of several kinds of aggregates, each from its own state, with a line and without', async () => {
    const { write, store, history, clock, deps } = await open();
    await write('a', 'milk');
    const DraftChanged: typeof NoteChanged = { ...NoteChanged, type: 'draft.changed' };
    const documents = await store.collection<Doc & { readonly text: string }>({ name: 'drafts', indexes: [] });
    const render: Outbox<Doc & { readonly text: string }>['render'] = (entry, { _id: id, version, text }) => [
      eventOfEntry(DraftChanged, entry, id, { id, version, text, historyHash: null }),
    ];
    const told = noteEntry('a', 1, clock);
    const entries = [1, 2].map((version) => ({ ...told, id: `draft.changed/a/${version}`, type: 'draft.changed', version }));
    await documents.insert({ _id: 'a', version: 2, text: 'poem' }, entries);
    await history.insertMany(linesOf(entries.slice(0, 1), null, { aggregate: 'draft', aggregateId: 'a', recordedAt: told.at }));
    const outboxes = [...deps.outboxes, { aggregate: 'draft', documents, render } as unknown as Outbox];
    const { events } = await readChanges({ ...deps, outboxes }, { since: null, after: null, limit: 10 });
    expect(events.map(({ id, data }) => [id, (data as { text: string }).text])).toEqual([
      ['draft.changed/a/1', 'poem'],
      ['note.changed/a/1', 'milk'],
      ['draft.changed/a/2', 'poem'],
    ]);
  });

  test('misses nothing that gets its line and leaves its outbox while a page is read', async () => {
    const { history, notes, deps, clock, writeOnly, tellAll } = await open();
    await writeOnly('a', 'milk');
    const between = overriding(history, {
      find: async (...asked) => {
        const lines = await history.find(...asked);
        clock.advance(1_000);
        await tellAll();
        return lines;
      },
    });
    const page = await readChanges({ ...deps, history: between }, { since: null, after: null, limit: 10 });
    expect(ids(page)).toEqual(['note.changed/a/1']);
    expect((await notes.get('a'))?.outbox ?? []).toEqual([]);
    // a reader that went on from a later instant would miss what was recorded meanwhile
    expect(page.now).toBe('2026-01-15T12:00:00.000Z');
  });

  test('leaves out what is gone, and what can not be rendered', async () => {
    const { write, read, notes, deps } = await open();
    for (const id of ['a', 'b', 'c']) await write(id, 'x');
    await notes.remove(['b']);
    expect(ids(await read())).toEqual(['note.changed/a/1', 'note.changed/c/1']);
    const [outbox] = deps.outboxes;
    if (outbox === undefined) throw new Error('there is one');
    const render: typeof outbox.render = (entry, doc) => {
      if (doc._id === 'a') throw new Error('no such period');
      return outbox.render(entry, doc);
    };
    const partly = await readChanges({ ...deps, outboxes: [{ ...outbox, render }] }, { since: null, after: null, limit: 10 });
    expect(ids(partly)).toEqual(['note.changed/c/1']);
    expect(ids(await readChanges({ ...deps, outboxes: [] }, { since: null, after: null, limit: 10 }))).toEqual([]);
  });

  test('tells only the types that are asked for, and goes on behind the others', async () => {
    const { write, read, deps } = await open();
    for (const id of ['a', 'b', 'c']) await write(id, 'x');
    expect(ids(await read({ types: ['note.changed'] }))).toHaveLength(3);
    let rendered = 0;
    const outboxes = deps.outboxes.map((outbox) => ({ ...outbox, render: () => ((rendered += 1), []) }));
    const page = await readChanges({ ...deps, outboxes }, { since: null, after: null, limit: 2, types: ['note.shouted'] });
    expect(page.events).toEqual([]);
    expect(page.next).not.toBeNull();
    expect(rendered).toBe(0);
    expect(ids(await read({ after: page.next }))).toEqual(['note.changed/c/1']);
  });

  test('ends a page early when its lines stand for very much', async () => {
    const { write, read } = await open();
    for (let n = 0; n < 4; n += 1) await write(`note-${n}`, 'x'.repeat(1_100_000));
    const page = await read();
    expect(ids(page)).toEqual(['note.changed/note-0/1', 'note.changed/note-1/1']);
    const rest = await read({ after: page.next });
    expect(ids(rest)).toEqual(['note.changed/note-2/1', 'note.changed/note-3/1']);
  });

  test.each([
    'nonsense',
    Buffer.from('{}').toString('base64url'),
    Buffer.from('["a"]').toString('base64url'),
    Buffer.from('[1,2]').toString('base64url'),
  ])('refuses %s, which it did not give', async (after) => {
    const { read } = await open();
    await expect(read({ after })).rejects.toThrow(RangeError);
  });
});
