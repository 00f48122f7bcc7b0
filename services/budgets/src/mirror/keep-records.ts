import { allInSlices, type Documents, type Draft, upsertNewer } from '@commonpurse/shared/documents';
import { type DayKey, dayKeyId, dayKeyOf } from './day-key.ts';
import { keepNewer, keysToRecompute, mirrored, type MirroredRecord, type ToldRecord } from './mirrored-record.ts';

type Kept = Draft<MirroredRecord>;
type Known = Map<string, MirroredRecord>;
/** Of day totals, by their ids. */
type Keys = Map<string, DayKey>;

/** Brings the mirror to what was told or beyond, never back. Answers which day totals must be computed anew, each once, also where everything
 *  was known already. Rows that are new land together; a first version is nearly always new, and is not looked for before. */
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
  const keys: Keys = new Map();
  const met = told.filter((each) => !isFirst(each, landed.get(each.record.id), keys));
  const kept = await allInSlices(met, async (each) => landedAs(each, landed) ?? (await keepOne(mirror, each, known)));
  for (const [at, each] of met.entries()) for (const key of keysToRecompute(each, kept[at]!)) keys.set(dayKeyId(key), key);
  return [...keys.values()];
}

/** Whether nothing was told and kept of it but the state that has landed; its day's total is noted then. An import brings thousands of them,
 *  of few days. */
function isFirst({ record, was }: ToldRecord, landed: Kept | undefined, keys: Keys): boolean {
  if (was !== null || landed?.version !== record.version) return false;
  const { key } = landed;
  if (key !== undefined && !keys.has(key)) keys.set(key, dayKeyOf(key));
  return true;
}

function landedAs({ record }: ToldRecord, landed: ReadonlyMap<string, Kept>): Kept | null {
  const draft = landed.get(record.id);
  return draft?.version === record.version ? draft : null;
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
