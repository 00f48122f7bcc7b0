import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Documents, DocumentStore } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { systemClock } from '../service/clock.ts';
import { memoryDisk } from '../testing/memory-disk.ts';
import { createOnce, replayHeaders } from './create-once.ts';
import type { CreatedOnce } from './create-once.ts';
import { Refusal } from './refusal.ts';

interface Note extends CreatedOnce {
  readonly text: string;
  readonly slug: string;
}
let store: DocumentStore;
let notes: Documents<Note>;
beforeAll(async () => {
  store = await openJsonStore({ directory: '/s', disk: memoryDisk(), clock: systemClock });
  notes = await store.collection<Note>({ name: 'notes', indexes: [{ name: 'slug', fields: ['slug'], unique: true }] });
});
afterAll(() => store.close());

const create = (id: string, text: string, fingerprint: string | null, slug = id) =>
  createOnce({
    documents: notes,
    draft: { _id: id, version: 1, text, slug },
    entries: [],
    fingerprint,
    firstState: (doc) => ({ ...doc, version: 1, text: 'as it was first' }),
  });

describe('Creating once', () => {
  test('makes one of many tries, and the others get the same', async () => {
    const tries = await Promise.all(Array.from({ length: 20 }, () => create('a', 'x', 'print')));
    expect(tries.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(tries.map(({ doc }) => doc.changedAt)).size).toBe(1);
  });

  test('tells of what it has made, once', async () => {
    const entry = {
      id: 'note.made/g/1',
      type: 'note.made',
      version: 1,
      at: 'now',
      by: 'ada',
      requestId: 'r',
      action: 'made',
      change: null,
      salt: '',
    };
    for (const replayed of [false, true]) {
      const made = { documents: notes, draft: { _id: 'g', version: 1, text: 'x', slug: 'g' }, entries: [entry], fingerprint: 'print' };
      expect(await createOnce({ ...made, firstState: (doc) => doc })).toMatchObject({ replayed, doc: { outbox: [entry] } });
    }
  });

  test('refuses what there is no room for, but not for the room that this very request has taken itself', async () => {
    const full = (): Promise<void> => Promise.reject(new Refusal('conflict', 'full'));
    const filling = (id: string) => () => create(id, 'x', 'print').then(full);
    const createWith = (id: string, demandRoom: () => Promise<void>, fingerprint: string | null = 'print') =>
      createOnce({
        documents: notes,
        draft: { _id: id, version: 1, text: 'x', slug: id },
        entries: [],
        fingerprint,
        firstState: (doc) => doc,
        demandRoom,
      });
    await expect(createWith('r1', full)).rejects.toMatchObject({ code: 'conflict' });
    await expect(createWith('r2', full, null)).rejects.toMatchObject({ code: 'conflict' });
    expect(await notes.getMany(['r1', 'r2'])).toEqual([]);
    expect(await createWith('r3', filling('r3'))).toMatchObject({ replayed: true, doc: { _id: 'r3' } });
    expect(await createWith('r3', full)).toMatchObject({ replayed: true });
    await expect(createWith('r3', () => Promise.reject(new TypeError('a bug')))).rejects.toBeInstanceOf(TypeError);
  });

  test('refuses another input under the same key', async () => {
    await create('b', 'x', 'print');
    await expect(create('b', 'y', 'other')).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 422 });
  });

  test('gives the first state after a change', async () => {
    const { doc } = await create('c', 'x', 'print');
    await notes.replace({ ...doc, version: 2, text: 'changed' }, 1);
    expect(await create('c', 'x', 'print')).toMatchObject({ replayed: true, doc: { version: 1, text: 'as it was first' } });
  });

  test('refuses the key of what was purged or was made without one', async () => {
    await create('d', 'x', null);
    await expect(create('d', 'x', 'print')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  test('hands on other collisions', async () => {
    await create('e', 'x', null, 'taken');
    await expect(create('e', 'x', null)).rejects.toMatchObject({ name: 'DuplicateKey' });
    await expect(create('f', 'x', 'print', 'taken')).rejects.toMatchObject({ name: 'DuplicateKey', indexName: 'slug' });
  });

  test('says so', () => {
    expect([replayHeaders(true), replayHeaders(false)]).toEqual([{ 'Idempotency-Replayed': 'true' }, {}]);
  });
});
