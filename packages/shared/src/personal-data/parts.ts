import type { PersonDoc } from '../access/person.ts';
import type { Doc, Documents, Filter } from '../documents/documents.ts';
import { erased, lineId } from '../messaging/history-line.ts';
import type { HistoryLine } from '../messaging/outbox.ts';
import type { Part } from './personal-data.ts';

/** The ids that begin with `<prefix>:`. */
export const idsBelow = (prefix: string): Filter => ({
  // `;` is the character behind `:`
  _id: { $gte: `${prefix}:`, $lt: `${prefix};` },
});

/** The service's mirror of the person. */
export const personPart = (documents: Documents<PersonDoc>): Part<PersonDoc> => ({
  documents,
  where: (userId) => [{ _id: userId }],
});

/** For a part whose documents are aggregates: the lines of each lose content and salt and stay in their chain. An entry that has no line yet
 *  would bring its content back when the relay writes it, so whoever erases waits for that. */
export const withHistory = <T extends Doc>(history: Documents<HistoryLine>): Required<Pick<Part<T>, 'belongings' | 'before'>> => ({
  belongings: [linesPart<T>(history)],
  before: (document) => demandRecorded(history, document),
});

const linesPart = <T extends Doc>(history: Documents<HistoryLine>): Part<HistoryLine, T> => ({
  documents: history,
  where: ({ _id }) => [idsBelow(_id)],
  show: ({ aggregate, aggregateId, entry: { at, by, action, version, requestId, change } }) => ({
    aggregate,
    aggregateId,
    at,
    by,
    action,
    version,
    requestId,
    change: change && { before: change.before, after: change.after },
  }),
  leave: (line) => (line.entry.salt === '' ? null : erased(line)),
});

/** @throws `NotRecorded` */
async function demandRecorded(history: Documents<HistoryLine>, { _id, outbox = [] }: Doc): Promise<void> {
  const lines = await history.getMany(outbox.map((entry) => lineId(_id, entry)));
  if (lines.length < outbox.length) throw new NotRecorded(_id);
}

/** Passes by itself: the relay is at it. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded';
  constructor(id: string) {
    super(`what happened to ${id} is not in its history yet`);
  }
}

/** What every service keeps that is of nobody, by collection, and why. */
export const sharedWithNobody: Readonly<Record<string, string>> = {
  watermarks: 'how far the feeds of other services are read',
  'daily-counts': 'how often something happened, and never to whom',
};

/** What holds something of people and can't be erased yet, by collection, and why. */
export const stillToCome: Readonly<Record<string, string>> = {
  parked: 'events as they came, found by their ids and not by whom they are about; an operator drops them',
};
