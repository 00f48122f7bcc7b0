import { expect, test } from '@jest/globals';
import { overriding } from '@commonpurse/shared/testing';
import { openRig } from '../testing/rig.ts';
import { chunkBytes, removeUpload, UploadKeeper } from './keep-upload.ts';

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
