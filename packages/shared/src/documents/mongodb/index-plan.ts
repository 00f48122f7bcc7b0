import type { IndexDescription, IndexDescriptionInfo } from 'mongodb';
import type { Index } from '../documents.ts';

/** An index as MongoDB makes it. There `sparse` leaves out only what lacks every field; with the id among them that is nothing, so that it
 *  says something of single fields only. */
export function planIndex({ name, fields, unique = false, sparse = false }: Index): IndexDescription {
  const key = Object.fromEntries(fields.map((field) => [field, 1] as const));
  return { name, key, ...(unique && { unique }), ...(sparse && fields.length === 1 && { sparse }) };
}

/** How an existing index of that name is another one; null when it is as declared. */
export function differenceOf(planned: IndexDescription, existing: IndexDescriptionInfo): string | null {
  const differs = describeIndex(planned) !== describeIndex(existing);
  return differs ? `index ${planned.name} is ${describeIndex(existing)} where ${describeIndex(planned)} is declared` : null;
}

type Described = Pick<IndexDescriptionInfo, 'key' | 'unique' | 'sparse' | 'partialFilterExpression' | 'expireAfterSeconds' | 'collation'>;

function describeIndex(index: IndexDescription | IndexDescriptionInfo): string {
  const { key, unique, sparse, partialFilterExpression, expireAfterSeconds, collation } = index as Described;
  const words = [
    unique && 'unique',
    sparse && 'sparse',
    partialFilterExpression !== undefined && 'partial',
    expireAfterSeconds !== undefined && 'expiring',
    collation !== undefined && 'collated',
  ].filter((word) => typeof word === 'string');
  return [...words, JSON.stringify(key)].join(' ');
}
