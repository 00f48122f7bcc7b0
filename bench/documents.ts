/** `node --expose-gc bench/documents.ts [rows]`: what the embedded store does by itself, on the real disk, with a collection like the
 *  records': seven indexes. Figures for its developers; the product's figures come from the other programs here. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Doc, Documents, DocumentStore } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { systemClock } from '@commonpurse/shared/service';

interface Expense extends Doc {
  readonly ownerId: string;
  readonly type: string;
  readonly date: string;
  readonly createdAt: string;
  readonly category: string;
  readonly amount: { readonly minor: number; readonly currency: string };
  readonly base: { readonly minor: number; readonly currency: string };
  readonly description: string;
  readonly words: readonly string[];
  readonly tags: readonly string[];
  readonly partyIds: readonly string[];
}

const declaration = {
  name: 'records',
  indexes: [
    { name: 'date', fields: ['ownerId', 'date', '_id'] },
    { name: 'category', fields: ['ownerId', 'category', 'date', '_id'] },
    { name: 'created', fields: ['ownerId', 'createdAt', '_id'] },
    { name: 'amount', fields: ['ownerId', 'base.minor', '_id'] },
    { name: 'tags', fields: ['tags', 'date', '_id'] },
    { name: 'parties', fields: ['partyIds', 'date', '_id'] },
    { name: 'type', fields: ['ownerId', 'type', 'date', '_id'] },
  ],
};
const owners = Array.from({ length: 100 }, (_, at) => `01890a5d-ac96-774b-bcce-b302099a${String(at).padStart(4, '0')}`);
const categories = ['groceries', 'rent and utilities', 'transport', 'eating out', 'health', 'clothes', 'travel', 'presents'];

function expense(at: number): Omit<Expense, 'changedAt'> {
  const owner = owners[(at * 7919) % owners.length] as string;
  const day = new Date(Date.UTC(2020, 0, 1) + ((at * 104_729) % 2000) * 86_400_000).toISOString();
  const money = { minor: (at * 31) % 500_000, currency: 'EUR' };
  return {
    _id: `01890a5d-ac96-774b-8cce-${at.toString(16).padStart(12, '0')}`,
    version: 1,
    ownerId: owner,
    type: at % 5 ? 'expense' : 'income',
    date: day.slice(0, 10),
    createdAt: new Date(1_700_000_000_000 + at).toISOString(),
    category: categories[at % categories.length] as string,
    amount: money,
    base: { ...money },
    description: `Supermarket ${at % 977} paid by card`,
    words: ['supermarket', String(at % 977), 'paid', 'by', 'card'],
    tags: at % 3 ? [] : [`tag${at % 20}`],
    partyIds: [owner],
  };
}

const rows = Number(process.argv[2] ?? 1_000_000);
const directory = await mkdtemp(join(tmpdir(), 'bench-documents-'));
const open = (): Promise<DocumentStore> => openJsonStore({ directory, clock: systemClock });
const say = (what: string, figure: string): void => console.log(`${what.padEnd(56)} ${figure}`);
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
const perSecond = (count: number, took: number): string => `${Math.round(count / took).toLocaleString('en')} /s`;

let next = 0;
async function insertAlone(records: Documents<Expense>, writers: number, each: number): Promise<void> {
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (let done = 0; done < each; done += 1) await records.insert(expense(next++));
    }),
  );
}

let store = await open();
let records = await store.collection<Expense>(declaration);
await insertAlone(records, 50, 100);
say('insert, 1 writer', perSecond(1_000, await seconds(() => insertAlone(records, 1, 1_000))));
say('insert, 50 writers', perSecond(50_000, await seconds(() => insertAlone(records, 50, 1_000))));
const plain = await store.collection<Expense>({ name: 'plain', indexes: [] });
say('insert, 50 writers, no index', perSecond(50_000, await seconds(() => insertAlone(plain, 50, 1_000))));
const batches = async (documents: Documents<Expense>, upTo: number): Promise<void> => {
  while (next < upTo) await documents.insertMany(Array.from({ length: 500 }, () => expense(next++)));
};
say('insertMany of 500, no index', perSecond(100_000, await seconds(() => batches(plain, next + 100_000))));
const first = next;
say('insertMany of 500, seven indexes', perSecond(rows, await seconds(() => batches(records, first + rows))));
await store.close();

globalThis.gc?.();
const before = process.memoryUsage().rss;
store = await open();
say(
  `open with ${rows.toLocaleString('en')} rows`,
  `${(await seconds(async () => (records = await store.collection<Expense>(declaration)))).toFixed(1)} s`,
);
globalThis.gc?.();
const total = await records.count({});
const memory = process.memoryUsage();
say('memory a row, heap in use', `${Math.round(memory.heapUsed / total)} bytes`);
say('memory a row, resident, grown by', `${Math.round((memory.rss - before) / total)} bytes`);

const ownerId = owners[3] as string;
const newest = {
  sort: [
    ['date', -1],
    ['_id', -1],
  ] as const,
  limit: 50,
};
const timesOf = async (times: number, work: () => Promise<unknown>): Promise<string> => {
  const took = await seconds(async () => {
    for (let done = 0; done < times; done += 1) await work();
  });
  return `${((took / times) * 1e6).toFixed(0)} us`;
};
await timesOf(500, () => records.find({ ownerId, category: 'transport' }, newest));
say('50 newest of a category', await timesOf(2_000, () => records.find({ ownerId, category: 'transport' }, newest)));
say('50 newest of an owner', await timesOf(2_000, () => records.find({ ownerId }, newest)));
say('get', await timesOf(100_000, () => records.get(`01890a5d-ac96-774b-8cce-${(77).toString(16).padStart(12, '0')}`)));
say('count of a category', await timesOf(2_000, () => records.count({ ownerId, category: 'transport' })));
say(
  'sum by day over a month',
  await timesOf(500, () => records.sum({ ownerId, date: { $gte: '2021-03-01', $lt: '2021-04-01' } }, { by: ['date'], of: 'base.minor' })),
);
await store.close();
await rm(directory, { recursive: true });
