import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import type { Doc, Documents, DocumentStore, Draft, Filter, Sort } from '../documents.ts';
import { openJsonStore } from '../json/index.ts';
import { type MongoGround, mongoGround } from './testing/open-ground.ts';

interface Dated extends Doc {
  readonly owner: string;
  readonly date?: string | null;
  readonly at: string;
}
const declaration = {
  name: 'dated',
  indexes: [
    { name: 'date', fields: ['owner', 'date', '_id'] },
    { name: 'at', fields: ['at', '_id'] },
  ],
  times: { date: 'day', at: 'instant' } as const,
};
const clock = fakeClock();
const agoIso = (minutes: number): string => new Date(clock.now() - minutes * 60_000).toISOString();
/** Most are recent, some are old, some lie ahead or have no date. */
const herd = Array.from({ length: 300 }, (_, at): Draft<Dated> => {
  const minutes = Math.round(1.05 ** at) - 30;
  const date = at % 40 === 7 ? null : agoIso(minutes * 60).slice(0, 10);
  const dated = at % 40 === 9 ? {} : { date };
  return { _id: `n${String((at * 37) % 300).padStart(3, '0')}`, version: 1, owner: at % 3 ? 'ann' : 'bob', at: agoIso(minutes), ...dated };
});

let ground: MongoGround;
let server: Documents<Dated>;
let files: Documents<Dated>;
beforeAll(async () => {
  ground = await mongoGround();
  const json: DocumentStore = await openJsonStore({ directory: '/store', disk: memoryDisk(), clock });
  server = await (await ground.open({ clock })).store.collection<Dated>(declaration);
  files = await json.collection<Dated>(declaration);
  await Promise.all([server, files].map((documents) => documents.insertMany(herd)));
});
afterAll(() => ground.end());

const by = (direction: 1 | -1, ...fields: string[]): Sort => fields.map((field) => [field, direction]);

async function pagesOf(documents: Documents<Dated>, filter: Filter, sort: Sort, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: (string | null)[] | null = null; ;) {
    const page: Dated[] = await documents.find(filter, { sort, limit, ...(after && { after }) });
    pages.push(page.map((doc) => doc._id));
    const last = page.at(-1);
    if (!last || page.length < limit) return pages;
    after = sort.map(([field]) => (last[field as 'date'] as string | undefined) ?? null);
  }
}

describe('pages of a list by time', () => {
  const lists: [string, Filter, Sort][] = [
    ['an owner, newest first', { owner: 'ann' }, by(-1, 'date', '_id')],
    ['an owner, oldest first', { owner: 'ann' }, by(1, 'date', '_id')],
    ['an owner by owner and date', { owner: 'bob' }, by(1, 'owner', 'date', '_id')],
    ['all since an instant', { at: { $gte: agoIso(5_000) } }, by(1, 'at', '_id')],
    ['all from the beginning', {}, by(1, 'at', '_id')],
    ['all, newest first', {}, by(-1, 'at', '_id')],
    ['between two days', { owner: 'ann', date: { $gte: '2024-01-01', $lte: '2026-01-01' } }, by(-1, 'date', '_id')],
    ['several owners', { owner: { $in: ['ann', 'bob'] } }, by(-1, 'date', '_id')],
    ['what few match', { owner: 'ann', _id: { $prefix: 'n1' } }, by(-1, 'date', '_id')],
    ['nobody', { owner: 'cid' }, by(-1, 'date', '_id')],
    ['an owner without dates', { owner: 'ann', date: null }, by(1, 'at', '_id')],
  ];
  test.each(lists)('are those of the whole: %s', async (_, filter, sort) => {
    for (const limit of [1, 7, 500]) expect(await pagesOf(server, filter, sort, limit)).toEqual(await pagesOf(files, filter, sort, limit));
  });
});
