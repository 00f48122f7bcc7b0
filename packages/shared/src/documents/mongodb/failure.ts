import { MongoBulkWriteError, MongoError, MongoServerError } from 'mongodb';
import type { Index } from '../documents.ts';
import { StoreUnavailable } from '../documents.ts';

/** What an error of the driver means: a key is taken; tried again, it may work; the request itself is wrong; the store can't say. */
type FailureKind = 'duplicate' | 'deadlock' | 'defect' | 'unavailable';

/** Also what an older server or another maker's answers: of an insert, of an update, of an upsert. */
const duplicateCodes = new Set([11000, 11001, 12582]);
/** WriteConflict, and what servers on PostgreSQL answer for `deadlock detected`: the write has not happened. */
const deadlockCodes = new Set([112, 16908292]);
/** BadValue, FailedToParse, TypeMismatch, InvalidBSON, DollarPrefixedFieldName, CommandNotFound, InvalidOptions, CannotIndexParallelArrays,
 *  BSONObjectTooLarge, KeyTooLong: definite, and the same however often it is tried. */
const defectCodes = new Set([2, 9, 14, 22, 52, 59, 72, 171, 10334, 17280]);

export function kindOf(code: unknown): FailureKind {
  if (typeof code !== 'number') return 'unavailable';
  if (duplicateCodes.has(code)) return 'duplicate';
  if (deadlockCodes.has(code)) return 'deadlock';
  return defectCodes.has(code) ? 'defect' : 'unavailable';
}

export const codeOf = (error: unknown): unknown => (error instanceof MongoServerError ? error.code : undefined);

/** What the caller is told of a failure that is neither a duplicate nor a deadlock. Errors of ours and of the language pass. */
export function failureOf(error: unknown, collection: string): unknown {
  if (!(error instanceof MongoError) && !isOfSocket(error)) return error;
  if (kindOf(codeOf(error)) === 'defect') return new Error(`${collection}: ${error.message}`, { cause: error });
  return new StoreUnavailable(`${collection}: ${error.message}`, { cause: error });
}

/** Some that the driver hands on as they are. */
const isOfSocket = (error: unknown): error is Error => typeof error === 'object' && error !== null && 'syscall' in error;

/** One row of a batch that did not land. */
export interface RowFailure {
  readonly index: number;
  readonly kind: FailureKind;
  readonly facts: DuplicateFacts;
}
/** By row, when the server has judged each; null when it has not, or when what it says is not durable. */
export function rowFailures(error: unknown): RowFailure[] | null {
  if (!(error instanceof MongoBulkWriteError)) return null;
  const failures = [error.writeErrors].flat();
  if (failures.length === 0 || error.result.getWriteConcernError() !== undefined) return null;
  return failures.map(({ index, code, errmsg, err }) => ({
    index,
    kind: kindOf(code),
    facts: { message: errmsg ?? '', keyPattern: (err as unknown as Partial<DuplicateFacts> | undefined)?.keyPattern },
  }));
}

/** What a server says about a key that is taken. */
export interface DuplicateFacts {
  readonly message: string;
  /** Not every server gives it. */
  readonly keyPattern?: Readonly<Record<string, unknown>> | undefined;
}

/** Which index refused: `_id` or a declared one; null when what the server says doesn't tell. */
export function takenIndex({ message, keyPattern }: DuplicateFacts, indexes: readonly Index[]): string | null {
  const unique = indexes.filter((index) => index.unique);
  if (keyPattern !== undefined) {
    const fields = Object.keys(keyPattern).join();
    if (fields === '_id') return '_id';
    const byFields = unique.find((index) => index.fields.join() === fields);
    if (byFields) return byFields.name;
  }
  const [, name] = /\bindex:? '?([^\s']+)/i.exec(message) ?? [];
  if (name === '_id_') return '_id';
  return unique.find((index) => index.name === name)?.name ?? null;
}
