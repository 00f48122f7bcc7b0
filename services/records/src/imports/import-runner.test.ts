import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StoreUnavailable } from '@commonpurse/shared/documents';
import type { Refusal } from '@commonpurse/shared/http';
import { PeerUnavailable } from '@commonpurse/shared/service';
import { type FakeClock, fakeClock, overriding } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { patchRecord } from '../entries/change-record.ts';
import { newRecord } from '../entries/record.ts';
import type { RecordsStore } from '../store.ts';
import { callerOf, openRig, type Rig } from '../testing/rig.ts';
import { claimed, type ImportDoc, type Lease, reverting } from './import-job.ts';
import { createImportRunner, type ImportRunner } from './import-runner.ts';
import { revertImport } from './revert-import.ts';
import { createUploadSweep, sweepUploads } from './sweep-uploads.ts';
import { queueImport, statementOf } from './testing/queue-import.ts';

const log = pino({ level: 'silent' });
let rig: Rig;
let runners: ImportRunner[] = [];
beforeEach(async () => {
  rig = await openRig();
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  runners = [];
});

interface Sizes {
  readonly lanes?: number;
  readonly batchRows?: number;
}
async function start(
  holder: string,
  store: Partial<RecordsStore> = {},
  { lanes = 2, clock = rig.clock, batchRows = 10, viewerNow = rig.viewerNow }: Partial<Pick<Rig, 'viewerNow' | 'clock'>> & Sizes = {},
): Promise<ImportRunner> {
  const { installationKey } = rig;
  const runner = createImportRunner({
    store: { ...rig.store, ...store },
    clock,
    installationKey,
    viewerNow,
    log,
    holder,
    lanes,
    batchRows,
  });
  runners.push(runner);
  await runner.start();
  return runner;
}
const jobOf = async (id: string): Promise<ImportDoc> => (await rig.store.imports.get(id))!;
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let turns = 0; !(await holds()); turns += 1) {
    if (turns > 5_000) throw new Error('it did not happen');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
/** Of a process that is held: no time passes for it, and it prolongs nothing. */
const stoppedClock = (): FakeClock => fakeClock(rig.clock.now());
/** Until something is so that others wait for by the clock. */
const inTime = (holds: () => Promise<boolean>): Promise<void> =>
  until(() => {
    rig.clock.advance(100);
    return holds();
  });
const isOver = async (id: string, status = 'done'): Promise<boolean> => (await jobOf(id)).status === status;
const leaseOf = (holder: string): Lease => ({ holder, untilMs: rig.clock.now() + 3_000 });
const livingRows = (id: string): Promise<number> => rig.store.records.count({ importId: id, deletedAt: null });

/** Records whose batches wait in front of the door, or behind it. */
function paused(where: 'before' | 'after'): { records: RecordsStore['records']; reached: () => boolean; goOn: () => void } {
  const gate = Promise.withResolvers<void>();
  let reached = false;
  const insertMany: RecordsStore['records']['insertMany'] = async (docs) => {
    const result = where === 'after' ? await rig.store.records.insertMany(docs) : null;
    reached = true;
    await gate.promise;
    return result ?? rig.store.records.insertMany(docs);
  };
  return { records: overriding(rig.store.records, { insertMany }), reached: () => reached, goOn: gate.resolve };
}
function unlucky(documents: RecordsStore['importChunks'], error: Error, times: number): RecordsStore['importChunks'] {
  let left = times;
  return overriding(documents, { get: (id) => (left-- > 0 ? Promise.reject(error) : documents.get(id)) });
}

describe('an import that has a holder', () => {
  test('is taken over when it has rested for as long as a lease lasts, not before', async () => {
    await queueImport(rig, 'one', statementOf(25));
    await rig.store.imports.replace(claimed(await jobOf('one'), leaseOf('dead')), 1);
    await start('living');
    rig.clock.advance(2_900);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await jobOf('one')).status).toBe('queued');
    await inTime(() => isOver('one'));
    expect(await livingRows('one')).toBe(25);
  });

  test('goes on at once where the holder comes back under its name', async () => {
    await queueImport(rig, 'one', statementOf(3));
    await rig.store.imports.replace(claimed(await jobOf('one'), leaseOf('same')), 1);
    await start('same');
    await until(() => isOver('one'));
  });

  test('is left to it as long as it lives, however long a step takes', async () => {
    await queueImport(rig, 'one', statementOf(3));
    const door = paused('before');
    await start('slow', { records: door.records });
    await until(door.reached);
    await start('other');
    for (let seconds = 0; seconds < 8; seconds += 1) {
      const { version } = await jobOf('one');
      rig.clock.advance(1_000);
      await until(async () => (await jobOf('one')).version > version);
      // whoever wrote that waits for the next second by now
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      expect((await jobOf('one')).lease).toMatchObject({ holder: 'slow' });
    }
    door.goOn();
    await until(() => isOver('one'));
    expect(await jobOf('one')).toMatchObject({ lease: null, rows: { total: 3, imported: 3, duplicate: 0 } });
  });

  test('was released where it stopped in order', async () => {
    await queueImport(rig, 'one', statementOf(50));
    const door = paused('before');
    const first = await start('first', { records: door.records });
    await until(door.reached);
    const stopped = first.stop();
    door.goOn();
    await stopped;
    expect(await jobOf('one')).toMatchObject({ status: 'running', lease: null });
    await start('second');
    await until(() => isOver('one'));
    expect(await jobOf('one')).toMatchObject({ rows: { total: 50, imported: 50, duplicate: 0 } });
  });
});

