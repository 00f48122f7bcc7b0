import { describe, expect, test } from '@jest/globals';
import { RecordsImported } from '@commonpurse/shared/contracts';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { type Disk, openJsonStore } from '@commonpurse/shared/documents/json';
import { fakeClock, memoryDisk, simulatedDisk } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { newRecord, type RecordDoc } from '../entries/record.ts';
import { openRecordsStore, type RecordsStore } from '../store.ts';
import { importOutbox } from './import-entries.ts';
import { type ImportDoc, newImport, reverting } from './import-job.ts';
import { createImportRunner } from './import-runner.ts';
import { UploadKeeper } from './keep-upload.ts';
import { sweepUploads } from './sweep-uploads.ts';

const installationKey = Buffer.alloc(32, 3);
const log = pino({ level: 'silent' });
const clock = fakeClock(Date.parse('2026-05-14T12:00:00.000Z'));
const at = '2026-05-14T12:00:00.000Z';

const rows = Array.from({ length: 60 }, (_, n) => {
  if (n % 17 === 5) return ' ';
  if (n % 13 === 7) return `2026-05-01,what,Row ${n}`;
  return n % 3 === 0 ? `2026-05-0${1 + (n % 9)},-${1 + (n % 4)}.50,Same` : `2026-05-0${1 + (n % 9)},${n}.25,Row ${n}`;
});
const file = Buffer.from(`Statement of May\n\nDate,Amount,Text\n${rows.join('\n')}\n`);
const known = newRecord(
  {
    type: 'expense',
    amountMinor: 150,
    currency: 'EUR',
    date: '2026-05-01',
    description: 'Same',
    category: 'Food',
    source: null,
    tags: [],
    customFields: {},
  },
  { id: 'known', ownerId: 'ada', createdBy: 'ada', at, base: null },
);

interface World {
  readonly documents: DocumentStore;
  readonly store: RecordsStore;
}
async function openWorld(disk: Disk): Promise<World> {
  const documents = await openJsonStore({ directory: '/records', disk, clock, log });
  return { documents, store: await openRecordsStore(documents) };
}

async function begin({ store }: World): Promise<void> {
  await store.records.insert(known);
  const keeper = new UploadKeeper(store.importChunks, 'upload', at);
  await keeper.take(file);
  const options = { mapping: {}, defaults: {}, invertSign: false, dryRun: false, onDuplicate: 'skip' } as const;
  const stored = { uploadId: 'upload', chunks: await keeper.end(), bytes: file.length, name: null, encoding: 'utf-8' };
  const job = { id: 'import', ownerId: 'ada', createdBy: 'ada', requestId: 'r', createdAt: at, options, file: stored };
  await store.imports.insert(newImport({ ...job, baseCurrency: 'EUR', today: '2026-05-14' }));
}

/** Lets others run, and time pass: what waits before it tries again gets there. */
function turn(): Promise<void> {
  clock.advance(50);
  return new Promise((resolve) => setImmediate(resolve));
}

/** Runs imports until there is none left to run, or until the machine dies or its store gives up: then false. */
async function runToEnd({ documents, store }: World, died: Promise<unknown>): Promise<boolean> {
  const viewerNow = async (userId: string) => ({ userId, grants: [] });
  const runner = createImportRunner({ store, clock, log, viewerNow, installationKey, holder: 'the only one', batchRows: 7 });
  await runner.start();
  const over = new AbortController();
  const isWaiting = async (): Promise<boolean> => (await store.imports.count({ openSince: { $gt: '' } })) > 0;
  const finished = async (): Promise<true> => {
    while (!over.signal.aborted && (await isWaiting())) await turn();
    await runner.stop();
    return true;
  };
  const ended = await Promise.race([finished().catch(() => false), died.then(() => false), documents.failed.then(() => false)]);
  over.abort();
  return ended;
}

