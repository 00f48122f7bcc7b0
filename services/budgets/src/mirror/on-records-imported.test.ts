import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock, type FakeClock } from '@commonpurse/shared/testing';
import { openEmptyStore } from '../testing/open-store.ts';
import { expense, recordsImported } from '../testing/told-records.ts';
import { createArrivals } from './arrivals.ts';
import type { DayKey } from './day-key.ts';
import type { MirroredRecord } from './mirrored-record.ts';
import { type FollowImport, onRecordsImported } from './on-records-imported.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The chunks of an import', () => {
  let clock: FakeClock;
  let documents: DocumentStore;
  let mirrored: () => Promise<MirroredRecord[]>;
  let rounds: (readonly DayKey[])[];
  let importChunk: (chunk: number) => Promise<void>;
  /** What one round takes. */
  let round: FollowImport;
  beforeEach(async () => {
    clock = fakeClock();
    rounds = [];
    const { documents: opened, store } = await openEmptyStore(clock);
    documents = opened;
    mirrored = () => store.mirror.find({});
    round = () => clock.delay(100);
    const followImport: FollowImport = (keys, cause) => (rounds.push(keys), round(keys, cause));
    const { handle } = onRecordsImported({ mirror: store.mirror, arrivals: createArrivals(), followImport, clock });
    importChunk = async (chunk) => {
      const rows = ['Food', 'Rent'].map((category) => expense({ ownerId: 'ada', date: `2026-01-${10 + (chunk % 10)}`, category }));
      await handle(recordsImported(rows, chunk));
    };
  });
  afterEach(() => documents.close());
  /** Until so many rows are in the mirror and nothing more happens without time. */
  const kept = async (rows: number): Promise<void> => {
    while ((await mirrored()).length < rows) await turn();
    await turn();
  };

  test('are followed in rounds that take half of the time at most, however many come and whatever a round costs', async () => {
    const chunks: Promise<void>[] = [];
    for (let chunk = 1; chunk <= 60; chunk += 1) {
      chunks.push(importChunk(chunk));
      await kept(chunk * 2);
      clock.advance(20);
      await turn();
    }
    let done = false;
    const all = Promise.all(chunks).then(() => (done = true));
    while (!done) {
      clock.advance(20);
      await turn();
    }
    await all;
    // 1,200 ms of chunks: a round and its rest are 200
    expect(rounds.length).toBeLessThanOrEqual(1_200 / 200 + 2);
    expect(new Set(rounds.flat().map(({ day }) => day)).size).toBe(10);
    for (const keys of rounds) expect(new Set(keys.map(({ day, category }) => day + category)).size).toBe(keys.length);
  });

  test('wait for no rest where one comes alone', async () => {
    const alone = importChunk(1);
    await kept(2);
    expect(rounds).toHaveLength(1);
    clock.advance(100);
    await alone;
  });

  test('are not acknowledged before a round that began behind them is over', async () => {
    const over: number[] = [];
    void importChunk(1).then(() => over.push(1));
    await kept(2);
    const second = importChunk(2).then(() => over.push(2));
    await kept(4);
    clock.advance(100);
    await turn();
    expect([over, rounds.length]).toEqual([[1], 1]);
    clock.advance(100);
    await turn();
    expect([over, rounds.length]).toEqual([[1], 2]);
    clock.advance(100);
    await second;
    expect(over).toEqual([1, 2]);
  });

  test('are given back where what follows fails', async () => {
    round = () => Promise.reject(new Error('away'));
    await expect(importChunk(1)).rejects.toThrow('away');
  });
});
