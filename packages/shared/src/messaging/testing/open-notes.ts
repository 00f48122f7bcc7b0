import { z } from 'zod';
import type { Disk } from '../../documents/json/disk.ts';
import { openJsonStore } from '../../documents/json/index.ts';
import type { Doc, Documents, DocumentStore, OutboxEntry } from '../../documents/documents.ts';
import { type Clock, instantOf } from '../../service/clock.ts';
import type { EventType } from '../bus.ts';
import { entryOf, eventOfEntry } from '../event.ts';
import { createHistory } from '../history.ts';
import type { HistoryLine, Outbox } from '../outbox.ts';

/** The smallest aggregate there is, for tests of what carries it to others. */
interface Note extends Doc {
  readonly text: string;
}
export const NoteState = z.strictObject({ id: z.string(), version: z.int(), text: z.string(), historyHash: z.string().nullable() });
export type NoteState = z.infer<typeof NoteState>;
export const NoteChanged: EventType<NoteState> = { type: 'note.changed', source: 'notes', schema: NoteState };

export interface Notes {
  readonly store: DocumentStore;
  readonly notes: Documents<Note>;
  readonly history: Documents<HistoryLine>;
  readonly outbox: Outbox<Note>;
  /** Writes the next version of a note; resolves with it once it is durable. */
  write(id: string, text: string): Promise<number>;
}

/** A producer of notes over a real store. */
export async function openNotes(disk: Disk, clock: Clock, directory = 'notes'): Promise<Notes> {
  const store = await openJsonStore({ directory, disk, clock });
  const notes = await store.collection<Note>({ name: 'notes', indexes: [] });
  const history = await createHistory(store);
  return { store, notes, history, outbox: outboxOf(notes), write: (id, text) => write(notes, clock, id, text) };
}

const outboxOf = (notes: Documents<Note>): Outbox<Note> => ({
  aggregate: 'note',
  documents: notes,
  render: (entry, { _id: id, version, text, historyHash }) => [
    eventOfEntry(NoteChanged, entry, id, { id, version, text, historyHash: historyHash ?? null }),
  ],
});

async function write(notes: Documents<Note>, clock: Clock, id: string, text: string): Promise<number> {
  const current = await notes.get(id);
  const version = (current?.version ?? 0) + 1;
  const entries = [noteEntry(id, version, clock, { before: current && { text: current.text }, after: { text } })];
  const draft = { _id: id, version, text };
  const written = current === null ? await notes.insert(draft, entries) : await notes.replace(draft, current.version, entries);
  return written.version;
}

export const noteEntry = (id: string, version: number, clock: Clock, change: OutboxEntry['change'] = null): OutboxEntry =>
  entryOf(NoteChanged, {
    aggregateId: id,
    version,
    at: instantOf(clock),
    by: 'user-1',
    requestId: 'request-1',
    action: version === 1 ? 'created' : 'updated',
    change,
  });
