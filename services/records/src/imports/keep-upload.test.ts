import { expect, test } from '@jest/globals';
import { StoreUnavailable } from '@commonpurse/shared/documents';
import { overriding } from '@commonpurse/shared/testing';
import { openRig } from '../testing/rig.ts';
import { chunkBytes, removeUpload, UploadKeeper } from './keep-upload.ts';
import { sweepUploads } from './sweep-uploads.ts';

test('of an upload that is given up nothing comes once it is removed, however late the store is', async () => {
  const { importChunks } = (await openRig()).store;
  const gate = Promise.withResolvers<void>();
  const late = overriding(importChunks, {
    insert: async (...given) => {
      await gate.promise;
      return importChunks.insert(...given);
    },
  });
  const keeper = new UploadKeeper(late, 'upload', '2026-03-14T12:00:00.000Z');
  const taking = keeper.take(Buffer.alloc(chunkBytes));
  const removed = keeper.giveUp().then(() => removeUpload(late, 'upload'));
  gate.resolve();
  await Promise.all([taking, removed]);
  await keeper.take(Buffer.alloc(chunkBytes));
  expect(await importChunks.count({})).toBe(0);
});

test('of a large upload whose removal broke off the sweep finds the rest', async () => {
  const { imports, importChunks } = (await openRig()).store;
  const idOf = (at: number): string => `upload:${String(at).padStart(6, '0')}`;
  const startedAt = '2026-03-14T12:00:00.000Z';
  for (let at = 0; at < 100; at += 1)
    await importChunks.insert({ _id: idOf(at), version: 1, data: '', ...(at === 0 ? { startedAt } : {}) });
  let removals = 0;
  const dying = overriding(importChunks, {
    remove: async (ids) => {
      if ((removals += 1) > 1) throw new StoreUnavailable('killed');
      await importChunks.remove(ids);
    },
  });
  await expect(removeUpload(dying, 'upload')).rejects.toThrow(StoreUnavailable);
  expect(await importChunks.count({})).toBeLessThan(100);
  await sweepUploads({ imports, importChunks }, '9999');
  expect(await importChunks.count({})).toBe(0);
});

test('an upload is removed without being read: no more than one of its pieces', async () => {
  const { importChunks } = (await openRig()).store;
  const keeper = new UploadKeeper(importChunks, 'upload', '2026-03-14T12:00:00.000Z');
  await keeper.take(Buffer.alloc(chunkBytes * 70));
  await keeper.end();
  let read = 0;
  const watched = overriding(importChunks, {
    find: async (...given) => {
      const found = await importChunks.find(...given);
      read += found.length;
      return found;
    },
  });
  await removeUpload(watched, 'upload');
  expect(await importChunks.count({})).toBe(0);
  expect(read).toBe(1);
});
