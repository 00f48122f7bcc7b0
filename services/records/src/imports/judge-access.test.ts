import { expect, test } from '@jest/globals';
import type { Viewer } from '@commonpurse/shared/access';
import { StoreUnavailable } from '@commonpurse/shared/documents';
import { PeerUnavailable } from '@commonpurse/shared/service';
import { fakeClock, shareable, startTestService } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { RecordsConfig } from '../config.ts';
import { createRecordsService } from '../service.ts';
import { openRecordsStore } from '../store.ts';
import { openRig, type Rig } from '../testing/rig.ts';
import { createImportRunner } from './import-runner.ts';
import { queueImport, statementOf } from './testing/queue-import.ts';

const log = pino({ level: 'silent' });
const nothing: Viewer = { userId: 'bob', grants: [] };
const everything: Viewer = {
  userId: 'bob',
  grants: [{ shareId: 's', version: 1, ownerId: 'ada', access: 'edit', scope: { kind: 'records' }, expiresAt: null }],
};
const jobOf = async (rig: Rig) => (await rig.store.imports.get('import'))!;
async function run(rig: Rig, viewerNow: () => Promise<Viewer>, store = rig.store): Promise<void> {
  const runner = createImportRunner({ ...rig, store, viewerNow, log, holder: 'only', batchRows: 10 });
  await runner.start();
  for (let turns = 0; (await jobOf(rig)).openSince !== undefined && turns < 3_000; turns += 1) {
    rig.clock.advance(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await runner.stop();
}

test('Rows are judged by what may be changed when they land, not when the file was sent', async () => {
  const rig = await openRig();
  await queueImport(rig, 'import', statementOf(25), 'ada', {}, 'bob');
  let asked = 0;
  await run(rig, async () => ((asked += 1) === 1 ? everything : nothing));
  expect(await jobOf(rig)).toMatchObject({ status: 'done', rows: { total: 25, imported: 10, failed: 15 } });
  expect(await rig.store.records.count({ importId: 'import', ownerId: 'ada', createdBy: 'bob' })).toBe(10);
  const report = await rig.store.importReports.get('import');
  expect(report?.errors.map(({ row }) => row)).toEqual(Array.from({ length: 15 }, (_, at) => at + 12));
});

test('What was decided before a crash is done after it, whatever is shared by then', async () => {
  const rig = await openRig();
  await queueImport(rig, 'import', statementOf(10), 'ada', {}, 'bob');
  const { records } = rig.store;
  let fails = 1;
  const failing = new Proxy(records, {
    get: (target, name) => {
      if (name === 'insertMany' && fails-- > 0) return () => Promise.reject(new StoreUnavailable('dead'));
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function' ? (method as () => unknown).bind(target) : method;
    },
  });
  let asked = 0;
  await run(rig, async () => ((asked += 1) === 1 ? everything : nothing), { ...rig.store, records: failing });
  expect(await jobOf(rig)).toMatchObject({ status: 'done', rows: { total: 10, imported: 10, failed: 0 } });
  expect(await records.count({ importId: 'import' })).toBe(10);
});

test('While nobody can say what is shared, an import waits', async () => {
  const rig = await openRig();
  await queueImport(rig, 'import', statementOf(5), 'ada', { dryRun: true }, 'bob');
  let asked = 0;
  await run(rig, async () => {
    asked += 1;
    if (asked < 8) throw new PeerUnavailable('auth is away');
    return everything;
  });
  expect(await jobOf(rig)).toMatchObject({ status: 'done', rows: { total: 5, imported: 5 } });
});

test('Of somebody whose account was disabled meanwhile nothing lands', async () => {
  const clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));
  const system = await startTestService((deps) => createRecordsService({ ...deps, config: RecordsConfig.parse({}) }), {
    clock,
    deps: (deps) => ({ ...deps, documents: shareable(deps.documents) }),
  });
  const [ada, bob] = [await system.user(), await system.user()];
  await system.auth.grant(ada, bob, { access: 'edit' });
  await system.auth.change(bob.id, { status: 'disabled' });
  const store = await openRecordsStore(system.deps.documents);
  await queueImport({ store, clock }, 'import', statementOf(3), ada.id, {}, bob.id);
  const job = await system.until(async () => {
    clock.advance(100);
    const now = await store.imports.get('import');
    return now?.finishedAt === null ? undefined : now;
  });
  expect(job).toMatchObject({ status: 'done', rows: { total: 3, imported: 0, failed: 3 } });
  await system.stop();
});
