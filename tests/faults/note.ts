import type { CollectionDeclaration, Doc, Documents, Filter } from '@commonpurse/shared/documents';

/** What the random histories write: a field for every kind of index. */
export interface Note extends Doc {
  readonly group: string;
  readonly code?: string;
  readonly size: number;
  readonly tags: readonly string[];
  readonly text: string;
}

export const noteDeclaration = (cold: boolean): CollectionDeclaration => ({
  name: 'notes',
  cold,
  indexes: [
    { name: 'group', fields: ['group', 'size', '_id'] },
    { name: 'code', fields: ['code'], unique: true, sparse: true },
    { name: 'tags', fields: ['tags', '_id'] },
  ],
});

/** Throws when an index finds, counts or adds up anything else than looking at every document does. */
export async function checkIndexes(notes: Documents<Note>, all: readonly Note[]): Promise<void> {
  const same = (what: string, found: unknown, expected: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(expected))
      throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  };
  const idsOf = (some: readonly Note[]): string[] => some.map(({ _id }) => _id);
  const check = async (what: string, filter: Filter, matches: (note: Note) => boolean): Promise<void> => {
    const expected = all.filter(matches).toSorted((a, b) => a.size - b.size || (a._id < b._id ? -1 : 1));
    same(
      what,
      idsOf(
        await notes.find(filter, {
          sort: [
            ['size', 1],
            ['_id', 1],
          ],
        }),
      ),
      idsOf(expected),
    );
    same(`${what}, counted`, await notes.count(filter), expected.length);
    const total = (await notes.sum(filter, { by: [], of: 'size' }))[0]?.sum ?? 0;
    same(
      `${what}, added up`,
      total,
      expected.reduce((sum, { size }) => sum + size, 0),
    );
  };
  for (const group of ['g0', 'g1', 'g2']) await check(`group ${group}`, { group }, (note) => note.group === group);
  await check('a range', { group: 'g1', size: { $gte: 20, $lt: 60 } }, ({ group, size }) => group === 'g1' && size >= 20 && size < 60);
  for (const tag of ['a', 'b']) await check(`tag ${tag}`, { tags: tag }, ({ tags }) => tags.includes(tag));
  for (const { code, _id } of all) if (code !== undefined) same(`code ${code}`, idsOf(await notes.find({ code })), [_id]);
  const telling = all.filter(({ outbox }) => (outbox ?? []).length > 0);
  same('outboxes', idsOf(await notes.withOutbox('9', all.length + 1)).toSorted(), idsOf(telling).toSorted());
}