describe('an import whose file is still being read', () => {
  test.each([
    ['tried out', true],
    ['checked', false],
  ])('is left as it is where the service stops, and begun again by the next (%s)', async (_what, dryRun) => {
    await queueImport(rig, 'one', statementOf(25), 'ada', { dryRun });
    let stopped: Promise<void> | undefined;
    const get: RecordsStore['importChunks']['get'] = (id) => {
      stopped ??= first.stop();
      return rig.store.importChunks.get(id);
    };
    const first = await start('first', { importChunks: overriding(rig.store.importChunks, { get }) });
    await until(() => stopped !== undefined);
    await stopped;
    expect(await jobOf('one')).toMatchObject({ status: 'running', plan: null, lease: null });
    await start('second');
    await until(() => isOver('one'));
    expect(await jobOf('one')).toMatchObject({ rows: { total: 25, imported: 25 } });
    expect(await livingRows('one')).toBe(dryRun ? 0 : 25);
  });
});

describe('a holder that wakes up late', () => {
  test('can do nothing that was not done', async () => {
    await queueImport(rig, 'one', statementOf(35));
    const door = paused('before');
    const late = await start('late', { records: door.records }, { clock: stoppedClock() });
    await until(door.reached);
    await start('quick');
    await inTime(() => isOver('one'));
    const done = await jobOf('one');
    door.goOn();
    await late.stop();
    expect(await jobOf('one')).toEqual(done);
    expect(await livingRows('one')).toBe(35);
  });

  test('can not bring back what was taken back meanwhile', async () => {
    await queueImport(rig, 'one', statementOf(35));
    const door = paused('before');
    const late = await start('late', { records: door.records }, { clock: stoppedClock() });
    await until(door.reached);
    const quick = await start('quick');
    await inTime(() => isOver('one'));
    const job = await jobOf('one');
    await rig.store.imports.replace(reverting(job, { by: 'ada', requestId: 'undo', at: job.createdAt, cursor: 0 }), job.version);
    quick.wake();
    await until(() => isOver('one', 'reverted'));
    door.goOn();
    await late.stop();
    expect(await livingRows('one')).toBe(0);
  });

  test('has decided for whoever goes on: a row that has landed is no duplicate of what came after it', async () => {
    const enter = (id: string, description: string) => {
      const kind = { type: 'expense', category: 'Food', source: null, tags: [], customFields: {} } as const;
      const content = { ...kind, amountMinor: 150, currency: 'EUR', date: '2026-03-01', description };
      const origin = { id, ownerId: 'ada', createdBy: 'ada', at: '2026-03-14T12:00:01.000Z', base: null };
      return rig.store.records.insert(newRecord(content, origin));
    };
    // whose owner has nothing yet is not asked for duplicates at all
    await enter('before', 'Anything');
    await queueImport(rig, 'one', statementOf(15));
    const door = paused('after');
    await start('late', { records: door.records }, { clock: stoppedClock() });
    await until(door.reached);
    await enter('mine', 'Row 1');
    await start('quick');
    await inTime(() => isOver('one'));
    door.goOn();
    expect((await jobOf('one')).rows).toEqual({ total: 15, imported: 15, skipped: 0, duplicate: 0, failed: 0 });
  });

  test.each([7, 13])('has decided for whoever goes on in batches of another size: %i rows', async (batchRows) => {
    await queueImport(rig, 'one', statementOf(25));
    const door = paused('after');
    await start('earlier', { records: door.records }, { clock: stoppedClock() });
    await until(door.reached);
    await start('later', {}, { batchRows });
    await inTime(() => isOver('one'));
    door.goOn();
    expect((await jobOf('one')).rows).toEqual({ total: 25, imported: 25, skipped: 0, duplicate: 0, failed: 0 });
    expect(await livingRows('one')).toBe(25);
  });
});

