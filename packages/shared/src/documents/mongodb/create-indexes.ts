import type { Collection, Document, IndexDescription, IndexDescriptionInfo } from 'mongodb';
import type { Index } from '../documents.ts';
import { StoreRefused } from '../documents.ts';
import { attempt } from './attempt.ts';
import { codeOf, kindOf } from './failure.ts';
import { differenceOf, planIndex } from './index-plan.ts';

/** NamespaceNotFound: the collection is new. */
const noCollection = 26;
/** IndexOptionsConflict, IndexKeySpecsConflict. */
const conflictCodes = new Set<unknown>([85, 86]);

/** Makes the declared indexes that are missing. Answers one line for each that is there and differs; those stay as they are, for on a large
 *  collection only an operator can say when to drop one and build it anew. */
export async function createIndexes<T extends Document>(collection: Collection<T>, declared: readonly Index[]): Promise<string[]> {
  const existing = await attempt(collection.collectionName, () => indexesOf(collection));
  const differences: string[] = [];
  for (const planned of declared.map(planIndex)) {
    const named = existing.find(({ name }) => name === planned.name);
    const difference = named ? differenceOf(planned, named) : await attempt(collection.collectionName, () => make(collection, planned));
    if (difference !== null) differences.push(`${collection.collectionName}: ${difference}`);
  }
  return differences;
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
    throw new StoreRefused(
      `${collection.collectionName}: index ${planned.name} can't be made: documents share a value that must be unique. Change or remove all ` +
        'but one of them',
      { cause: error },
    );
  }
}
