import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type DocumentStore, StoreUnavailable } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import { type DailyCounts, openDailyCounts } from './daily-counts.ts';

const start = Date.parse('2026-01-15T23:59:58.000Z');
const clock = fakeClock(start);
const logged: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
let documents: DocumentStore;
let counts: DailyCounts;
beforeEach(async () => {
  clock.set(start);
  documents = await openJsonStore({ directory: '/s', disk: memoryDisk(), clock });
  counts = await openDailyCounts({ documents, clock, log });
});
afterEach(() => documents.close());

const read = async (from = '2026-01-01', to = '2026-12-31') =>
  (await counts.read(from, to)).map(({ _id, counts: counted }) => [_id, counted]);

describe('daily counts', () => {
  test('tell how much of what happened on which day', async () => {
    counts.count('logins');
    counts.count('logins', 3);
    clock.advance(2_000);
    counts.count('logins');
    counts.count('errors');
    expect(await read()).toEqual([
      ['2026-01-15', { logins: 4 }],
      ['2026-01-16', { logins: 1, errors: 1 }],
    ]);
    expect(await read('2026-01-16', '2026-01-16')).toHaveLength(1);
    expect(await read('2026-01-17', '2026-01-31')).toEqual([]);
  });

  test('add to what was counted before, also by other instances at the same time', async () => {
    const opened = await documents.collection<never>({ name: 'shared', indexes: [] });
    const shared: DocumentStore = { ...documents, collection: async () => opened };
    const all = await Promise.all([1, 2].map(() => openDailyCounts({ documents: shared, clock, log })));
    for (let n = 0; n < 20; n++) {
      for (const each of all) each.count('logins');
      await Promise.all(all.map((each) => each.read('2026-01-01', '2026-12-31')));
    }
    expect((await all[0]!.read('2026-01-01', '2026-12-31')).map(({ counts: counted }) => counted)).toEqual([{ logins: 40 }]);
  });

  test('are written every few seconds, and at the end', async () => {
    await counts.job.start();
    counts.count('logins');
    clock.advance(5_000);
    counts.count('errors');
    await counts.job.stop();
    expect(await read()).toEqual([
      ['2026-01-15', { logins: 1 }],
      ['2026-01-16', { errors: 1 }],
    ]);
  });

  test('that come while others are written wait for the next time', async () => {
    const opened = await documents.collection<never>({ name: 'busy', indexes: [] });
    let writes = 0;
    const counting =
      <G extends unknown[], R>(write: (...given: G) => R) =>
      (...given: G): R => {
        writes += 1;
        if (writes < 5) counts.count('logins');
        return write(...given);
      };
    const busy = {
      get: (id: string) => opened.get(id),
      insert: counting((...given: Parameters<typeof opened.insert>) => opened.insert(...given)),
      replace: counting((...given: Parameters<typeof opened.replace>) => opened.replace(...given)),
      find: (...given: Parameters<typeof opened.find>) => opened.find(...given),
    };
    counts = await openDailyCounts({ documents: { ...documents, collection: async () => busy as never }, clock, log });
    counts.count('logins');
    expect([await read(), writes]).toEqual([[['2026-01-15', { logins: 1 }]], 1]);
    expect([await read(), writes]).toEqual([[['2026-01-15', { logins: 2 }]], 2]);
  });

  test('are kept while the store is away, and written when it is back', async () => {
    let away = true;
    const opened = await documents.collection<never>({ name: 'unsteady', indexes: [] });
    const insert: typeof opened.insert = (...given) => (away ? Promise.reject(new StoreUnavailable('away')) : opened.insert(...given));
    const unsteady = {
      get: (id: string) => opened.get(id),
      insert,
      find: (...given: Parameters<typeof opened.find>) => opened.find(...given),
    };
    counts = await openDailyCounts({ documents: { ...documents, collection: async () => unsteady as never }, clock, log });
    counts.count('logins');
    await expect(read()).rejects.toBeInstanceOf(StoreUnavailable);
    counts.count('logins');
    away = false;
    expect(await read()).toEqual([['2026-01-15', { logins: 2 }]]);
  });

  test('that can not be written are told to the log, and do not stop the rest', async () => {
    const broken = { get: () => Promise.reject(new StoreUnavailable('away')) };
    counts = await openDailyCounts({ documents: { ...documents, collection: async () => broken as never }, clock, log });
    await counts.job.start();
    counts.count('logins');
    clock.advance(5_000);
    await counts.job.stop();
    expect(logged.join('')).toContain('daily counts could not be written');
  });
});
