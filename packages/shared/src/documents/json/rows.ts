import type { OutboxEntry } from '../documents.ts';
import type { Segment } from './segment.ts';

/** A document in memory: whole, or (cold) its id, its index keys by path, and where it lies.
 *  The store alone changes one, and only `outbox`, `historyHash` and its place. */
export interface Row {
  readonly _id: string;
  readonly version: number;
  outbox?: readonly OutboxEntry[];
  historyHash?: string;
  /** Cold rows only. */
  place?: Place;
  readonly [field: string]: unknown;
}

/** Where the JSON of a cold document lies. */
export interface Place {
  segment: Segment;
  /** Bytes from the start of the file. */
  position: number;
  bytes: number;
  /** Its outbox or hash in memory may be newer than what lies there. */
  pulled: boolean;
}

/** Reads a field by its dotted path; through arrays it collects what each element has there. */
export type Reader = (row: object) => unknown;

/** Names one path can be made of: never the prototype's, for some come from users (custom fields). */
const ownValue = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

export function readerOf(path: string): Reader {
  const steps = path.split('.');
  if (steps.length === 1) return (row) => (row as Record<string, unknown>)[path];
  return (row) => readSteps(row, steps, 0);
}

/** Cold rows keep their keys under the whole path. */
export const flatReaderOf =
  (path: string): Reader =>
  (row) =>
    (row as Record<string, unknown>)[path];

function readSteps(value: unknown, steps: readonly string[], from: number): unknown {
  let current = value;
  for (let at = from; at < steps.length; at++) {
    if (current === null || typeof current !== 'object') return undefined;
    if (Array.isArray(current)) return current.flatMap((element) => readInElement(element, steps, at));
    current = ownValue(current, steps[at] ?? '');
  }
  return current;
}

/** An element that has nothing there has null, as a document that has nothing there has; but only where something could be. */
function readInElement(element: unknown, steps: readonly string[], from: number): unknown {
  const isObject = typeof element === 'object' && element !== null;
  return isObject ? (readSteps(element, steps, from) ?? null) : [];
}

/** Whether there is anything at a dotted path; of an array on the way, whether any element has something there. What `readerOf` collects can't
 *  say: of an empty array on the way it makes an empty array, which is something. */
export function presenceOf(path: string): (row: object) => boolean {
  const steps = path.split('.');
  return (row) => hasSteps(row, steps, 0);
}

function hasSteps(value: unknown, steps: readonly string[], from: number): boolean {
  let current = value;
  for (let at = from; at < steps.length; at++) {
    if (current === null || typeof current !== 'object') return false;
    if (Array.isArray(current)) return current.some((element) => hasSteps(element, steps, at));
    current = ownValue(current, steps[at] ?? '');
  }
  return current !== undefined;
}

/** What a caller gets: its own copy, whose nested values are frozen, for they are the store's. */
export function copyOf<T>(row: Row): T {
  freezeNested(row);
  return { ...row } as T;
}

/** Deeply, but for the document itself; a mistake of a caller shows as a TypeError there instead of as a changed document here. */
export function freezeNested(value: object): void {
  for (const name in value) {
    const nested = (value as Record<string, unknown>)[name];
    if (typeof nested !== 'object' || nested === null || Object.isFrozen(nested)) continue;
    Object.freeze(nested);
    freezeNested(nested);
  }
}
