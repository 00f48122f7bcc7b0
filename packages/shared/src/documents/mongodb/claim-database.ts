import type { Db } from 'mongodb';
import { StoreRefused } from '../documents.ts';
import { attempt } from './attempt.ts';
import { codeOf, kindOf } from './failure.ts';

/** The collection that says whose database this is. */
export const markCollection = 'store';

interface Mark {
  readonly _id: string;
  readonly commonpurse: 'store';
  readonly format: number;
}
/** How documents lie in the database. A version of this code reads its own and all older ones. */
const format = 1;

/** Makes an empty database ours, or finds that it is. Refuses what another program has put there, and a format newer than this code. */
export async function claimDatabase(db: Db): Promise<void> {
  const name = `the database ${db.databaseName}`;
  const mark = (await readMark(db)) ?? (await makeMark(db));
  if (mark?.commonpurse !== 'store') {
    throw new StoreRefused(`${name} holds another product's data: name another database, or empty this one if nobody needs it`);
  }
  if (!(mark.format <= format)) {
    throw new StoreRefused(`${name} was written by a newer version (format ${mark.format}; this one knows ${format}): start that version`);
  }
}

const marksOf = (db: Db) => db.collection<Mark>(markCollection);
const readMark = (db: Db): Promise<Mark | null> => attempt(markCollection, () => marksOf(db).findOne({ _id: 'store' }));

/** Null when something else is there. Another instance may be making the same mark, and go on before this one has looked. */
async function makeMark(db: Db): Promise<Mark | null> {
  const collections = await attempt(markCollection, () => db.listCollections({}, { nameOnly: true }).toArray());
  const other = collections.some(({ name }) => name !== markCollection && !name.startsWith('system.'));
  if (other || (await attempt(markCollection, () => marksOf(db).findOne({}))) !== null) return readMark(db);
  const mark: Mark = { _id: 'store', commonpurse: 'store', format };
  const made = await attempt(markCollection, () => insertUnlessThere(db, mark));
  return made ? mark : readMark(db);
}

async function insertUnlessThere(db: Db, mark: Mark): Promise<boolean> {
  try {
    await marksOf(db).insertOne(mark);
    return true;
  } catch (error) {
    if (kindOf(codeOf(error)) === 'duplicate') return false;
    throw error;
  }
}