describe('imports', () => {
  test('of one owner run one after the other, of others beside them', async () => {
    await queueImport(rig, 'first', statementOf(3));
    rig.clock.advance(1);
    await queueImport(rig, 'second', statementOf(3));
    await queueImport(rig, 'of-ben', statementOf(3), 'ben');
    const door = paused('before');
    let isFirst = true;
    const insertMany: RecordsStore['records']['insertMany'] = (docs) => {
      const through = isFirst ? door.records : rig.store.records;
      isFirst = false;
      return through.insertMany(docs);
    };
    await start('only', { records: overriding(rig.store.records, { insertMany }) });
    await until(() => isOver('of-ben'));
    expect([(await jobOf('first')).status, (await jobOf('second')).status]).toEqual(['running', 'queued']);
    door.goOn();
    await until(() => isOver('second'));
    expect((await jobOf('second')).rows).toMatchObject({ imported: 0, duplicate: 3 });
  });

  test('of one owner, however many there are, keep nobody else waiting', async () => {
    await queueImport(rig, 'first', statementOf(3));
    const first = await jobOf('first');
    await rig.store.imports.replace(claimed(first, { holder: 'another', untilMs: Infinity }), first.version);
    rig.clock.advance(1);
    const openSince = new Date(rig.clock.now()).toISOString();
    await rig.store.imports.insertMany(Array.from({ length: 2_000 }, (_, at) => ({ ...first, _id: `more-${at}`, openSince })));
    rig.clock.advance(1);
    await queueImport(rig, 'of-ben', statementOf(3), 'ben');
    await start('only');
    await until(() => isOver('of-ben'));
    expect((await jobOf('more-0')).status).toBe('queued');
  });

  test('of one owner, however many there are, keep nobody from taking over what another has left', async () => {
    await queueImport(rig, 'first', statementOf(3));
    rig.clock.advance(1);
    const openSince = new Date(rig.clock.now()).toISOString();
    const first = await jobOf('first');
    await rig.store.imports.insertMany(Array.from({ length: 1_500 }, (_, at) => ({ ...first, _id: `more-${at}`, openSince })));
    rig.clock.advance(1);
    await queueImport(rig, 'of-ben', statementOf(3), 'ben');
    await rig.store.imports.replace(claimed(await jobOf('of-ben'), leaseOf('dead')), 1);
    await start('living');
    await inTime(() => isOver('of-ben'));
    expect(await rig.store.imports.count({ ownerId: 'ada', status: 'queued' })).toBeGreaterThan(1_000);
  });

  test('of long rows go on in as small steps as those of short ones', async () => {
    const longRows = `Date,Amount,Text,Note\n${Array.from({ length: 26 }, (_, at) => `2026-03-01,-${at + 1}.50,Row,${'n'.repeat(40_000)}\n`).join('')}`;
    await queueImport(rig, 'one', longRows);
    const landed: number[] = [];
    const insertMany: RecordsStore['records']['insertMany'] = (docs) => {
      landed.push(docs.length);
      return rig.store.records.insertMany(docs);
    };
    const runner = await start('one', { records: overriding(rig.store.records, { insertMany }) });
    await until(() => isOver('one'));
    await runner.stop();
    expect(landed).toEqual([4, 4, 4, 4, 4, 4, 2]);
    expect(await jobOf('one')).toMatchObject({ rows: { total: 26, imported: 26, duplicate: 0 } });
  });

  test('are taken back once, however often that is asked for at the same time', async () => {
    await queueImport(rig, 'one', statementOf(3));
    const runner = await start('only');
    await until(() => isOver('one'));
    const asked = { caller: callerOf('ada'), id: 'one', requestId: 'undo' };
    const deps = { ...rig, wake: () => runner.wake() };
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => revertImport(deps, asked)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = tries.flatMap((each) => (each.status === 'rejected' ? [(each.reason as Refusal).code] : []));
    expect(new Set(refused)).toEqual(new Set(['import-not-revertible']));
    await until(() => isOver('one', 'reverted'));
    expect(await livingRows('one')).toBe(0);
  });

  test('that are taken back leave the row that its user changes at that very moment', async () => {
    await queueImport(rig, 'one', statementOf(3));
    let kept: string | null = null;
    const replace: RecordsStore['records']['replace'] = async (draft, version, entries) => {
      if (kept === null) {
        kept = draft._id;
        await patchRecord(rig, { caller: callerOf('ada'), id: kept, ifMatch: null, requestId: 'r' }, { description: 'Mine' });
      }
      return rig.store.records.replace(draft, version, entries);
    };
    const runner = await start('only', { records: overriding(rig.store.records, { replace }) });
    await until(() => isOver('one'));
    await revertImport({ ...rig, wake: () => runner.wake() }, { caller: callerOf('ada'), id: 'one', requestId: 'undo' });
    await until(() => isOver('one', 'reverted'));
    expect(await rig.store.records.find({ importId: 'one', deletedAt: null })).toMatchObject([
      { _id: kept, description: 'Mine', version: 2 },
    ]);
  });

  test('are left half taken back where the service stops, and the next one goes on', async () => {
    await queueImport(rig, 'one', statementOf(25));
    let stopped: Promise<void> | undefined;
    const replace: RecordsStore['records']['replace'] = (...given) => {
      stopped ??= first.stop();
      return rig.store.records.replace(...given);
    };
    const first = await start('first', { records: overriding(rig.store.records, { replace }) });
    await until(() => isOver('one'));
    await revertImport({ ...rig, wake: () => first.wake() }, { caller: callerOf('ada'), id: 'one', requestId: 'undo' });
    await until(() => stopped !== undefined);
    await stopped;
    expect(await jobOf('one')).toMatchObject({ status: 'reverting', lease: null });
    expect(await livingRows('one')).toBe(15);
    await start('second');
    await until(() => isOver('one', 'reverted'));
    expect(await livingRows('one')).toBe(0);
  });

  test('are taken back whole, also where the store is away for some of their rows', async () => {
    await queueImport(rig, 'one', statementOf(25));
    let calls = 0;
    const replace: RecordsStore['records']['replace'] = (...given) =>
      (calls += 1) % 5 === 0 && calls < 50 ? Promise.reject(new StoreUnavailable('away')) : rig.store.records.replace(...given);
    const runner = await start('only', { records: overriding(rig.store.records, { replace }) });
    await until(() => isOver('one'));
    await revertImport({ ...rig, wake: () => runner.wake() }, { caller: callerOf('ada'), id: 'one', requestId: 'undo' });
    await inTime(() => isOver('one', 'reverted'));
    expect(await livingRows('one')).toBe(0);
  });

  test('wait while the store is away, and go on when it is back', async () => {
    await queueImport(rig, 'one', statementOf(3));
    const importChunks = unlucky(rig.store.importChunks, new StoreUnavailable('away'), 5);
    await start('only', { importChunks });
    await until(async () => {
      rig.clock.advance(1_000);
      return isOver('one');
    });
    expect(await livingRows('one')).toBe(3);
  });

  test('are given up for a fault of ours while nothing has landed', async () => {
    await queueImport(rig, 'one', statementOf(3));
    let tries = 0;
    const get: RecordsStore['importChunks']['get'] = () => {
      tries += 1;
      return Promise.reject(new TypeError('a bug'));
    };
    await start('only', { importChunks: overriding(rig.store.importChunks, { get }) });
    await inTime(() => isOver('one', 'failed'));
    expect(tries).toBe(3);
    expect((await jobOf('one')).failure).toEqual({ code: 'internal-error', message: 'Something went wrong on our side.' });
  });

  test('are not given up for a fault of ours that goes away before the third try', async () => {
    await queueImport(rig, 'one', statementOf(3));
    await start('only', { importChunks: unlucky(rig.store.importChunks, new TypeError('a bug'), 2) });
    await inTime(() => isOver('one'));
    expect(await livingRows('one')).toBe(3);
  });

  test('wait while who may import for somebody else can not be asked', async () => {
    await queueImport(rig, 'one', statementOf(3), 'ada', { dryRun: true }, 'ben');
    let left = 5;
    const viewerNow: Rig['viewerNow'] = (userId) => (left-- > 0 ? Promise.reject(new PeerUnavailable('auth')) : rig.viewerNow(userId));
    await start('only', {}, { viewerNow });
    await inTime(() => isOver('one'));
    expect((await jobOf('one')).rows).toMatchObject({ total: 3, failed: 3 });
  });

  test('go on after a fault of ours while their rows land', async () => {
    await queueImport(rig, 'one', statementOf(35));
    let left = 4;
    const insertMany: RecordsStore['records']['insertMany'] = (docs) =>
      left-- > 0 ? Promise.reject(new TypeError('a bug')) : rig.store.records.insertMany(docs);
    await start('only', { records: overriding(rig.store.records, { insertMany }) });
    await until(async () => {
      rig.clock.advance(1_000);
      return isOver('one');
    });
    expect((await jobOf('one')).rows).toMatchObject({ imported: 35 });
  });

  test('whose file was lost have failed', async () => {
    await queueImport(rig, 'one', statementOf(3));
    await rig.store.importChunks.remove(['upload-of-one:000000']);
    await start('only');
    await until(() => isOver('one', 'failed'));
    expect((await jobOf('one')).failure).toMatchObject({ code: 'file-lost' });
  });

  test('are found when they can not be looked for at first', async () => {
    await queueImport(rig, 'one', statementOf(3));
    let left = 3;
    const find: RecordsStore['imports']['find'] = (...given) =>
      left-- > 0 ? Promise.reject(new StoreUnavailable('away')) : rig.store.imports.find(...given);
    await start('only', { imports: overriding(rig.store.imports, { find }) });
    await until(async () => {
      rig.clock.advance(2_000);
      return isOver('one');
    });
  });

  test('tell their progress at most once a second', async () => {
    await queueImport(rig, 'one', statementOf(100));
    await start('only');
    await until(() => isOver('one'));
    const told = (await jobOf('one')).outbox?.filter(({ type }) => type === 'import.progressed') ?? [];
    expect(told.map(({ action }) => action)).toEqual(['progressed', 'finished']);
  });

  test('tell it about every second of a longer run', async () => {
    await queueImport(rig, 'one', statementOf(100));
    const insertMany: RecordsStore['records']['insertMany'] = (docs) => {
      rig.clock.advance(400);
      return rig.store.records.insertMany(docs);
    };
    await start('only', { records: overriding(rig.store.records, { insertMany }) });
    await until(() => isOver('one'));
    const told = (await jobOf('one')).outbox?.filter(({ action }) => action === 'progressed') ?? [];
    expect(told.length).toBeGreaterThan(2);
    expect(told.length).toBeLessThan(6);
    expect(told.at(-1)?.facts).toMatchObject({ finished: false, import: { status: 'running', rows: { failed: 0 } } });
  });
});

