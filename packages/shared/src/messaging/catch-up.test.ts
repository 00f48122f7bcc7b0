import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import type { DomainEvent, EventType, Subscription } from './bus.ts';
import { type CatchUp, type CatchUpOptions, createCatchUp } from './catch-up.ts';
import { type ChangesQuery, readChanges } from './changes-feed.ts';
import { createHandledEvents, remembering } from './handled-events.ts';
import { memoryParking } from './messaging.contract.ts';
import { createRelay } from './relay/relay.ts';
import { growingDelays } from './retry-policy.ts';
import { before } from './testing/before.ts';
import { NoteChanged, openNotes } from './testing/open-notes.ts';
import { isReadSince, later, nextReading, type Watermark, watermarksCollection } from './watermark.ts';

const log = pino({ level: 'silent' });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A producer with its feed, and what a consumer needs; the bus between them loses everything. */
async function open() {
  const clock = fakeClock();
  const disk = memoryDisk();
  const producer = await openNotes(disk, clock);
  const relay = createRelay({
    outboxes: [producer.outbox],
    history: producer.history,
    bus: { publish: async () => undefined },
    clock,
    log,
  });
  await relay.start();
  const write = async (id: string, text = 'x'): Promise<void> => {
    await producer.write(id, text);
    await relay.idle();
  };
  const watermarks = await producer.store.collection<Watermark>(watermarksCollection);
  const queries: ChangesQuery[] = [];
  const net: { down: boolean } = { down: false };
  const fetchChanges: CatchUpOptions['fetchChanges'] = async (name, query) => {
    if (net.down) throw new Error(`${name} is away\nmore`);
    queries.push(query);
    return JSON.parse(JSON.stringify(await readChanges({ ...producer, outboxes: [producer.outbox], clock, log }, query)));
  };
  const reconnects: (() => void)[] = [];
  const parking = memoryParking();
  const heard: string[] = [];
  const on = (
    from: Subscription['from'],
    handle: (event: DomainEvent) => unknown = (event) => heard.push(event.id),
    event: EventType<never> = NoteChanged as never,
  ) => ({
    event,
    from,
    handle: async (arrived: DomainEvent) => void (await handle(arrived)),
  });
  const start = (subscriptions: readonly Subscription[], more: Partial<CatchUpOptions> = {}) =>
    createCatchUp({
      consumer: 'reader',
      subscriptions,
      parking,
      watermarks,
      fetchChanges,
      bus: { onReconnect: (listener) => void reconnects.push(listener) },
      clock,
      log,
      pageSize: 3,
      retries: growingDelays({ tries: 3, firstMs: 10, factor: 2, maxMs: 100 }),
      ...more,
    });
  const mark = (from = 'beginning') => watermarks.get(`reader:notes:${from}`);
  return { ...producer, clock, write, watermarks, queries, net, fetchChanges, reconnects, parking, heard, on, start, mark };
}

async function runUntil(clock: { advance(ms: number): void }, holds: () => boolean, stepMs = 50): Promise<void> {
  while (!holds()) {
    clock.advance(stepMs);
    await turn();
  }
}

async function runUntilSettled(clock: { advance(ms: number): void }, work: Promise<unknown>): Promise<void> {
  let settled = false;
  void work.finally(() => (settled = true));
  await runUntil(clock, () => settled);
}

const runThrough = (clock: { advance(ms: number): void }, instances: readonly CatchUp[]): Promise<void> =>
  runUntilSettled(clock, Promise.all(instances.map((instance) => instance.now())));

