import { expect, test } from '@jest/globals';
import { type Collection, MongoBulkWriteError } from 'mongodb';
import { fakeClock } from '../../testing/fake-clock.ts';
import { DuplicateKey, StoreUnavailable } from '../documents.ts';
import type { Stored } from './stored-form.ts';
import { Writer } from './writer.ts';

interface Row {
  readonly index: number;
  readonly code: number;
}
const [taken, deadlock] = [11000, 112];
/** What the driver throws of a batch; without rows it failed as a whole. */
const refusal = (rows: readonly Row[], code?: number): Error => {
  const writeErrors = rows.map((row) => ({ ...row, errmsg: "Index 'code'" }));
  return new MongoBulkWriteError(
    { message: 'as it says', ...(code !== undefined && { code }), writeErrors: writeErrors as never } as never,
    {
      getWriteConcernError: () => undefined,
    } as never,
  );
};

/** A writer on a server that answers batches so, one after the other, and each single insert with success, once it may. */
function writing(answers: readonly (Error | null)[]) {
  const batches: string[] = [];
  const singles: string[] = [];
  const gate = Promise.withResolvers<void>();
  const left = [...answers];
  const collection = {
    collectionName: 'notes',
    insertMany: async (docs: readonly Stored[], { ordered }: { ordered: boolean }) => {
      if (ordered) throw new Error('what comes behind a row that fails would be neither there nor told of');
      batches.push(docs.map(({ _id }) => _id).join(''));
      const failure = left.shift();
      if (failure) throw failure;
    },
    insertOne: ({ _id }: Stored) => {
      singles.push(_id);
      return gate.promise;
    },
  } as unknown as Collection<Stored>;
  const indexes = [{ name: 'code', fields: ['code'], unique: true }];
  const writer = new Writer({ collection, indexes, clock: fakeClock(), onListenerError: () => undefined });
  /** The first two go by themselves; what comes meanwhile travels together. */
  const insertAtOnce = (ids: string): Promise<PromiseSettledResult<unknown>[]> => {
    const outcomes = Promise.allSettled(ids.split('').map((id) => writer.insert({ _id: id, version: 1 } as never, [])));
    gate.resolve();
    return outcomes;
  };
  return { writer, batches, singles, insertAtOnce };
}
const outcomesOf = (outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'landed' : (outcome.reason as Error).constructor));

test('Rows that met a deadlock are inserted again, each by itself, and what is taken is told by its place among all rows', async () => {
  const first = refusal([
    { index: 1, code: deadlock },
    { index: 2, code: deadlock },
    { index: 3, code: taken },
  ]);
  const { writer, batches } = writing([first, null, refusal([{ index: 0, code: taken }])]);
  const drafts = 'abcd'.split('').map((_id) => ({ _id, version: 1 }) as never);
  expect(await writer.insertMany(drafts)).toEqual({
    inserted: 2,
    duplicates: [
      { index: 2, id: 'c', indexName: 'code' },
      { index: 3, id: 'd', indexName: 'code' },
    ],
  });
  expect(batches).toEqual(['abcd', 'b', 'c']);
});

test('Of inserts that travelled together each has its own outcome, and one that met a deadlock is tried by itself', async () => {
  const mixed = refusal([
    { index: 0, code: taken },
    { index: 1, code: deadlock },
  ]);
  const { batches, singles, insertAtOnce } = writing([mixed]);
  expect(outcomesOf(await insertAtOnce('abcde'))).toEqual(['landed', 'landed', DuplicateKey, 'landed', 'landed']);
  expect([batches, singles.join('')]).toEqual([['cde'], 'abd']);
});

test('Inserts that travelled together are not tried again where the answer was lost: they would meet themselves', async () => {
  const { singles, insertAtOnce } = writing([refusal([])]);
  const lost = Array<unknown>(3).fill(StoreUnavailable);
  expect(outcomesOf(await insertAtOnce('abcde'))).toEqual(['landed', 'landed', ...lost]);
  expect(singles.join('')).toBe('ab');
});

test('They are tried one by one where the server refused them all unseen: only one of them may be to blame', async () => {
  const { singles, insertAtOnce } = writing([refusal([], deadlock)]);
  expect(outcomesOf(await insertAtOnce('abcde'))).toEqual(Array(5).fill('landed'));
  expect(singles.join('')).toBe('abcde');
});
