import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import type { Documents } from '../../documents/documents.ts';
import type { DomainEvent } from '../bus.ts';
import { eventOf, eventOfEntry } from '../event.ts';
import { readHistory } from '../history.ts';
import { verifyChain } from '../history-line.ts';
import { overriding } from '../../testing/override.ts';
import { before } from '../testing/before.ts';
import { NoteChanged, noteEntry, openNotes } from '../testing/open-notes.ts';
import type { HistoryLine } from '../outbox.ts';
import { createRelay, type RelayOptions } from './relay.ts';

const log = pino({ level: 'silent' });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A producer, a bus that writes down what it is given and refuses what the test says, and a relay between them. */
async function open(options: Partial<RelayOptions> = {}) {
  const clock = fakeClock();
  const producer = await openNotes(memoryDisk(), clock);
  const published: DomainEvent[] = [];
  const refuse = new Set<string>();
  const publish = async (event: DomainEvent): Promise<void> => {
    if (refuse.has(event.id)) throw new Error('the broker is away');
    published.push(event);
  };
  const makeRelay = (more: Partial<RelayOptions> = {}) =>
    createRelay({ outboxes: [producer.outbox], history: producer.history, bus: { publish }, clock, log, ...options, ...more });
  const outboxOf = async (id: string): Promise<string[]> => ((await producer.notes.get(id))?.outbox ?? []).map((entry) => entry.id);
  return { ...producer, clock, published, refuse, makeRelay, outboxOf };
}

/** A history that tells when it has written. */
const after = (history: Documents<HistoryLine>, written: () => void): Documents<HistoryLine> =>
  overriding(history, { insertMany: (lines) => history.insertMany(lines).finally(written) });

/** Lets the clock run until something holds. */
async function runUntil(clock: { advance(ms: number): void }, holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    clock.advance(50);
    await turn();
  }
}

/** Each try waits twice as long as the one before: the clock of these tests runs in steps. */
const isBackedOff = (tries: readonly number[]): boolean => tries.slice(1).every((at, n) => at - tries[n]! >= 100 * 2 ** n);