describe('of an owner who is erased while their import', () => {
  const erase = async (): Promise<void> => {
    await rig.store.importReports.remove(['one']);
    await rig.store.imports.remove(['one']);
    for (const { _id } of await rig.store.records.find({ ownerId: 'ada' })) await rig.store.records.remove([_id]);
  };
  const left = async (): Promise<unknown[]> => [
    ...(await rig.store.records.find({ ownerId: 'ada' })),
    ...(await rig.store.importReports.find({ _id: 'one' })),
  ];

  test.each([
    ['goes on', false],
    ['stops with its service', true],
  ])('writes its rows nothing comes back, whether it %s', async (_how, stops) => {
    await queueImport(rig, 'one', statementOf(25));
    const door = paused('before');
    const runner = await start('only', { records: door.records }, { lanes: 1 });
    await until(door.reached);
    await erase();
    await queueImport(rig, 'next', statementOf(3), 'ben');
    const stopped = stops ? runner.stop() : until(() => isOver('next'));
    door.goOn();
    await stopped;
    expect(await left()).toEqual([]);
  });

  test('is read nothing comes back', async () => {
    await queueImport(rig, 'one', statementOf(25));
    const gate = Promise.withResolvers<void>();
    let reached = false;
    const insert: RecordsStore['importReports']['insert'] = async (report) => {
      reached = true;
      await gate.promise;
      return rig.store.importReports.insert(report);
    };
    const runner = await start('only', { importReports: overriding(rig.store.importReports, { insert }) });
    await until(() => reached);
    await erase();
    gate.resolve();
    await runner.stop();
    expect(await left()).toEqual([]);
  });
});

