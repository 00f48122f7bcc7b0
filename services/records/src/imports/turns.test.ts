import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { overriding } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import type { RecordsStore } from '../store.ts';
import { callerOf, openRig, type Rig } from '../testing/rig.ts';
import { importOutbox } from './import-entries.ts';
import type { ImportDoc } from './import-job.ts';
import { createImportRunner, type ImportRunner } from './import-runner.ts';
import { judgeRows } from './judge-rows.ts';
import { revertImport } from './revert-import.ts';
import { queueImport } from './testing/queue-import.ts';

let rig: Rig;
let runner: ImportRunner | undefined;
/** Turns that others have had. */
let turns: number;
let isOver: boolean;
beforeEach(async () => {
  rig = await openRig();
  [turns, isOver] = [0, false];
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  turn();
});
afterEach(async () => {
  isOver = true;
  await runner?.stop();
  runner = undefined;
});

const jobOf = async (id: string): Promise<ImportDoc> => (await rig.store.imports.get(id))!;
async function run(store: Partial<RecordsStore>, batchRows: number): Promise<void> {
  const { clock, installationKey, viewerNow } = rig;
  const log = pino({ level: 'silent' });
  runner = createImportRunner({ store: { ...rig.store, ...store }, clock, installationKey, viewerNow, log, batchRows });
  await runner.start();
}
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
const hasStatus = async (id: string, status: ImportDoc['status']): Promise<boolean> => (await jobOf(id)).status === status;
/** So short that thousands of rows are read in one go. */
const shortRows = (rows: number): string => `Date,Amount\n${'2026-03-01,1\n'.repeat(rows)}`;
const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

describe('Others have their turn', () => {
  test('while a batch is judged', async () => {
    await queueImport(rig, 'one', shortRows(3));
    await run({}, 10);
    await until(() => hasStatus('one', 'done'));
    const { plan } = await jobOf('one');
    await queueImport(rig, 'two', shortRows(5_000));
    const rows = judgeRows(rig.store.importChunks, await jobOf('two'), plan!, { behind: 1, firstTo: null, batchRows: 5_000 });
    const startedMs = threadMs();
    let [longestMs, sinceMs, over] = [0, startedMs, false];
    const look = (): void => {
      const nowMs = threadMs();
      longestMs = Math.max(longestMs, nowMs - sinceMs);
      sinceMs = nowMs;
      if (!over) setImmediate(look);
    };
    look();
    expect((await rows.next()).value).toHaveLength(5_000);
    over = true;
    look();
    expect(longestMs).toBeLessThan((threadMs() - startedMs) / 2);
  });

  test('while the records of a batch are made', async () => {
    await queueImport(rig, 'one', shortRows(5_000));
    let [decided, made] = [0, 0];
    const replace: RecordsStore['imports']['replace'] = async (job, version, entries) => {
      const replaced = await rig.store.imports.replace(job, version, entries);
      if (replaced.intent !== null && made === 0) decided = turns;
      return replaced;
    };
    const insertMany: RecordsStore['records']['insertMany'] = (docs) => {
      made = turns;
      return rig.store.records.insertMany(docs);
    };
    const [imports, records] = [overriding(rig.store.imports, { replace }), overriding(rig.store.records, { insertMany })];
    await run({ imports, records }, 5_000);
    await until(() => hasStatus('one', 'done'));
    expect(made).toBeGreaterThan(decided);
  });

  test('before what has landed is told', async () => {
    await queueImport(rig, 'one', shortRows(3));
    const chunks: { entry: Parameters<typeof render>[0]; job: ImportDoc }[] = [];
    const replace: RecordsStore['imports']['replace'] = async (job, version, entries = []) => {
      const replaced = await rig.store.imports.replace(job, version, entries);
      for (const entry of entries) if (entry.type === 'records.imported') chunks.push({ entry, job: replaced });
      return replaced;
    };
    await run({ imports: overriding(rig.store.imports, { replace }) }, 10);
    await until(() => hasStatus('one', 'done'));
    const before = turns;
    let read = 0;
    const getMany: RecordsStore['records']['getMany'] = (ids) => {
      read = turns;
      return rig.store.records.getMany(ids);
    };
    const { render } = importOutbox({ ...rig.store, records: overriding(rig.store.records, { getMany }) }, rig.installationKey);
    const [event] = await render(chunks[0]!.entry, chunks[0]!.job);
    expect(event?.data).toMatchObject({ records: [{}, {}, {}] });
    expect(read).toBeGreaterThan(before);
  });

  test('while the rows of a batch are taken back', async () => {
    await queueImport(rig, 'one', shortRows(50));
    let [most, inThisTurn, turnOfLast] = [0, 0, 0];
    const replace: RecordsStore['records']['replace'] = (doc, version) => {
      // as long as this may take on a slow machine
      for (const end = performance.now() + 1; performance.now() < end;);
      inThisTurn = turns === turnOfLast ? inThisTurn + 1 : 1;
      turnOfLast = turns;
      most = Math.max(most, inThisTurn);
      return rig.store.records.replace(doc, version);
    };
    await run({ records: overriding(rig.store.records, { replace }) }, 50);
    await until(() => hasStatus('one', 'done'));
    const asked = { caller: callerOf('ada'), id: 'one', requestId: 'request' };
    await revertImport({ ...rig, wake: () => runner!.wake() }, asked);
    await until(() => hasStatus('one', 'reverted'));
    expect(await rig.store.records.count({ importId: 'one', deletedAt: null })).toBe(0);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(20);
  });
});
