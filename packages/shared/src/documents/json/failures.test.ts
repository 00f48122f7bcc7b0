import { expect, test } from '@jest/globals';
import { fakeClock, memoryDisk, overriding } from '../../testing/index.ts';
import type { Doc } from '../documents.ts';
import type { Disk } from './disk.ts';
import { openJsonStore } from './index.ts';

const openOn = (disk: Disk) => openJsonStore({ directory: '/store', disk, clock: fakeClock(), compactAboveBytes: 1_000 });
const declaration = { name: 'notes', indexes: [] };
/** As the kernel has it that was given a descriptor: not where. */
const failing = (what: string) => async (): Promise<never> => {
  throw Object.assign(new Error(`EIO: i/o error, ${what}`), { code: 'EIO' });
};
async function written(): Promise<Disk> {
  const disk = memoryDisk();
  const store = await openOn(disk);
  await store.collection(declaration);
  await store.close();
  return disk;
}

test('a folder that can not be opened is named', async () => {
  const disk = overriding(await written(), { syncFolder: failing('fsync') });
  await expect(openOn(disk)).rejects.toMatchObject({ code: 'EIO', path: '/store', message: "EIO: i/o error, fsync '/store'" });
});

test('a collection that can not be opened is named', async () => {
  const disk = await written();
  const open: Disk['open'] = async (path) => overriding(await disk.open(path), { sync: failing('fdatasync') });
  const store = await openOn(overriding(disk, { open }));
  await expect(store.collection(declaration)).rejects.toThrow("EIO: i/o error, fdatasync '/store/notes'");
  await store.close();
});

test('a collection whose files can not be exchanged is named with its folder, for others have one of its name', async () => {
  const disk = await written();
  const store = await openOn(overriding(disk, { rename: failing('rename') }));
  const notes = await store.collection<Doc & { readonly text: string }>(declaration);
  await notes.insert({ _id: 'a', version: 1, text: 'x'.repeat(9_000) });
  expect((await store.failed).message).toBe('/store/notes: files could not be exchanged: EIO: i/o error, rename');
  await store.close();
});
