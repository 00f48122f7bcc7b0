import { beforeEach, expect, test } from '@jest/globals';
import type { Documents } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { Refusal } from '../http/refusal.ts';
import { begun, moved, type Rebuild, rebuildsCollection } from '../messaging/rebuild.ts';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import { refuseWhileRebuilding } from './refuse-while-rebuilding.ts';

let rebuilds: Documents<Rebuild>;
beforeEach(async () => {
  const store = await openJsonStore({ directory: 'rebuilt', disk: memoryDisk(), clock: fakeClock() });
  rebuilds = await store.collection<Rebuild>(rebuildsCollection);
});
const begin = (before: Rebuild | null = null): Promise<Rebuild> => {
  const draft = begun(before, 'records', '2026-01-15T12:00:00.000Z');
  return before === null ? rebuilds.insert(draft) : rebuilds.replace(draft, before.version);
};
const end = (rebuild: Rebuild): Promise<Rebuild> => rebuilds.replace(moved(rebuild, { phase: 'done' }), rebuild.version);
const reading = (read: () => Promise<unknown> = async () => 'figures') => refuseWhileRebuilding(rebuilds, 'records', read);
const refused = expect.objectContaining({ code: 'service-unavailable', headers: { 'Retry-After': '5' } });

test('what is derived is read before the first rebuild and after each', async () => {
  expect(await reading()).toBe('figures');
  await end(await begin());
  expect(await reading()).toBe('figures');
});

test('while it is made anew nothing is even read', async () => {
  await begin();
  await expect(reading(() => Promise.reject(new Error('was read')))).rejects.toEqual(refused);
});

test('what was read while a rebuild began, or came and went, is not told', async () => {
  await expect(reading(() => begin())).rejects.toBeInstanceOf(Refusal);
  const done = await end((await rebuilds.get('records'))!);
  await expect(reading(async () => end(await begin(done)))).rejects.toEqual(refused);
  expect(await reading()).toBe('figures');
});
