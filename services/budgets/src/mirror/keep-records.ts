import { type Documents, type Draft, upsertNewer } from '@commonpurse/shared/documents';
import type { DayKey } from './day-key.ts';
import { keepNewer, keysToRecompute, mirrored, type MirroredRecord, type ToldRecord } from './mirrored-record.ts';

type Kept = Draft<MirroredRecord>;
type Known = Map<string, MirroredRecord>;

/** Brings the mirror to what was told or beyond, never back. Answers which day totals must be computed anew, also where everything was
 *  known already. Rows that are new land in one durable batch; a first version is nearly always new, and is not looked for before. */
export async function keepRecords(mirror: Documents<MirroredRecord>, told: readonly ToldRecord[]): Promise<DayKey[]> {
  const known: Known = new Map();
  await lookUp(
    mirror,
    told.filter(({ record }) => record.version > 1),
    known,
  );
  const unknown = told.filter(({ record }) => !known.has(record.id));
  const landed = await insertNew(
    mirror,
    unknown.map(({ record }) => mirrored(record, null)),
  );
  await lookUp(
    mirror,
    unknown.filter(({ record }) => !landed.has(record.id)),
    known,
  );
  const keys = await Promise.all(
    told.map(async (each) => {
      const draft = landed.get(each.record.id);
      return keysToRecompute(each, draft?.version === each.record.version ? draft : await keepOne(mirror, each, known));
    }),
  );
  return keys.flat();
}

async function lookUp(mirror: Documents<MirroredRecord>, told: readonly ToldRecord[], known: Known): Promise<void> {
  if (told.length === 0) return;
  for (const doc of await mirror.getMany(told.map(({ record }) => record.id))) known.set(doc._id, doc);
}

/** Those that nobody had inserted before, by id. */
async function insertNew(mirror: Documents<MirroredRecord>, drafts: readonly Kept[]): Promise<Map<string, Kept>> {
  if (drafts.length === 0) return new Map();
  const { duplicates } = await mirror.insertMany(drafts);
  const taken = new Set(duplicates.map(({ index }) => index));
  return new Map(drafts.filter((_, index) => !taken.has(index)).map((draft) => [draft._id, draft]));
}

/** What is kept of one record then, however many others write it at the same time. What was read and is as new needs no second look. */
async function keepOne(mirror: Documents<MirroredRecord>, { record }: ToldRecord, read: Known): Promise<Kept> {
  const known = read.get(record.id);
  if (known !== undefined && keepNewer(known, record) === null) return known;
  const { after } = await upsertNewer(mirror, record.id, (current) => keepNewer(current, record), known);
  return after!;
}
