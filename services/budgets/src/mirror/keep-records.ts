import { type Documents, type Draft, upsertNewer } from '@commonpurse/shared/documents';
import type { DayKey } from './day-key.ts';
import { keepNewer, keysToRecompute, mirrored, type MirroredRecord, type ToldRecord } from './mirrored-record.ts';

/** Brings the mirror to what was told or beyond, never back. Answers which day totals must be computed anew, also where everything was
 *  known already. Rows that are new land in one durable batch. */
export async function keepRecords(mirror: Documents<MirroredRecord>, told: readonly ToldRecord[]): Promise<DayKey[]> {
  const known = new Map((await mirror.getMany(told.map(({ record }) => record.id))).map((doc) => [doc._id, doc]));
  const unknown = told.filter(({ record }) => !known.has(record.id));
  const landed = await insertNew(
    mirror,
    unknown.map(({ record }) => mirrored(record, null)),
  );
  const keys = await Promise.all(
    told.map(async (each) => {
      const draft = landed.get(each.record.id);
      return keysToRecompute(each, draft?.version === each.record.version ? draft : await keepOne(mirror, each, known));
    }),
  );
  return keys.flat();
}

type Kept = Draft<MirroredRecord>;

/** Those that nobody had inserted before, by id. */
async function insertNew(mirror: Documents<MirroredRecord>, drafts: readonly Kept[]): Promise<Map<string, Kept>> {
  if (drafts.length === 0) return new Map();
  const { duplicates } = await mirror.insertMany(drafts);
  const taken = new Set(duplicates.map(({ index }) => index));
  return new Map(drafts.filter((_, index) => !taken.has(index)).map((draft) => [draft._id, draft]));
}

/** What is kept of one record then, however many others write it at the same time. What was read and is as new needs no second look. */
async function keepOne(
  mirror: Documents<MirroredRecord>,
  { record }: ToldRecord,
  read: ReadonlyMap<string, MirroredRecord>,
): Promise<Kept> {
  const known = read.get(record.id);
  if (known !== undefined && keepNewer(known, record) === null) return known;
  const { after } = await upsertNewer(mirror, record.id, (current) => keepNewer(current, record));
  return after!;
}
