import { expect, test } from '@jest/globals';
import { openJsonStore } from '../documents/json/index.ts';
import { fakeClock } from './fake-clock.ts';
import { memoryDisk } from './memory-disk.ts';
import { watchStoreWork } from './store-work.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a store is at rest when a chain of work on it is through, and not between two of its steps', async () => {
  const work = watchStoreWork();
  const store = work.watch(await openJsonStore({ directory: '/store', disk: memoryDisk(), clock: fakeClock() }));
  const documents = await store.collection({ name: 'notes', indexes: [] });
  expect(documents.name).toBe('notes');
  let steps = 0;
  const chain = async (): Promise<void> => {
    for (; steps < 10; steps += 1) {
      await documents.insert({ _id: `${steps}`, version: 1 });
      for (let turns = 0; turns < 5; turns += 1) await turn();
    }
    await expect(documents.insert({ _id: '0', version: 1 })).rejects.toThrow();
  };
  const working = chain();
  await work.atRest();
  expect([steps, await documents.count({})]).toEqual([10, 10]);
  await working;
  await store.close();
});

test('a store on which nobody works is at rest', async () => {
  await watchStoreWork().atRest();
});
