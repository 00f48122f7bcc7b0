import { expect, test } from '@jest/globals';
import { openJsonStore } from '../documents/json/index.ts';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import { createParking, type ParkedDoc, parkedCollection } from './parking.ts';
import { before } from './testing/before.ts';

async function open() {
  const clock = fakeClock();
  const store = await openJsonStore({ directory: 'parked', disk: memoryDisk(), clock });
  const documents = await store.collection<ParkedDoc>(parkedCollection);
  return { clock, documents, parking: createParking(documents, 'budgets', clock) };
}

test('what is parked is listed, oldest first, until it is dropped', async () => {
  const { clock, parking } = await open();
  await parking.park({ id: 'b', n: 1 }, 'broken');
  clock.advance(1);
  await parking.park({ id: 'a', n: 2 }, 'x'.repeat(5_000));
  const [first, second] = await parking.list();
  expect(first).toEqual({
    id: 'budgets:b',
    consumer: 'budgets',
    event: { id: 'b', n: 1 },
    reason: 'broken',
    parkedAt: '2026-01-15T12:00:00.000Z',
  });
  expect(second?.reason).toHaveLength(2_000);
  await parking.drop('budgets:b');
  expect(await parking.list()).toHaveLength(1);
});

test('one event is parked once, however often it comes back', async () => {
  const { parking } = await open();
  await Promise.all([1, 2, 3].map((n) => parking.park({ id: 'a', n }, 'broken')));
  expect(await parking.list()).toHaveLength(1);
});

test('poison without a proper id is told apart by what it is', async () => {
  const { parking } = await open();
  for (const poison of [null, 'text', { id: 5 }, { id: '' }, 'text']) await parking.park(poison, 'no event');
  expect((await parking.list()).map((parked) => parked.event)).toHaveLength(4);
});

test('a consumer sees its own only', async () => {
  const { clock, documents, parking } = await open();
  await createParking(documents, 'records', clock).park({ id: 'a' }, 'broken');
  await parking.park({ id: 'a' }, 'broken');
  expect((await parking.list()).map((parked) => parked.id)).toEqual(['budgets:a']);
});

test('a store that is away is told', async () => {
  const { documents, clock } = await open();
  const away = before(documents, 'insert', () => {
    throw new Error('the store is away');
  });
  await expect(createParking(away, 'budgets', clock).park({ id: 'a' }, 'broken')).rejects.toThrow('the store is away');
});
