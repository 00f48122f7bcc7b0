import { expect, test } from '@jest/globals';
import type { Doc } from '../../documents/documents.ts';
import { entryOf } from '../event.ts';
import { createFlights, type Flight, type Flights } from './flights.ts';

const at = '2026-01-15T12:00:00.000Z';
const entry = (version: number) =>
  entryOf({ type: 'note.changed' }, { aggregateId: 'a', version, at, by: 'u', requestId: 'r', action: 'updated', change: null });
const doc = (...versions: number[]): Doc => ({ _id: 'a', version: 9, changedAt: at, outbox: versions.map(entry) });
const taken = (flights: Flights, of: Doc): Flight[] => flights.plan(of, 'note', at).publish.map(({ flight }) => flight);
const confirmed = (flights: readonly Flight[]): void => {
  for (const flight of flights) Object.assign(flight, { status: 'confirmed', recorded: true });
};

test('what is under way is not published a second time', () => {
  const flights = createFlights();
  expect(taken(flights, doc(1)).map(({ entryId }) => entryId)).toEqual(['note.changed/a/1']);
  expect(taken(flights, doc(1, 2)).map(({ entryId }) => entryId)).toEqual(['note.changed/a/2']);
  expect(flights.count()).toBe(2);
  expect([doc(1, 2), doc(2, 3), doc()].map((of) => flights.concerns(of))).toEqual([false, true, false]);
});

test('what was pulled while the document was read is not taken up again, although the reading still shows it', () => {
  const flights = createFlights();
  const first = taken(flights, doc(1));
  flights.readBegins();
  confirmed(first);
  flights.pulled(flights.pullOf('a')!);
  expect(taken(flights, doc(1, 2)).map(({ entryId }) => entryId)).toEqual(['note.changed/a/2']);
});

test('nothing is pulled beyond an entry that is not confirmed: the hash of a later line would hide the gap', () => {
  const flights = createFlights();
  const [first, second, third] = taken(flights, doc(1, 2, 3));
  confirmed([first!, third!]);
  expect(flights.pullOf('a')).toEqual({ id: 'a', entryIds: ['note.changed/a/1'], historyHash: first!.hash });
  confirmed([second!]);
  expect(flights.pullOf('a')).toMatchObject({ entryIds: ['note.changed/a/1', 'note.changed/a/2', 'note.changed/a/3'] });
});

test.each(['resting', 'due'] as const)(
  'what is %s and not in the document any more was told by somebody else, and is forgotten',
  (status) => {
    const flights = createFlights();
    const [first] = taken(flights, doc(1));
    first!.status = status;
    taken(flights, doc(2));
    expect(flights.count()).toBe(1);
    expect(flights.concerns(doc(1))).toBe(true);
  },
);