describe('catching up', () => {
  test('a first start from the beginning hears everything, page by page, and remembers how far it was', async () => {
    const { write, start, on, heard, mark, queries } = await open();
    for (let n = 0; n < 8; n += 1) await write(`note-${n}`);
    const catchUp = start([on('beginning')]);
    await catchUp.start();
    expect(heard.toSorted()).toEqual(Array.from({ length: 8 }, (_, n) => `note.changed/note-${n}/1`));
    expect(queries).toHaveLength(3);
    expect(queries[0]).toEqual({ since: null, after: null, types: ['note.changed'], limit: 3 });
    expect(await mark()).toMatchObject({ at: '2026-01-15T12:00:00.000Z', origin: null, reading: null });
    expect(catchUp.state()).toEqual([
      { producer: 'notes', from: 'beginning', state: 'current', detail: null, at: '2026-01-15T12:00:00.000Z' },
    ]);
    await catchUp.stop();
  });

  test('a first start from now hears nothing of before, at no later time either', async () => {
    const { write, start, on, heard, clock } = await open();
    await write('before');
    clock.advance(1);
    const catchUp = start([on('now')]);
    await catchUp.start();
    clock.advance(1_000);
    await write('after');
    await catchUp.now();
    await catchUp.now();
    expect(new Set(heard)).toEqual(new Set(['note.changed/after/1']));
    await catchUp.stop();
  });

  test('a consumer that begins with both ways hears each type as it asked', async () => {
    const { write, start, on, heard, clock } = await open();
    await write('before');
    clock.advance(1);
    const shout: EventType<never> = { ...NoteChanged, type: 'note.shouted' } as never;
    const catchUp = start([on('beginning'), on('now', () => undefined, shout)]);
    await catchUp.start();
    expect(heard).toEqual(['note.changed/before/1']);
    expect(catchUp.state().map(({ from }) => from)).toEqual(['beginning', 'now']);
    await catchUp.stop();
  });

  test('a later start goes on a little before where it was', async () => {
    const { write, start, on, heard, clock, queries } = await open();
    await write('a');
    const first = start([on('beginning')]);
    await first.start();
    await first.stop();
    clock.advance(3_600_000);
    await write('b');
    heard.length = 0;
    const second = start([on('beginning')]);
    await second.start();
    expect(queries.at(-1)?.since).toBe('2026-01-15T11:55:00.000Z');
    expect([...new Set(heard)].toSorted()).toEqual(['note.changed/a/1', 'note.changed/b/1']);
    await second.stop();
  });

  test('reads again after a reconnection, and now and then', async () => {
    const { write, start, on, heard, clock, reconnects } = await open();
    const catchUp = start([on('beginning')], { everyMs: 60_000 });
    await catchUp.start();
    await write('a');
    for (const reconnected of reconnects) reconnected();
    await runUntil(clock, () => heard.includes('note.changed/a/1'), 0);
    await write('b');
    expect(heard).not.toContain('note.changed/b/1');
    await runUntil(clock, () => heard.includes('note.changed/b/1'), 1_000);
    await catchUp.stop();
  });

  test('goes on in the middle of a long feed after a crash', async () => {
    const { write, start, on, heard, queries, fetchChanges, net, mark, clock } = await open();
    for (let n = 0; n < 9; n += 1) await write(`note-${n}`);
    const dying: CatchUpOptions['fetchChanges'] = async (producer, query) => {
      if (queries.length === 2) net.down = true;
      return fetchChanges(producer, query);
    };
    const first = start([on('beginning')], { fetchChanges: dying, giveUpAfterMs: 0 });
    await first.start();
    // the third page was asked for, so what the second one brought is handled and marked
    while (first.state()[0]?.state !== 'away') await turn();
    expect((await mark())?.reading?.after).toEqual(expect.any(String));
    await first.stop();
    net.down = false;
    heard.length = 0;
    clock.advance(3_600_000);
    const second = start([on('beginning')]);
    await second.start();
    expect(heard.toSorted()).toEqual([6, 7, 8].map((n) => `note.changed/note-${n}/1`));
    // only what was recorded before the reading began is certain to be in it
    expect(await mark()).toMatchObject({ at: '2026-01-15T12:00:00.000Z', reading: null });
    await second.stop();
  });

  test('rebuilding begins at the beginning, also where a reading was left in the middle or another instance has got on', async () => {
    const { write, start, on, heard, watermarks, mark } = await open();
    for (let n = 0; n < 4; n += 1) await write(`note-${n}`);
    let meanwhile = 0;
    const moving = before(watermarks, 'replace', async () => {
      if ((meanwhile += 1) > 2) return;
      const { changedAt: _, ...other } = (await mark())!;
      const reading = { since: '2026-01-15T12:00:00.000Z', after: 'behind everything', until: '2026-01-15T12:00:00.000Z' };
      await watermarks.replace({ ...other, version: other.version + 1, reading }, other.version);
    });
    const catchUp = start([on('beginning')], { watermarks: moving, giveUpAfterMs: 0 });
    await watermarks.insert({ _id: 'reader:notes:beginning', version: 1, at: '2026-01-15T12:00:00.000Z', origin: null, reading: null });
    await catchUp.rebuild('notes');
    expect(await mark()).toMatchObject({ at: null, reading: null });
    await catchUp.start();
    await catchUp.now();
    expect(new Set(heard).size).toBe(4);
    await catchUp.stop();
  });

  test('a producer that is away is tried again, and holds up the start no longer than told', async () => {
    const { write, start, on, heard, net, clock } = await open();
    await write('a');
    net.down = true;
    const catchUp = start([on('beginning')], { giveUpAfterMs: 5_000 });
    let ready = false;
    const started = catchUp.start().then(() => (ready = true));
    await runUntil(clock, () => catchUp.state()[0]?.state === 'away', 0);
    expect(ready).toBe(false);
    await runUntil(clock, () => ready);
    await started;
    expect(catchUp.state()[0]).toMatchObject({ state: 'away', detail: 'notes is away', at: null });
    net.down = false;
    const backAt = clock.now();
    await runUntil(clock, () => heard.length === 1);
    await runUntil(clock, () => catchUp.state()[0]?.state === 'current');
    expect(clock.now() - backAt).toBeLessThan(10_000);
    expect(catchUp.state()[0]?.detail).toBeNull();
    await catchUp.stop();
  });

  test('each producer is read by itself: asked for its own types, and held up by no other', async () => {
    const { write, start, on, heard, clock, fetchChanges } = await open();
    const asked: [string, readonly string[]][] = [];
    let isAway = false;
    const fetch: CatchUpOptions['fetchChanges'] = async (producer, query) => {
      asked.push([producer, query.types ?? []]);
      if (producer === 'notes') return fetchChanges(producer, query);
      if (isAway) throw new Error('elsewhere is away');
      return { events: [], next: null, now: '2026-01-15T12:00:00.000Z' };
    };
    const elsewhere: EventType<never> = { ...NoteChanged, source: 'elsewhere', type: 'elsewhere.changed' } as never;
    const catchUp = start([on('beginning'), on('beginning', () => undefined, elsewhere)], { fetchChanges: fetch });
    await catchUp.start();
    expect(asked.toSorted()).toEqual([
      ['elsewhere', ['elsewhere.changed']],
      ['notes', ['note.changed']],
    ]);
    isAway = true;
    await write('a');
    await runUntilSettled(clock, catchUp.now('notes'));
    expect(heard).toEqual(['note.changed/a/1']);
    expect(catchUp.state().map(({ producer, state }) => [producer, state])).toEqual([
      ['notes', 'current'],
      ['elsewhere', 'current'],
    ]);
    await catchUp.stop();
  });

  test('who asks for a reading while one is under way gets the next one, and is let go when there is none any more', async () => {
    const { write, start, on, heard, net, fetchChanges } = await open();
    const goOn = Promise.withResolvers<void>();
    let asked = 0;
    const held: CatchUpOptions['fetchChanges'] = async (producer, query) => {
      const page = await fetchChanges(producer, query);
      if ((asked += 1) === 1) await goOn.promise;
      return page;
    };
    const catchUp = start([on('beginning')], { fetchChanges: held });
    const started = catchUp.start();
    while (asked === 0) await turn();
    await write('late');
    const now = catchUp.now();
    goOn.resolve();
    await started;
    await now;
    expect(heard).toEqual(['note.changed/late/1']);
    net.down = true;
    const unanswered = catchUp.now();
    while (catchUp.state()[0]?.state !== 'away') await turn();
    await catchUp.stop();
    await expect(unanswered).resolves.toBeUndefined();
  });

  test('an event that can not be handled is parked, and the rest goes on', async () => {
    const { write, start, on, heard, parking, clock, mark } = await open();
    for (const id of ['a', 'poison', 'b']) await write(id);
    const handle = (event: DomainEvent): void => {
      if (event.subject === 'poison') throw new Error('broken');
      heard.push(event.id);
    };
    const catchUp = start([on('beginning', handle)], { giveUpAfterMs: 1_000_000 });
    let through = false;
    void catchUp.start().then(() => (through = true));
    await runUntil(clock, () => through);
    expect(heard.toSorted()).toEqual(['note.changed/a/1', 'note.changed/b/1']);
    expect(parking.parked).toHaveLength(1);
    expect((await mark())?.at).not.toBeNull();
    await catchUp.stop();
  });

  test('what a producer sends that is no event is parked or passed over', async () => {
    const { start, on, parking, heard } = await open();
    const events = [null, 'text', { type: 'unknown.type' }, { type: 'note.changed', id: 'x' }];
    const catchUp = start([on('beginning')], { fetchChanges: async () => ({ events, next: null, now: '2026-01-15T12:00:00.000Z' }) });
    await catchUp.start();
    expect(heard).toEqual([]);
    expect(parking.parked.map(({ event }) => event)).toEqual([{ type: 'note.changed', id: 'x' }]);
    await catchUp.stop();
  });

  test('rebuilding hears everything again, only for what begins at the beginning', async () => {
    const { write, start, on, heard, clock, mark } = await open();
    await write('a');
    clock.advance(1);
    const shouted: string[] = [];
    const shout: EventType<never> = { ...NoteChanged, type: 'note.shouted' } as never;
    const catchUp = start([on('beginning'), on('now', (event) => shouted.push(event.id), shout)]);
    await catchUp.start();
    clock.advance(3_600_000);
    await catchUp.now();
    heard.length = 0;
    await catchUp.rebuild('somebody else');
    await turn();
    expect(heard).toEqual([]);
    await catchUp.rebuild('notes');
    expect((await mark('now'))?.at).toBe('2026-01-15T13:00:00.001Z');
    await runUntil(clock, () => heard.length === 1, 0);
    expect(shouted).toEqual([]);
    await catchUp.stop();
    await catchUp.now();
  });

  test('two instances share a watermark that never goes back', async () => {
    const { write, start, on, heard, clock, mark } = await open();
    for (let n = 0; n < 10; n += 1) await write(`note-${n}`);
    const instances = [start([on('beginning')]), start([on('beginning')])];
    await runUntilSettled(clock, Promise.all(instances.map((instance) => instance.start())));
    await runThrough(clock, instances);
    expect(new Set(heard).size).toBe(10);
    const reached = (await mark())!.at;
    clock.set(clock.now() - 3_600_000);
    await runThrough(clock, instances);
    expect((await mark())?.at).toBe(reached);
    await Promise.all(instances.map((instance) => instance.stop()));
  });

  test('the reading of another instance counts for one that began before its end was read', async () => {
    const { write, start, on, heard, clock, queries } = await open();
    for (let n = 0; n < 30; n += 1) await write(`note-${n}`);
    const instances = [start([on('beginning')]), start([on('beginning')])];
    await runUntilSettled(clock, Promise.all(instances.map((instance) => instance.start())));
    await runUntil(clock, () => instances.every((instance) => instance.state()[0]!.state === 'current'));
    expect(new Set(heard).size).toBe(30);
    // eleven pages, and the two that the other one had asked for before it was overtaken
    expect(queries.length).toBeLessThanOrEqual(13);
    await Promise.all(instances.map((instance) => instance.stop()));
  });

  test('another instance that gets on no more is not waited for', async () => {
    const { write, start, on, heard, clock, fetchChanges } = await open();
    for (let n = 0; n < 10; n += 1) await write(`note-${n}`);
    let asked = 0;
    const hanging: CatchUpOptions['fetchChanges'] = (producer, query) => {
      asked += 1;
      return asked > 2 ? new Promise(() => undefined) : fetchChanges(producer, query);
    };
    const dead = start([on('beginning', () => undefined)], { fetchChanges: hanging });
    const other = start([on('beginning')]);
    await runUntilSettled(clock, Promise.all([dead.start(), other.start()]));
    await runUntil(clock, () => new Set(heard).size === 10);
    await other.stop();
  });

  test('after a reconnection what is recent comes first, and then all that may have been missed', async () => {
    const { write, start, on, heard, clock, reconnects, queries, net } = await open();
    const catchUp = start([on('beginning')]);
    await catchUp.start();
    for (let n = 0; n < 6; n += 1) await write(`old-${n}`);
    clock.advance(120_000);
    for (let n = 0; n < 4; n += 1) await write(`recent-${n}`);
    queries.length = 0;
    // a producer that came back after the broker
    net.down = true;
    for (const reconnected of reconnects) reconnected();
    await runUntil(clock, () => catchUp.state()[0]?.state === 'away', 0);
    net.down = false;
    await runUntil(clock, () => new Set(heard).size === 10, 10);
    expect(heard.slice(0, 4).every((id) => id.startsWith('note.changed/recent-'))).toBe(true);
    const since = queries.slice(0, 3).map((query) => query.since?.slice(0, 'yyyy-mm-ddThh:mm'.length));
    expect(since).toEqual(['2026-01-15T12:01', '2026-01-15T12:01', '2026-01-15T11:55']);
    await catchUp.stop();
  });

  test('a later start hears what is recent first, and does it once', async () => {
    const { write, start, on, heard, clock } = await open();
    const first = start([on('beginning')]);
    await first.start();
    await first.stop();
    for (let n = 0; n < 6; n += 1) await write(`old-${n}`);
    clock.advance(120_000);
    await write('recent');
    const handled = createHandledEvents();
    const second = start(remembering(handled, [on('beginning')]), { handled });
    const started = second.start();
    await runUntil(clock, () => new Set(heard).size === 7, 0);
    await started;
    expect(heard[0]).toBe('note.changed/recent/1');
    expect(heard).toHaveLength(7);
    await second.stop();
  });

  test('after a reconnection everything comes in its order where nothing was read to the end yet', async () => {
    const { write, start, on, heard, net, reconnects, clock, queries } = await open();
    net.down = true;
    const catchUp = start([on('beginning')]);
    const started = catchUp.start();
    await write('a');
    net.down = false;
    for (const reconnected of reconnects) reconnected();
    await runUntil(clock, () => heard.length > 0);
    expect(queries[0]).toMatchObject({ since: null });
    await started;
    await catchUp.stop();
  });

  test('the next page is asked for while handlers are at work, and the watermark waits for them', async () => {
    const { write, start, on, heard, clock, queries, mark } = await open();
    for (let n = 0; n < 7; n += 1) await write(`note-${n}`);
    const goOn = Promise.withResolvers<void>();
    const catchUp = start([on('beginning', async (event) => void (await goOn.promise, heard.push(event.id)))]);
    const started = catchUp.start();
    await runUntil(clock, () => queries.length === 2, 0);
    for (let n = 0; n < 20; n += 1) await turn();
    expect(heard).toEqual([]);
    // who is killed now has to hear them again
    expect(await mark()).toMatchObject({ at: null, reading: null });
    goOn.resolve();
    await started;
    expect(heard).toHaveLength(7);
    await catchUp.stop();
  });

  test('what was handled here already is passed over, unless the store has lost it or is to be made anew', async () => {
    const { write, start, on, heard, clock, watermarks, mark } = await open();
    const handled = createHandledEvents();
    const catchUp = start(remembering(handled, [on('beginning')]), { handled });
    await catchUp.start();
    await write('a');
    await catchUp.now();
    clock.advance(1_000);
    await write('b');
    await catchUp.now();
    expect(heard).toEqual(['note.changed/a/1', 'note.changed/b/1']);
    const stored = (await mark())!;
    await watermarks.remove([stored._id]);
    await watermarks.insert({ ...stored, version: 1 });
    await catchUp.now();
    expect(heard.toSorted()).toEqual(['note.changed/a/1', 'note.changed/a/1', 'note.changed/b/1', 'note.changed/b/1']);
    heard.length = 0;
    await catchUp.rebuild('notes');
    await runUntil(clock, () => heard.length === 2, 0);
    await catchUp.stop();
  });

  test('a store that is away stops the start: nothing is known then', async () => {
    const { start, on, watermarks } = await open();
    const away = before(watermarks, 'insert', () => {
      throw new Error('the store is away');
    });
    await expect(start([on('beginning')], { watermarks: away }).start()).rejects.toThrow('the store is away');
  });

  test('a stop does not wait for a producer that hangs', async () => {
    const { start, on, clock } = await open();
    const answer = Promise.withResolvers<never>();
    const catchUp = start([on('beginning')], { fetchChanges: () => answer.promise });
    await runUntilSettled(clock, catchUp.start());
    let isStopped = false;
    const stopping = catchUp.stop().then(() => (isStopped = true));
    await turn();
    const wasStopped = isStopped;
    answer.reject(new Error('at last'));
    await stopping;
    expect(wasStopped).toBe(true);
  });

  test('stopping gives up what waits and is over soon', async () => {
    const { write, start, on, clock, parking } = await open();
    await write('a');
    const failing = (): never => {
      throw new Error('not now');
    };
    const catchUp = start([on('beginning', failing)], { retries: growingDelays({ tries: 5, firstMs: 60_000, factor: 1, maxMs: 60_000 }) });
    void catchUp.start();
    for (let n = 0; n < 20; n += 1) await turn();
    await catchUp.stop();
    clock.advance(600_000);
    expect(parking.parked).toEqual([]);
  });
});