/** What the world looks like, without what differs from one run to the next. */
async function outcome({ store }: World) {
  await sweepUploads(store, '9999');
  const job = (await store.imports.get('import'))!;
  const records = await store.records.find({});
  const chunks = (job.outbox ?? []).filter(({ type }) => type === RecordsImported.type);
  const { render } = importOutbox(store, installationKey);
  const rendered = await Promise.all(chunks.map(async (entry) => render(entry, job)));
  const told = rendered.flat().flatMap(({ data }) => (data as RecordsImported).records.map(({ id, version }) => `${id} ${version}`));
  const ends = (job.outbox ?? []).filter(({ facts }) => facts?.['finished'] === true).length;
  return {
    job: { status: job.status, rows: job.rows, cursor: job.cursor, intent: job.intent, failure: job.failure },
    pieces: await store.importChunks.count({}),
    report: await store.importReports.get('import').then((report) => ({ errors: report?.errors, preview: report?.preview })),
    records: records.map(({ changedAt: _changedAt, ...record }: RecordDoc) => record),
    chunks: chunks.map(({ action, facts }) => ({ action, ...facts })),
    told,
    ends,
  };
}

async function clean(prepare?: (world: World) => Promise<void>) {
  const world = await openWorld(memoryDisk());
  await begin(world);
  await runToEnd(world, new Promise(() => {}));
  if (prepare) await prepare(world);
  if (prepare) await runToEnd(world, new Promise(() => {}));
  return outcome(world);
}

/** Changes two rows and begins to take the import back; as often as it is called, it happens once. */
async function beginRevert({ store }: World): Promise<void> {
  const changed = (await store.records.find({ importId: 'import' })).slice(4, 6);
  for (const row of changed) {
    const { changedAt: _changedAt, outbox: _outbox, historyHash: _hash, untold: _untold, ...draft } = row;
    if (row.version === 1) await store.records.replace({ ...draft, version: 2, category: 'Changed' }, 1);
  }
  const job = (await store.imports.get('import')) as ImportDoc;
  if (job.status === 'done') await store.imports.replace(reverting(job, { by: 'ada', requestId: 'undo', at, cursor: 0 }), job.version);
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same story on a machine that dies again and again, at moments that the seed decides. */
async function crashing(seed: number, prepare?: (world: World) => Promise<void>) {
  const random = randomFrom(seed);
  let disk = simulatedDisk(random);
  const first = await openWorld(disk);
  await begin(first);
  let isPrepared = false;
  for (let crashes = 0; ; crashes += 1) {
    const dieAt = crashes < 6 ? { dieAt: 1 + Math.floor(random() * 160), ...(random() < 0.3 ? { errorRate: 0.01 } : {}) } : {};
    disk = random() < 0.5 ? disk.powerCut(dieAt) : disk.kill(dieAt);
    const story = async () => {
      const world = await openWorld(disk);
      if (isPrepared && prepare) await prepare(world);
      return (await runToEnd(world, disk.died)) ? await outcome(world) : null;
    };
    const died = disk.died.then(turn).then(() => null);
    const result = await Promise.race([story().catch(() => null), died]);
    if (result === null) continue;
    if (!prepare || isPrepared) return { crashes, result };
    isPrepared = true;
  }
}

describe('an import that is interrupted', () => {
  test('at any moment, again and again, comes to exactly what an undisturbed one comes to', async () => {
    const expected = await clean();
    expect(expected.job).toMatchObject({ status: 'done', rows: { total: 60, imported: 49, skipped: 4, duplicate: 2, failed: 5 } });
    expect(expected).toMatchObject({ pieces: 0, ends: 1 });
    expect(expected.told).toHaveLength(49);
    let crashes = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const { result, crashes: died } = await crashing(seed);
      crashes += died;
      expect({ seed, ...result }).toEqual({ seed, ...expected });
    }
    expect(crashes).toBeGreaterThan(60);
  });

  test('while it is taken back too', async () => {
    const expected = await clean(beginRevert);
    expect(expected.job.status).toBe('reverted');
    const left = expected.records.filter(({ deletedAt }) => deletedAt === undefined);
    expect(left.map(({ category, _id }) => category ?? _id)).toEqual(expect.arrayContaining(['Changed', 'Changed']));
    expect(left).toHaveLength(3);
    for (let seed = 1_001; seed <= 1_015; seed += 1) {
      expect({ seed, ...(await crashing(seed, beginRevert)).result }).toEqual({ seed, ...expected });
    }
  });
});
