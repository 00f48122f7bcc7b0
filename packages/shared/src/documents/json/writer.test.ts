import { expect, test } from '@jest/globals';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import type { Doc } from '../documents.ts';
import { openJsonStore } from './index.ts';

interface Note extends Doc {
  readonly text: string;
}

test('Many that are compare-and-set by one command are written with turns for others in between', async () => {
  const store = await openJsonStore({ directory: '/store', disk: memoryDisk(), clock: fakeClock() });
  const notes = await store.collection<Note>({ name: 'notes', indexes: [] });
  const noted = (version: number) => Array.from({ length: 50 }, (_, at) => ({ _id: `n${at}`, version, text: `version ${version}` }));
  await notes.insertMany(noted(1));
  const stringify = JSON.stringify;
  let [most, inThisTurn, over] = [0, 0, false];
  JSON.stringify = (value: Partial<Note>) => {
    if (value.text !== 'version 2') return stringify(value);
    most = Math.max(most, (inThisTurn += 1));
    // as long as this may take on a slow machine
    for (const end = performance.now() + 1; performance.now() < end;);
    return stringify(value);
  };
  const turn = (): void => {
    inThisTurn = 0;
    if (!over) setImmediate(turn);
  };
  turn();
  try {
    expect(await notes.replaceMany(noted(2).map((doc) => ({ doc, expectedVersion: 1 })))).toBe(true);
  } finally {
    JSON.stringify = stringify;
    over = true;
  }
  expect(await notes.count({ version: 2 })).toBe(50);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(20);
  await store.close();
});
