import type { Collection, Document, IndexDescription, IndexDescriptionInfo } from 'mongodb';
import { MongoServerError } from 'mongodb';
import type { Index } from '../documents.ts';
import { StoreRefused } from '../documents.ts';
import { attempt } from './attempt.ts';
import { codeOf, kindOf } from './failure.ts';
import { differenceOf, planIndex } from './index-plan.ts';

/** NamespaceNotFound: the collection is new. */
const noCollection = 26;
/** IndexOptionsConflict, IndexKeySpecsConflict. */
const conflictCodes = new Set<unknown>([85, 86]);

/** How often an index is tried: instances that start together may get in each other's way, and not every server says so by a code. */
const triesMax = 10;

/** Makes the declared indexes that are missing. Answers one line for each that is there and differs; those stay as they are, for on a large
 *  collection only an operator can say when to drop one and build it anew. */
export async function createIndexes<T extends Document>(collection: Collection<T>, declared: readonly Index[]): Promise<string[]> {
  const name = collection.collectionName;
  const there = await attempt(name, () => indexesOf(collection));
  const differences: string[] = [];
  for (const planned of declared.map(planIndex)) {
    const difference = await attempt(`${name}: index ${planned.name}`, () => settle(collection, planned, there));
    if (difference !== null) differences.push(`${name}: ${difference}`);
  }
  return differences;
}

async function settle<T extends Document>(
  collection: Collection<T>,
  planned: IndexDescription,
  there: readonly IndexDescriptionInfo[],
): Promise<string | null> {
  for (let [tries, existing] = [1, there]; ; tries++) {
    const named = existing.find(({ name }) => name === planned.name);
    if (named) return differenceOf(planned, named);
    try {
      return await make(collection, planned);
    } catch (error) {
      if (!(error instanceof MongoServerError) || tries === triesMax) throw error;
    }
    existing = await indexesOf(collection);
  }
}

async function indexesOf<T extends Document>(collection: Collection<T>): Promise<IndexDescriptionInfo[]> {
  try {
    return await collection.listIndexes().toArray();
  } catch (error) {
    if (codeOf(error) === noCollection) return [];
    throw error;
  }
}

async function make<T extends Document>(collection: Collection<T>, planned: IndexDescription): Promise<string | null> {
  try {
    await collection.createIndexes([planned]);
    return null;
  } catch (error) {
    if (conflictCodes.has(codeOf(error))) return `index ${planned.name} can't be made beside another one on the same fields`;
    if (kindOf(codeOf(error)) !== 'duplicate') throw error;
    const why = `${collection.collectionName}: index ${planned.name} can't be made: documents share a value that must be unique`;
    throw new StoreRefused(`${why}. Change or remove all but one of them`, { cause: error });
  }
}
