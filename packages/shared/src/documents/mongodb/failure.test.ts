import { describe, expect, test } from '@jest/globals';
import { MongoBulkWriteError, MongoNetworkError, MongoServerError } from 'mongodb';
import { StoreUnavailable } from '../documents.ts';
import { attempt } from './attempt.ts';
import { failureOf, kindOf, rowFailures, takenIndex } from './failure.ts';

const serverError = (code: number | undefined, errmsg = 'as it says') =>
  new MongoServerError({ ok: 0, errmsg, ...(code !== undefined && { code }) });

describe('a failure', () => {
  test.each([
    [11000, 'duplicate'],
    [11001, 'duplicate'],
    [112, 'deadlock'],
    [16908292, 'deadlock'],
    [2, 'defect'],
    [10334, 'defect'],
    [1, 'unavailable'],
    [64, 'unavailable'],
    [10107, 'unavailable'],
    [undefined, 'unavailable'],
  ] as const)('with code %s is a %s', (code, kind) => {
    expect(kindOf(code)).toBe(kind);
  });

  test('of the network means that the store can not say', () => {
    expect(failureOf(new MongoNetworkError('cut'), 'notes')).toBeInstanceOf(StoreUnavailable);
    expect(failureOf(Object.assign(new Error('write ECONNRESET'), { syscall: 'write' }), 'notes')).toBeInstanceOf(StoreUnavailable);
    expect(failureOf(serverError(91), 'notes')).toMatchObject({ name: 'StoreUnavailable', message: 'notes: as it says' });
  });

  test('of the request itself is not tried again by anybody', () => {
    expect(failureOf(serverError(2), 'notes')).toMatchObject({ name: 'Error', message: 'notes: as it says' });
  });

  test('that is not of the driver passes as it is', () => {
    const mistake = new TypeError('ours');
    expect(failureOf(mistake, 'notes')).toBe(mistake);
  });
});

describe('an attempt', () => {
  test('is made again after a deadlock', async () => {
    const outcomes = [serverError(16908292), serverError(112)];
    const made = await attempt('notes', async () => {
      const failure = outcomes.pop();
      if (failure) throw failure;
      return 'done';
    });
    expect(made).toBe('done');
  });

  test('is given up when nothing but deadlocks comes of it', async () => {
    let tries = 0;
    const always = () => Promise.reject(serverError(112, `try ${++tries}`));
    await expect(attempt('notes', always)).rejects.toMatchObject({ name: 'StoreUnavailable', message: 'notes: try 20' });
  });

  test('is made once where the answer was lost', async () => {
    let tries = 0;
    const lost = () => Promise.reject(new MongoNetworkError(`cut ${++tries}`));
    await expect(attempt('notes', lost)).rejects.toMatchObject({ name: 'StoreUnavailable', message: 'notes: cut 1' });
  });
});

describe('the rows of a batch that failed', () => {
  const result = (writeConcernError?: object) => ({ getWriteConcernError: () => writeConcernError }) as never;
  const row = { index: 3, code: 11000, errmsg: "Index 'code'", err: { keyPattern: { code: 1 } } };
  const bulk = (writeErrors: unknown, concern?: object) =>
    new MongoBulkWriteError({ message: 'x', code: 11000, writeErrors: writeErrors as never }, result(concern));

  test('are told one by one', () => {
    expect(rowFailures(bulk([row]))).toEqual([
      { index: 3, kind: 'duplicate', facts: { message: "Index 'code'", keyPattern: { code: 1 } } },
    ]);
    expect(rowFailures(bulk(row))).toHaveLength(1);
  });

  test('are not known when it failed as a whole, or when what landed is not durable', () => {
    expect(rowFailures(new MongoNetworkError('cut'))).toBeNull();
    expect(rowFailures(bulk([]))).toBeNull();
    expect(rowFailures(bulk([row], { code: 64 }))).toBeNull();
  });
});

describe('the index that refused', () => {
  const indexes = [
    { name: 'code', fields: ['code'], unique: true, sparse: true },
    { name: 'place', fields: ['row', 'column'], unique: true },
    { name: 'owner', fields: ['owner', '_id'] },
  ];
  test.each([
    [{ message: '', keyPattern: { _id: 1 } }, '_id'],
    [{ message: '', keyPattern: { row: 1, column: 1 } }, 'place'],
    [{ message: 'E11000 duplicate key error collection: db.notes index: code dup key: { code: "index: place dup key" }' }, 'code'],
    [{ message: 'E11000 duplicate key error collection: db.notes index: _id_ dup key: { _id: "a" }' }, '_id'],
    [{ message: "Duplicate key violation on the requested collection: Index 'place'" }, 'place'],
    [{ message: "Duplicate key violation on the requested collection: Index '_id_'", keyPattern: { unknown: 1 } }, '_id'],
    [{ message: 'taken' }, null],
    [{ message: "Index 'owner'" }, null],
  ])('is read from what the server says: %j', (facts, name) => {
    expect(takenIndex(facts, indexes)).toBe(name);
  });
});
