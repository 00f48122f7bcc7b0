import { expect, test } from '@jest/globals';
import { fakeClock, memoryDisk, uncontestedLock } from '../../testing/index.ts';
import type { Doc } from '../documents.ts';
import type { Disk } from './disk.ts';
import { openJsonStore } from './index.ts';

const note = { _id: 'a', version: 1, changedAt: '2026-01-01T00:00:00.000Z', outbox: [] };

test('a store whose folder somebody else has by now acknowledges nothing, writes nothing and ends', async () => {
  const memory = memoryDisk();
  const lost = Promise.withResolvers<Error>();
  let mine = true;
  const lock: Disk['lock'] = async () => ({
    ...uncontestedLock(),
    lost: lost.promise,
    check: () => {
      if (!mine) throw new Error('/store was taken over');
    },
  });
  const open = (disk: Disk) => openJsonStore({ directory: '/store', disk, clock: fakeClock() });
  const store = await open({ ...memory, lock });
  const notes = await store.collection<Doc>({ name: 'notes', indexes: [] });
  await notes.insert(note);
  mine = false;
  lost.resolve(new Error('/store was taken over'));
  await expect(notes.insert({ ...note, _id: 'b' })).rejects.toThrow('/store was taken over');
  expect((await store.failed).message).toContain('/store was taken over');
  await store.close();
  const other = await (await open(memory)).collection<Doc>({ name: 'notes', indexes: [] });
  expect((await other.find({})).map(({ _id }) => _id)).toEqual(['a']);
});