describe('a watermark', () => {
  test('is followed by a reading that begins a little before, but never before its origin', () => {
    const at = '2026-01-15T12:00:00.000Z';
    expect(nextReading({ at: null, origin: null, reading: null }, 1_000)).toEqual({ since: null, after: null, until: null });
    expect(nextReading({ at, origin: null, reading: null }, 1_000).since).toBe('2026-01-15T11:59:59.000Z');
    expect(nextReading({ at, origin: at, reading: null }, 1_000).since).toBe(at);
    const reading = { since: null, after: 'x', until: at };
    expect(nextReading({ at, origin: null, reading }, 1_000)).toBe(reading);
  });

  test('that another instance moves on spares a reading once its page was certainly asked for later', () => {
    const mark = (version: number, at: string | null, reading: Watermark['reading'] = null): Watermark => {
      return { _id: 'w', version, changedAt: '', at, origin: null, reading };
    };
    const begun = mark(4, '2026-01-15T12:00:00.000Z');
    const end = '2026-01-15T12:00:01.000Z';
    expect([5, 6, 7].map((version) => isReadSince(begun, mark(version, end)))).toEqual([false, false, true]);
    expect(isReadSince(begun, mark(7, begun.at))).toBe(false);
    expect(isReadSince(begun, mark(7, end, { since: null, after: 'x', until: end }))).toBe(false);
    expect(isReadSince(mark(4, null), mark(7, end))).toBe(true);
    expect(isReadSince(begun, mark(7, null))).toBe(false);
  });

  test('the later of two instants, where none is the earliest', () => {
    expect(later(null, null)).toBeNull();
    expect(later('b', null)).toBe('b');
    expect(later(null, 'a')).toBe('a');
    expect(later('a', 'b')).toBe('b');
    expect(later('b', 'a')).toBe('b');
  });
});
