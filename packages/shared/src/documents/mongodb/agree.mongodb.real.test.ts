import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import type { Doc, Documents, DocumentStore } from '../documents.ts';
import { entry } from '../documents-ground.contract.ts';
import { openJsonStore } from '../json/index.ts';
import { type Act, act, draftOf, entriesFor, ids, type Odd, population, type Question, question } from './testing/arbitrary-notes.ts';
import { type MongoGround, mongoGround } from './testing/open-ground.ts';

let ground: MongoGround;
let stores: readonly DocumentStore[];
let collections = 0;

beforeAll(async () => {
  ground = await mongoGround();
  stores = [await openJsonStore({ directory: '/store', disk: memoryDisk(), clock: fakeClock() }), (await ground.open()).store];
});
afterAll(() => ground.end());

const indexes = [
  { name: 'owner', fields: ['owner', 'size', '_id'] },
  { name: 'tags', fields: ['tags', '_id'] },
  { name: 'mixed', fields: ['mixed', '_id'], sparse: true },
  { name: 'code', fields: ['code'], unique: true, sparse: true },
];
/** A new collection on the files, and its twin on the server. */
async function twins(): Promise<[files: Documents<Odd>, server: Documents<Odd>]> {
  const name = `odd-${collections++}`;
  const [files, server] = await Promise.all(stores.map((store) => store.collection<Odd>({ name, indexes })));
  return [files!, server!];
}

/** The runs are the same every time: what more of them have found has become a test of its own. */
const runs = (numRuns: number) => ({ seed: 4, numRuns, endOnFailure: true });

describe('the files and the server', () => {
  test('give equal answers to every question', async () => {
    await fc.assert(
      fc.asyncProperty(population, fc.array(question, { minLength: 20, maxLength: 20 }), async (docs, questions) => {
        const [files, server] = await twins();
        await Promise.all([files, server].map((each) => each.insertMany(docs)));
        const answers = await Promise.all([files, server].map((each) => Promise.all(questions.map((asked) => answer(each, asked)))));
        for (const [at, asked] of questions.entries())
          expect({ asked, answer: answers[1]![at] }).toEqual({ asked, answer: answers[0]![at] });
      }),
      runs(30),
    );
  });

  test('do the same things to the same documents', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 40 }), async (acts) => {
        const [files, server] = await twins();
        for (const each of acts)
          expect({ each, outcome: await outcomeOf(server, each) }).toEqual({ each, outcome: await outcomeOf(files, each) });
        expect(await stateOf(server)).toEqual(await stateOf(files));
      }),
      runs(40),
    );
  });
});

async function answer(documents: Documents<Odd>, { filter, sort, limit, by, of }: Question): Promise<unknown> {
  return {
    found: (await documents.find(filter)).map(plain),
    paged: await pagesOf(documents, { filter, sort, limit }),
    count: await documents.count(filter),
    sums: await documents.sum(filter, { by, of }),
  };
}

async function pagesOf(
  documents: Documents<Odd>,
  { filter, sort, limit }: Pick<Question, 'filter' | 'sort' | 'limit'>,
): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: (string | number | null)[] | undefined; ;) {
    const page = await documents.find(filter, { sort, limit, ...(after && { after }) });
    pages.push(page.map((doc) => doc._id));
    const last = page.at(-1);
    if (!last || page.length < limit) return pages;
    after = sort.map(
      ([path]) => path.split('.').reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], last as unknown) as null,
    );
  }
}

async function outcomeOf(documents: Documents<Odd>, done: Act): Promise<unknown> {
  try {
    return plain((await doneTo(documents, done)) as Odd);
  } catch (error) {
    const { name, id, indexName } = error as { name: string; id?: string; indexName?: string };
    return { name, id, indexName };
  }
}

async function doneTo(documents: Documents<Odd>, done: Act): Promise<unknown> {
  switch (done.kind) {
    case 'insert':
      return documents.insert(draftOf(done.id, 1, done.facts), entriesFor(done.id, 1, done.told));
    case 'insertMany':
      return documents.insertMany(done.rows.map(({ id, facts }) => draftOf(id, 1, facts)));
    case 'replace': {
      const version = done.from + 1;
      return documents.replace(draftOf(done.id, version, done.facts), done.from, entriesFor(done.id, version, done.told));
    }
    case 'pull':
      return documents.pullOutbox(
        done.pulls.map(({ id, versions, hash }) => ({
          id,
          entryIds: versions.map((version) => entry(id, version).id),
          ...(hash !== undefined && { historyHash: hash }),
        })),
      );
    default:
      return documents.remove(done.ids);
  }
}

async function stateOf(documents: Documents<Odd>): Promise<unknown> {
  return {
    all: (await documents.find({})).map(plain),
    some: (await documents.getMany([...ids, 'a'])).map(plain),
    waiting: (await documents.withOutbox('2027', 100)).map((doc) => doc._id).toSorted(),
    coded: (await documents.find({ code: { $exists: true } })).map((doc) => doc._id),
  };
}

/** What is undefined or an empty outbox is as good as absent. */
function plain<T extends Doc>(doc: T | undefined): unknown {
  if (doc === undefined) return undefined;
  const { outbox, ...rest } = JSON.parse(JSON.stringify(doc)) as T;
  return outbox?.length ? { ...rest, outbox } : rest;
}