describe('the relay', () => {
  test('turns a write into a line of history and an event, and then takes it out of the outbox', async () => {
    const { makeRelay, write, published, notes, history, outboxOf } = await open();
    const relay = makeRelay();
    await relay.start();
    await write('a', 'milk');
    await write('a', 'bread');
    await relay.idle();
    expect(published.map((event) => event.id)).toEqual(['note.changed/a/1', 'note.changed/a/2']);
    expect(await outboxOf('a')).toEqual([]);
    const note = await notes.get('a');
    const lines = await readHistory(history, 'a', note);
    expect(lines.map((line) => line.entry.change?.after)).toEqual([{ text: 'milk' }, { text: 'bread' }]);
    expect(verifyChain(lines)).toEqual({ ok: true, head: note?.historyHash });
    expect(relay.pending).toBe(0);
    await relay.stop();
  });

  test('an event carries the present state and the newest hash', async () => {
    const { makeRelay, write, published, notes } = await open();
    const relay = makeRelay();
    await relay.start();
    await write('a', 'milk');
    await relay.idle();
    expect(published[0]?.data).toEqual({ id: 'a', version: 1, text: 'milk', historyHash: (await notes.get('a'))?.historyHash });
  });

  test('writes the lines of many documents, and pulls their entries, in few writes', async () => {
    const { makeRelay, write, outbox, history, notes } = await open();
    const writes = { lines: 0, pulls: 0 };
    await Promise.all(Array.from({ length: 150 }, (_, n) => write(`note-${n}`, 'x')));
    const relay = makeRelay({
      sweepAllAtStart: true,
      history: before(history, 'insertMany', () => void (writes.lines += 1)),
      outboxes: [{ ...outbox, documents: before(notes, 'pullOutbox', () => void (writes.pulls += 1)) }],
    });
    await relay.start();
    await relay.idle();
    expect(writes.lines).toBe(1);
    expect(writes.pulls).toBeLessThanOrEqual(2);
    expect(await notes.withOutbox('9999', 10)).toEqual([]);
  });

  test('tells what lies in each of several outboxes, what was left behind there too', async () => {
    const { makeRelay, write, outbox, published, clock, outboxOf } = await open();
    const other = await openNotes(memoryDisk(), clock);
    await Promise.all([write('a', 'milk'), other.write('b', 'eggs')]);
    const relay = makeRelay({ outboxes: [outbox, other.outbox], sweepAllAtStart: true });
    await relay.start();
    await Promise.all([write('c', 'bread'), other.write('d', 'cheese')]);
    await relay.idle();
    expect(published.map(({ subject }) => subject).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect([await outboxOf('a'), await outboxOf('c'), await other.notes.withOutbox('9999', 10)]).toEqual([[], [], []]);
    await relay.stop();
  });

  test('an entry that stands for several events is told when all of them are', async () => {
    const { makeRelay, write, outbox, published, refuse, clock, outboxOf } = await open();
    const chunk = ({ _id: id, version, text }: { _id: string; version: number; text: string }, part: string) =>
      eventOf(NoteChanged, {
        subject: `${id}-${part}`,
        version,
        time: '2026-01-15T12:00:00.000Z',
        correlationid: 'r',
        actor: 'u',
        data: { id, version, text, historyHash: null },
      });
    const render: typeof outbox.render = (_, doc) => ['first', 'second'].map((part) => chunk(doc, part));
    let told = 0;
    const observer = { published: (_: string, count: number) => void (told += count) };
    const relay = makeRelay({ outboxes: [{ ...outbox, render }], observer });
    await relay.start();
    refuse.add('note.changed/a-second/1');
    await write('a', 'milk');
    while (published.length === 0) await turn();
    for (let n = 0; n < 20; n += 1) await turn();
    expect([await outboxOf('a'), told]).toEqual([['note.changed/a/1'], 0]);
    refuse.clear();
    await runUntil(clock, () => relay.pending === 0);
    expect(published.map(({ subject }) => subject)).toContain('a-second');
    expect([await outboxOf('a'), told]).toEqual([[], 2]);
    await relay.stop();
  });

  test('an event that was told, or refused, gives its place to the next one', async () => {
    const { makeRelay, write, published, refuse, clock } = await open();
    const relay = makeRelay({ windowSize: 2 });
    await relay.start();
    const begun = clock.now();
    refuse.add('note.changed/note-0/1');
    await Promise.all(Array.from({ length: 50 }, (_, n) => write(`note-${n}`, 'x')));
    while (published.length < 49) await turn();
    expect(clock.now()).toBe(begun);
    await relay.stop();
  });

  test('an event that can not be published holds up no other, and is told later', async () => {
    const { makeRelay, write, published, refuse, clock, outboxOf } = await open();
    const told = { published: 0, failed: 0 };
    const observer = { published: (_: string, count: number) => void (told.published += count), failed: () => void (told.failed += 1) };
    const relay = makeRelay({ observer });
    await relay.start();
    refuse.add('note.changed/a/1');
    await write('a', 'milk');
    await write('a', 'bread');
    await write('b', 'eggs');
    await runUntil(clock, async () => (await outboxOf('b')).length === 0 && published.length === 2);
    expect(published.map((event) => event.id)).toEqual(['note.changed/a/2', 'note.changed/b/1']);
    // The second is told, but pulled only after the first: the document's hash must follow the chain.
    expect(await outboxOf('a')).toEqual(['note.changed/a/1', 'note.changed/a/2']);
    refuse.clear();
    await runUntil(clock, () => relay.pending === 0);
    expect(published.map((event) => event.id).toSorted()).toEqual(['note.changed/a/1', 'note.changed/a/2', 'note.changed/b/1']);
    expect(await outboxOf('a')).toEqual([]);
    expect(told.published).toBe(3);
    expect(told.failed).toBeGreaterThan(0);
    await relay.stop();
  });

  test('an event that can not be rendered holds up no other, and is tried less and less often', async () => {
    const { makeRelay, write, published, outbox, clock } = await open();
    let broken = true;
    const tries: number[] = [];
    const render: typeof outbox.render = (entry, doc) => {
      if (doc._id === 'a') tries.push(clock.now());
      if (broken && doc._id === 'a') throw new Error('no such period');
      return [eventOfEntry(NoteChanged, entry, doc._id, { id: doc._id, version: doc.version, text: doc.text, historyHash: null })];
    };
    const relay = makeRelay({ outboxes: [{ ...outbox, render }] });
    await relay.start();
    await write('a', 'milk');
    await write('b', 'eggs');
    await runUntil(clock, () => published.length === 1);
    expect(published[0]?.subject).toBe('b');
    await runUntil(clock, () => tries.length === 4);
    expect(isBackedOff(tries)).toBe(true);
    broken = false;
    await runUntil(clock, () => published.length === 2);
    await relay.idle();
    await relay.stop();
  });

  test('a long outbox that can not be told yet grows line by line, on one chain', async () => {
    const { makeRelay, write, refuse, clock, notes, history, published } = await open();
    const relay = makeRelay();
    await relay.start();
    refuse.add('note.changed/a/1');
    for (let n = 0; n < 30; n += 1) {
      await write('a', String(n));
      await turn();
    }
    await runUntil(clock, async () => (await history.count({})) === 30 && published.length >= 29);
    expect(verifyChain(await readHistory(history, 'a', await notes.get('a'))).ok).toBe(true);
    refuse.clear();
    await runUntil(clock, () => relay.pending === 0);
    const note = await notes.get('a');
    expect(verifyChain(await readHistory(history, 'a', note))).toEqual({ ok: true, head: note?.historyHash });
    await relay.stop();
  });

  test('an entry with nothing to tell is history and is pulled', async () => {
    const { makeRelay, write, outbox, history, outboxOf } = await open();
    const relay = makeRelay({ outboxes: [{ ...outbox, render: () => [] }] });
    await relay.start();
    await write('a', 'milk');
    await relay.idle();
    expect(await outboxOf('a')).toEqual([]);
    expect(await history.count({})).toBe(1);
    await relay.stop();
  });

  test.each(['getMany', 'pullOutbox'] as const)('goes on when %s of the outbox fails for a while, less and less often', async (method) => {
    const { makeRelay, write, published, outbox, notes, clock, outboxOf } = await open();
    const tries: number[] = [];
    const flaky = before(notes, method, () => {
      if (tries.push(clock.now()) <= 3) throw new Error('the store is away');
    });
    await write('a', 'milk');
    const relay = makeRelay({ outboxes: [{ ...outbox, documents: flaky }], sweepAllAtStart: true });
    await relay.start();
    await runUntil(clock, () => relay.pending === 0);
    expect(published).toHaveLength(1);
    expect(await outboxOf('a')).toEqual([]);
    expect([tries.length, isBackedOff(tries)]).toEqual([4, true]);
    await relay.stop();
  });

  test('publishes while the line is written, and takes nothing out of the outbox before that is on record', async () => {
    const { makeRelay, write, published, history, outboxOf } = await open();
    const writing = Promise.withResolvers<void>();
    const slow = overriding(history, {
      insertMany: async (lines) => {
        await writing.promise;
        return history.insertMany(lines);
      },
    });
    const relay = makeRelay({ history: slow });
    await relay.start();
    await write('a', 'milk');
    while (published.length === 0) await turn();
    for (let n = 0; n < 20; n += 1) await turn();
    expect(await outboxOf('a')).toEqual(['note.changed/a/1']);
    expect(await history.count({})).toBe(0);
    writing.resolve();
    await relay.idle();
    expect(await outboxOf('a')).toEqual([]);
    expect(published).toHaveLength(1);
    await relay.stop();
  });

  test.each([0, 100])('publishes again what could not be recorded, until it is, if lines wait %i ms', async (linesWithinMs) => {
    const { makeRelay, write, published, history, clock, outboxOf } = await open();
    let failures = 3;
    const flaky = before(history, 'insertMany', () => {
      failures -= 1;
      if (failures >= 0) throw new Error('the store is away');
    });
    const relay = makeRelay({ history: flaky, linesWithinMs });
    await relay.start();
    await write('a', 'milk');
    await write('a', 'bread');
    await runUntil(clock, () => relay.pending === 0);
    expect([...new Set(published.map(({ id }) => id))]).toEqual(['note.changed/a/1', 'note.changed/a/2']);
    expect(published.length).toBeGreaterThan(2);
    expect(await outboxOf('a')).toEqual([]);
    expect(verifyChain(await readHistory(history, 'a', null)).ok).toBe(true);
    await relay.stop();
  });

  test('after an outage of the store what is written is told without any wait', async () => {
    const { makeRelay, write, published, history, clock, outboxOf } = await open();
    const tries: number[] = [];
    const flaky = before(history, 'insertMany', () => {
      if (tries.push(clock.now()) <= 3) throw new Error('the store is away');
    });
    const relay = makeRelay({ history: flaky });
    await relay.start();
    await write('a', 'milk');
    await runUntil(clock, () => relay.pending === 0);
    expect([tries.length, isBackedOff(tries)]).toEqual([4, true]);
    await write('b', 'eggs');
    await relay.idle();
    expect(published.at(-1)?.id).toBe('note.changed/b/1');
    expect(await outboxOf('b')).toEqual([]);
    await relay.stop();
  });

  test('publishes nothing ahead of its line where many are under way', async () => {
    const { makeRelay, write, published, history } = await open();
    await Promise.all(Array.from({ length: 150 }, (_, n) => write(`note-${n}`, 'x')));
    const publishedBefore: number[] = [];
    const relay = makeRelay({ sweepAllAtStart: true, history: after(history, () => publishedBefore.push(published.length)) });
    await relay.start();
    await relay.idle();
    expect(publishedBefore).toEqual([0]);
    expect(published).toHaveLength(150);
    await relay.stop();
  });

  test('lets lines wait for others where that is worth it, and the pulls with them, and no event', async () => {
    const { makeRelay, write, published, outbox, notes, history, clock, outboxOf } = await open();
    const writes = { lines: 0, pulls: 0 };
    const relay = makeRelay({
      linesWithinMs: 100,
      history: before(history, 'insertMany', () => void (writes.lines += 1)),
      outboxes: [{ ...outbox, documents: before(notes, 'pullOutbox', () => void (writes.pulls += 1)) }],
    });
    await relay.start();
    for (const [at, id] of ['a', 'b', 'a'].entries()) {
      await write(id, 'milk');
      while (published.length <= at) await turn();
      clock.advance(30);
    }
    expect([await history.count({}), await outboxOf('a')]).toEqual([0, ['note.changed/a/1', 'note.changed/a/2']]);
    await runUntil(clock, () => relay.pending === 0);
    expect([await history.count({}), await outboxOf('a'), writes, published.length]).toEqual([3, [], { lines: 1, pulls: 1 }, 3]);
    expect(verifyChain(await readHistory(history, 'a', await notes.get('a'))).ok).toBe(true);
    await write('c', 'milk');
    while (published.length < 4) await turn();
    await relay.stop();
    expect(await history.count({})).toBe(4);
  });

  test('reads no document that tells of the write alone that made it', async () => {
    const { makeRelay, write, published, outbox, notes } = await open();
    let reads = 0;
    const relay = makeRelay({ outboxes: [{ ...outbox, documents: before(notes, 'getMany', () => void (reads += 1)) }] });
    await relay.start();
    for (const text of ['milk', 'bread']) {
      await write('a', text);
      await relay.idle();
    }
    expect([reads, published.map(({ data }) => data)]).toMatchObject([0, [{ text: 'milk' }, { text: 'bread' }]]);
    await relay.stop();
  });

  test('keeps to the chain where a write is heard of late, when a newer one is under way', async () => {
    const { makeRelay, published, outbox, notes, history, clock, outboxOf } = await open();
    let hear: Parameters<typeof notes.onOutbox>[0] = () => {};
    const documents = overriding(notes, {
      onOutbox: (listener) => {
        hear = listener;
        return () => {};
      },
    });
    const third = Promise.withResolvers<void>();
    const publish = async (event: DomainEvent): Promise<void> => {
      published.push(event);
      if (event.version === 3) await third.promise;
    };
    const relay = makeRelay({ outboxes: [{ ...outbox, documents }], bus: { publish } });
    await relay.start();
    const version = (n: number) => ({ _id: 'a', version: n, text: String(n) });
    hear('a', await notes.insert(version(1), [noteEntry('a', 1, clock)]));
    await relay.idle();
    const late = await notes.replace(version(2), 1, [noteEntry('a', 2, clock)]);
    hear('a', await notes.replace(version(3), 2, [noteEntry('a', 3, clock)]));
    await runUntil(clock, async () => (await outboxOf('a')).length === 1);
    // Were it told again, it would be pulled with the newer one, and its hash taken for the newest.
    hear('a', late);
    for (let turns = 0; turns < 100; turns += 1) await turn();
    third.resolve();
    await relay.idle();
    hear('a', await notes.replace(version(4), 3, [noteEntry('a', 4, clock)]));
    await relay.idle();
    const note = await notes.get('a');
    expect(verifyChain(await readHistory(history, 'a', note))).toEqual({ ok: true, head: note?.historyHash });
    expect(new Set(published.map(({ version: told }) => told))).toEqual(new Set([1, 2, 3, 4]));
    await relay.stop();
  });

  test('leaves alone what was removed for good in between', async () => {
    const { makeRelay, write, published, refuse, notes, clock } = await open();
    const relay = makeRelay();
    await relay.start();
    refuse.add('note.changed/a/1');
    await write('a', 'milk');
    await runUntil(clock, () => relay.pending === 1);
    await notes.remove(['a']);
    await runUntil(clock, () => relay.pending === 0);
    expect(published).toEqual([]);
    await relay.stop();
  });
});

describe('the sweep', () => {
  test('finds what a crash left behind, once it is old enough, and not long after', async () => {
    const { makeRelay, write, published, clock } = await open();
    await write('a', 'milk');
    const writtenAt = clock.now();
    const relay = makeRelay();
    await relay.start();
    await turn();
    expect(published).toEqual([]);
    await runUntil(clock, () => published.length === 1);
    // another instance may be about to tell what is younger than 5 s; a look every 3 s
    expect(clock.now() - writtenAt).toBeGreaterThan(5_000);
    expect(clock.now() - writtenAt).toBeLessThan(9_000);
    await relay.idle();
    await relay.stop();
  });

  test('takes everything at the start of a single instance, also what bears an instant to come', async () => {
    const { makeRelay, write, published, clock } = await open();
    await write('a', 'milk');
    clock.set(clock.now() - 3_600_000);
    const relay = makeRelay({ sweepAllAtStart: true });
    await relay.start();
    await relay.idle();
    expect(published).toHaveLength(1);
    await relay.stop();
  });

  test('finds within twenty seconds what was left behind by an instance whose clock was an hour ahead', async () => {
    const { makeRelay, write, published, clock } = await open();
    await write('a', 'milk');
    clock.set(clock.now() - 3_600_000);
    const begunAt = clock.now();
    const relay = makeRelay();
    await relay.start();
    await runUntil(clock, () => published.length === 1 || clock.now() - begunAt > 20_000);
    expect(published).toHaveLength(1);
    await relay.idle();
    await relay.stop();
  });

  test('tries again when it could not look', async () => {
    const { makeRelay, write, published, outbox, notes, clock } = await open();
    await write('a', 'milk');
    let failures = 2;
    const flaky = before(notes, 'withOutbox', () => {
      failures -= 1;
      if (failures >= 0) throw new Error('the store is away');
    });
    const relay = makeRelay({ outboxes: [{ ...outbox, documents: flaky }], sweepAllAtStart: true });
    await relay.start();
    await runUntil(clock, () => published.length === 1);
    await relay.stop();
  });

  test('does not take up again what is under way', async () => {
    const { makeRelay, write, clock, notes } = await open();
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    const publish = async (): Promise<void> => {
      calls += 1;
      await gate.promise;
    };
    const relay = makeRelay({ bus: { publish } });
    await relay.start();
    await write('a', 'milk');
    await runUntil(clock, () => calls > 0);
    for (let n = 0; n < 400; n += 1) {
      clock.advance(100);
      await turn();
    }
    expect(calls).toBe(1);
    gate.resolve();
    await relay.idle();
    expect(await notes.withOutbox('9999', 10)).toEqual([]);
    await relay.stop();
  });
});

describe('two relays over one store', () => {
  test('the one that comes late does not set the hash back behind the other', async () => {
    const { makeRelay, write, notes } = await open();
    await write('a', 'milk');
    await write('a', 'bread');
    const relay = makeRelay({ sweepAllAtStart: true });
    await relay.start();
    await relay.idle();
    const whole = await notes.get('a');
    await notes.pullOutbox([{ id: 'a', entryIds: ['note.changed/a/1'], historyHash: 'hash of the first line' }]);
    expect((await notes.get('a'))?.historyHash).toBe(whole?.historyHash);
    await relay.stop();
  });

  test('what one could not tell and the other told is done for both, and holds up nothing that follows', async () => {
    const { makeRelay, write, published, refuse, clock, outboxOf } = await open();
    let failures = 0;
    const held = makeRelay({ observer: { failed: () => void (failures += 1) } });
    await held.start();
    refuse.add('note.changed/a/1');
    await write('a', 'milk');
    while (failures === 0) await turn();
    refuse.clear();
    const sweeping = makeRelay({ sweepAllAtStart: true });
    await sweeping.start();
    await sweeping.idle();
    await sweeping.stop();
    expect(await outboxOf('a')).toEqual([]);
    await write('a', 'bread');
    await runUntil(clock, () => held.pending === 0);
    expect(await outboxOf('a')).toEqual([]);
    expect(published.map((event) => event.id)).toContain('note.changed/a/2');
    await held.stop();
  });

  test.each([
    ['both', ['note.changed/a/1', 'note.changed/a/2']],
    ['the first, and died', ['note.changed/a/1']],
  ])('what one has told behind something that it could not is done, too, once the other has pulled %s', async (_what, entryIds) => {
    const { makeRelay, write, published, refuse, clock, outboxOf, notes, history } = await open();
    const tried: unknown[] = [];
    const held = makeRelay({ observer: { failed: () => void tried.push(1), published: () => void tried.push(2) } });
    await held.start();
    refuse.add('note.changed/a/1');
    await write('a', 'milk');
    await write('a', 'bread');
    while (!(tried.includes(1) && tried.includes(2))) await turn();
    expect(published.map(({ id }) => id)).toEqual(['note.changed/a/2']);
    const hashes = (await readHistory(history, 'a', await notes.get('a'))).map(({ hash }) => hash);
    await notes.pullOutbox([{ id: 'a', entryIds, historyHash: hashes[entryIds.length - 1]! }]);
    for (let n = 0; n < 50 && held.pending > 0; n += 1) {
      clock.advance(50);
      await turn();
    }
    expect([held.pending, await outboxOf('a')]).toEqual([0, []]);
    expect((await notes.get('a'))?.historyHash).toBe(hashes[1]);
    await held.stop();
  });

  test('do no harm to each other: one chain, every event told', async () => {
    const { makeRelay, write, published, notes, history, clock } = await open();
    const relays = [makeRelay(), makeRelay()];
    for (const relay of relays) await relay.start();
    for (let n = 0; n < 20; n += 1) await Promise.all(['a', 'b', 'c'].map((id) => write(id, String(n))));
    await runUntil(clock, () => relays.every((relay) => relay.pending === 0));
    expect(new Set(published.map((event) => event.id)).size).toBe(60);
    for (const id of ['a', 'b', 'c']) {
      const note = await notes.get(id);
      const lines = await readHistory(history, id, note);
      expect(lines).toHaveLength(20);
      expect(verifyChain(lines)).toEqual({ ok: true, head: note?.historyHash });
    }
    for (const relay of relays) await relay.stop();
  });
});

describe('stopping', () => {
  test('drains what is under way, and leaves what can not be told to the next start', async () => {
    const { makeRelay, write, published, refuse, outboxOf } = await open();
    const relay = makeRelay();
    await relay.start();
    refuse.add('note.changed/a/1');
    await Promise.all([write('a', 'milk'), write('b', 'eggs')]);
    expect(await relay.drain(10_000)).toBe(1);
    await relay.stop();
    expect(published.map((event) => event.id)).toEqual(['note.changed/b/1']);
    refuse.clear();
    const next = makeRelay({ sweepAllAtStart: true });
    await next.start();
    await next.idle();
    expect(published).toHaveLength(2);
    expect(await outboxOf('a')).toEqual([]);
    await next.stop();
  });

  test('waits for no event that rests between its tries, and leaves no timer that the process would wait for', async () => {
    const { makeRelay, write, clock } = await open();
    const timers: (AbortSignal | undefined)[] = [];
    const delay = (ms: number, signal?: AbortSignal): Promise<void> => (ms === 10_000 && timers.push(signal), clock.delay(ms, signal));
    const confirmed = Promise.withResolvers<void>();
    let isTold = false;
    const publish = (): Promise<void> => ((isTold = true), confirmed.promise);
    const relay = makeRelay({ clock: { ...clock, delay }, bus: { publish } });
    await relay.start();
    await write('a', 'milk');
    while (!isTold) await turn();
    const drained = relay.drain(10_000);
    for (let n = 0; n < 20; n += 1) await turn();
    confirmed.reject(new Error('the broker is away'));
    expect(await drained).toBe(1);
    expect(timers.map((signal) => signal?.aborted)).toEqual([true]);
    await relay.stop();
  });

  test('waits no longer than told', async () => {
    const { makeRelay, write, clock } = await open();
    let isTold = false;
    const relay = makeRelay({ bus: { publish: () => new Promise(() => (isTold = true)) } });
    await relay.start();
    await write('a', 'milk');
    await runUntil(clock, () => isTold);
    const drained = relay.drain(10_000);
    let left: number | null = null;
    void drained.then((count) => (left = count));
    await runUntil(clock, () => left !== null);
    expect(left).toBe(1);
    await relay.stop();
  });

  test.each(['getMany', 'pullOutbox', 'withOutbox'] as const)('is over only when %s is, for the store is closed next', async (method) => {
    const { makeRelay, outbox, notes, clock } = await open();
    const gate = Promise.withResolvers<void>();
    let isHeld = false;
    let isAsked = false;
    const slow = before(notes, method, async () => {
      isAsked = isHeld;
      if (isHeld) await gate.promise;
    });
    const relay = makeRelay({ outboxes: [{ ...outbox, documents: slow }] });
    await relay.start();
    isHeld = true;
    const entries = [noteEntry('a', 1, clock), noteEntry('a', 2, clock)];
    await notes.insert({ _id: 'a', version: 2, text: 'imported, then changed' }, entries);
    await runUntil(clock, () => isAsked);
    let isOver = false;
    const stopped = relay.stop().then(() => (isOver = true));
    for (let n = 0; n < 20; n += 1) await turn();
    expect(isOver).toBe(false);
    gate.resolve();
    await stopped;
  });

  test('what waits for its place then is not told any more, and stays in its outbox', async () => {
    const { makeRelay, write, clock, outboxOf } = await open();
    const told: string[] = [];
    const publish = (event: DomainEvent): Promise<void> => (told.push(event.subject), new Promise(() => undefined));
    const relay = makeRelay({ bus: { publish }, windowSize: 1 });
    await relay.start();
    await Promise.all([write('a', 'milk'), write('b', 'eggs')]);
    await runUntil({ advance: () => clock.advance(0) }, () => told.length === 1);
    await relay.stop();
    await turn();
    expect(told).toEqual(['a']);
    expect(await outboxOf('b')).toEqual(['note.changed/b/1']);
  });

  test('takes nothing up any more', async () => {
    const { makeRelay, write, published, clock } = await open();
    const relay = makeRelay();
    await relay.start();
    await relay.stop();
    await write('a', 'milk');
    clock.advance(60_000);
    await turn();
    expect(published).toEqual([]);
  });
});

test('entries of one version are one write, and one place in the chain each', async () => {
  const { makeRelay, notes, history, clock, published } = await open();
  const relay = makeRelay();
  await relay.start();
  await notes.insert({ _id: 'a', version: 2, text: 'imported, then changed' }, [noteEntry('a', 1, clock), noteEntry('a', 2, clock)]);
  await relay.idle();
  expect(published).toHaveLength(2);
  const note = await notes.get('a');
  expect(verifyChain(await readHistory(history, 'a', note))).toEqual({ ok: true, head: note?.historyHash });
  await relay.stop();
});
