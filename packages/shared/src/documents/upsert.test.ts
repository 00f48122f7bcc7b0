import { beforeEach, describe, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import type { Doc, Documents } from './documents.ts';
import { DuplicateKey } from './documents.ts';
import { openJsonStore } from './json/index.ts';
import { upsertNewer } from './upsert.ts';

interface Mirror extends Doc {
  readonly text: string;
  readonly key?: string;
}
let mirrors: Documents<Mirror>;
beforeEach(async () => {
  const store = await openJsonStore({ directory: '/store', disk: memoryDisk(), clock: fakeClock() });
  mirrors = await store.collection<Mirror>({ name: 'mirrors', indexes: [{ name: 'key', fields: ['key'], unique: true, sparse: true }] });
});

const draft = (version: number, text = `v${version}`) => ({ _id: 'a', version, text });
const arrive = (version: number) => upsertNewer(mirrors, 'a', (current) => (current && current.version >= version ? null : draft(version)));

describe('upsertNewer', () => {
  test('keeps the newest, whatever the order of arrival, and tells what was there before', async () => {
    expect(await arrive(2)).toMatchObject({ before: null, after: { version: 2 } });
    expect(await arrive(1)).toMatchObject({ before: { version: 2 }, after: { version: 2 } });
    expect(await arrive(5)).toMatchObject({ before: { version: 2 }, after: { version: 5 } });
    expect(await arrive(5)).toMatchObject({ before: { version: 5 }, after: { version: 5 } });
  });

  test('of many at once the newest stays', async () => {
    await Promise.all([3, 9, 1, 7, 9, 2, 8].map(arrive));
    expect(await mirrors.get('a')).toMatchObject({ version: 9, text: 'v9' });
  });

  test('a unique key held by another is the caller’s trouble', async () => {
    await mirrors.insert({ _id: 'b', version: 1, text: '', key: 'K' });
    await expect(upsertNewer(mirrors, 'a', () => ({ ...draft(1), key: 'K' }))).rejects.toBeInstanceOf(DuplicateKey);
  });
});