describe('pieces of uploads', () => {
  const pieces = (): Promise<number> => rig.store.importChunks.count({});
  test('that nobody needs are removed when they are old enough', async () => {
    for (let at = 0; at < 40; at += 1) await queueImport(rig, `gone-${at}`, 'x');
    for (const job of await rig.store.imports.find({})) await rig.store.imports.remove([job._id]);
    await queueImport(rig, 'needed', statementOf(3));
    await sweepUploads(rig.store, '2026-03-14T12:00:00.000Z');
    expect(await pieces()).toBe(41);
    rig.clock.advance(1);
    await queueImport(rig, 'fresh', 'x');
    await rig.store.imports.remove(['fresh']);
    await sweepUploads(rig.store, '2026-03-14T12:00:00.001Z');
    expect(await pieces()).toBe(2);
  });
  test('stay for the hour that an upload may take', async () => {
    const broken = async (id: string): Promise<void> => {
      await queueImport(rig, id, 'x');
      await rig.store.imports.remove([id]);
    };
    await broken('before');
    rig.clock.advance(3_300_000);
    await broken('under-way');
    rig.clock.advance(1_000);
    const sweep = createUploadSweep({ store: rig.store, clock: rig.clock, log });
    await sweep.start();
    await until(async () => {
      rig.clock.advance(10_000);
      return (await rig.store.importChunks.get('upload-of-before:000000')) === null;
    });
    await sweep.stop();
    expect(await pieces()).toBe(1);
  });
});
