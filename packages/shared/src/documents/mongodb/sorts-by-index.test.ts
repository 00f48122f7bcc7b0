import { describe, expect, test } from '@jest/globals';
import type { Collection } from 'mongodb';
import { sortsByIndex } from './sorts-by-index.ts';

const asked: unknown[] = [];
/** A collection of which only the plans are known. */
const planning = (plan: () => object): Collection =>
  ({ find: (...query: unknown[]) => (asked.push(query), { explain: async () => plan() }) }) as unknown as Collection;
const index = { name: 'by-date', fields: ['owner', 'date', '_id'] };
const scan = { stage: 'FETCH', inputStage: { stage: 'IXSCAN' } };

describe('whether a server walks an index', () => {
  test('is asked about a list that the index is made for', async () => {
    await sortsByIndex(
      planning(() => ({})),
      index,
      'date',
    );
    expect(asked.at(-1)).toEqual([
      { owner: 'x', date: { $gte: '' } },
      { sort: { date: 1, _id: 1 }, limit: 1 },
    ]);
  });

  const plans: [string, object, boolean][] = [
    ['walks it', { queryPlanner: { winningPlan: scan, rejectedPlans: [{ stage: 'SORT', inputStage: scan }] } }, true],
    ['sorts', { queryPlanner: { winningPlan: { stage: 'SORT', inputStage: scan } } }, false],
    ['sorts, by the words of a newer engine', { queryPlanner: { winningPlan: { queryPlan: { stage: 'SORT', inputStage: scan } } } }, false],
    ['sorts, by the words of PostgreSQL', { queryPlanner: { Plan: { 'Node Type': 'Limit', Plans: [{ 'Node Type': 'Sort' }] } } }, false],
  ];
  test.each(plans)('is in its plan: it %s', async (_, plan, walks) => {
    expect(
      await sortsByIndex(
        planning(() => plan),
        index,
        'date',
      ),
    ).toBe(walks);
  });

  test('is believed where it can not be asked', async () => {
    const silent = planning(() => {
      throw new Error('no such command');
    });
    expect(await sortsByIndex(silent, index, 'date')).toBe(true);
  });
});
