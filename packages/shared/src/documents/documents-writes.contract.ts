import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ground, Kind, Note, OpenStore } from './documents-ground.contract.ts';
import { entry, groundOf, idsOf, note } from './documents-ground.contract.ts';
import { DuplicateKey, StaleVersion } from './documents.ts';

export function describeWrites(open: OpenStore, kind: Kind): void {
  describe('writes', () => {
    let ground: Ground;
    beforeEach(async () => {
      ground = await groundOf(open, kind);
    });
    afterEach(() => ground.opened.end());

    test('what was inserted is read back, stamped with the time of writing', async () => {
      const stored = await ground.notes.insert(note('a', { title: 'Zürich 🚲', tags: ['x'], nested: { deep: null } }));
      expect(stored).toMatchObject({ _id: 'a', version: 1, title: 'Zürich 🚲', tags: ['x'], nested: { deep: null } });
      expect(stored.changedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(await ground.notes.get('a')).toEqual(stored);
      expect(await ground.notes.get('b')).toBeNull();
    });

    test('getMany answers those that exist, in the order asked for', async () => {
      await ground.notes.insertMany([note('a'), note('b'), note('c')]);
      expect(idsOf(await ground.notes.getMany(['c', 'missing', 'a']))).toEqual(['c', 'a']);
      expect(await ground.notes.getMany([])).toEqual([]);
    });

    test('what a caller does to its own objects does not reach the store', async () => {
      const mine = { ...note('a'), tags: ['x'] };
      const stored = await ground.notes.insert(mine);
      const change = (doc: { tags?: readonly string[] }): void => void (doc.tags as string[]).push('y');
      for (const doc of [mine, stored, (await ground.notes.get('a')) ?? mine]) {
        try {
          change(doc);
        } catch {
          // an adapter may also make it impossible
        }
      }
      expect((await ground.notes.get('a'))?.tags).toEqual(['x']);
    });

    test('an id that is taken is refused and changes nothing', async () => {
      await ground.notes.insert(note('a', { title: 'first' }));
      const refusal = await ground.notes.insert(note('a', { title: 'second' })).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DuplicateKey);
      expect(refusal).toMatchObject({ id: 'a', indexName: '_id' });
      expect((await ground.notes.get('a'))?.title).toBe('first');
    });

    test('a unique key that is taken is refused, by insert and by replace; many may lack it', async () => {
      await ground.notes.insert(note('a', { code: 'K' }));
      await ground.notes.insert(note('b'));
      await ground.notes.insert(note('c'));
      await expect(ground.notes.insert(note('d', { code: 'K' }))).rejects.toMatchObject({
        name: 'DuplicateKey',
        id: 'd',
        indexName: 'code',
      });
      await expect(ground.notes.replace(note('b', { code: 'K', version: 2 }), 1)).rejects.toMatchObject({
        name: 'DuplicateKey',
        indexName: 'code',
      });
      expect(await ground.notes.get('d')).toBeNull();
      expect(await ground.notes.get('b')).toMatchObject({ version: 1 });
    });

    test('a unique key is free again once its holder has let go of it or is gone', async () => {
      await ground.notes.insertMany([note('a', { code: 'K' }), note('b', { code: 'L' })]);
      await ground.notes.replace(note('a', { version: 2, code: 'M' }), 1);
      await ground.notes.insert(note('c', { code: 'K' }));
      await ground.notes.remove(['b']);
      await ground.notes.insert(note('d', { code: 'L' }));
      await expect(ground.notes.insert(note('e', { code: 'M' }))).rejects.toBeInstanceOf(DuplicateKey);
      expect(idsOf(await ground.notes.find({ code: { $in: ['K', 'L', 'M'] } }))).toEqual(['a', 'c', 'd']);
    });

    test('insertMany lands what it can and names the duplicates by position', async () => {
      await ground.notes.insertMany([note('a', { code: 'K' })]);
      const result = await ground.notes.insertMany([note('b'), note('a'), note('c', { code: 'K' }), note('d'), note('d')]);
      expect(result.inserted).toBe(2);
      expect(result.duplicates).toEqual([
        { index: 1, id: 'a', indexName: '_id' },
        { index: 2, id: 'c', indexName: 'code' },
        { index: 4, id: 'd', indexName: '_id' },
      ]);
      expect(idsOf(await ground.notes.find({}))).toEqual(['a', 'b', 'd']);
      expect(await ground.notes.insertMany([])).toEqual({ inserted: 0, duplicates: [] });
    });

    test('replace refuses a stale version and keeps none of its entries', async () => {
      await ground.notes.insert(note('a'));
      await ground.notes.replace(note('a', { version: 2, title: 'two' }), 1);
      await expect(ground.notes.replace(note('a', { version: 2, title: 'late' }), 1, [entry('a', 2)])).rejects.toBeInstanceOf(StaleVersion);
      await expect(ground.notes.replace(note('missing', { version: 2 }), 1)).rejects.toBeInstanceOf(StaleVersion);
      const stored = await ground.notes.get('a');
      expect(stored).toMatchObject({ version: 2, title: 'two' });
      expect(stored?.outbox ?? []).toEqual([]);
    });

    test('replace takes the document as a whole: what the new one lacks is gone', async () => {
      await ground.notes.insert(note('a', { title: 'was here', tags: ['x'] }));
      const replaced = await ground.notes.replace(note('a', { version: 2 }), 1);
      expect(replaced.title).toBeUndefined();
      expect(await ground.notes.find({ title: 'was here' })).toEqual([]);
      expect(await ground.notes.find({ tags: 'x' })).toEqual([]);
    });

    test('many are replaced each for itself, and keep what waits in them; one that is refused is told of', async () => {
      const next = (id: string, version: number, facts: Partial<Note> = {}) => ({
        doc: note(id, { version, size: version, ...facts }),
        expectedVersion: version - 1,
      });
      await ground.notes.insertMany(['a', 'b', 'c'].map((id) => note(id)));
      await ground.notes.insert(note('told', { code: 'K' }), [entry('told', 1)]);
      expect(await ground.notes.replaceMany([next('a', 2), next('b', 2), next('told', 2, { code: 'K' })])).toBe(true);
      expect(await ground.notes.get('told')).toMatchObject({ version: 2, size: 2, outbox: [entry('told', 1)] });
      expect(await ground.notes.replaceMany([next('a', 3), next('b', 2), next('c', 2)])).toBe(false);
      expect(await ground.notes.replaceMany([next('missing', 2)])).toBe(false);
      expect(await ground.notes.replaceMany([next('b', 3, { code: 'K' })])).toBe(false);
      expect((await ground.notes.getMany(['a', 'b', 'c', 'missing'])).map(({ version }) => version)).toEqual([3, 2, 2]);
      await expect(ground.notes.replaceMany([{ ...next('a', 3), expectedVersion: 3 }])).rejects.toThrow('is not above');
      expect(await ground.notes.replaceMany([])).toBe(true);
    });

    test('removed documents leave nothing, and their ids can be used again', async () => {
      await ground.notes.insertMany([note('a'), note('b')]);
      await ground.notes.remove(['a', 'never']);
      expect(await ground.notes.get('a')).toBeNull();
      await expect(ground.notes.replace(note('a', { version: 2 }), 1)).rejects.toBeInstanceOf(StaleVersion);
      expect(idsOf(await ground.notes.find({ owner: 'ann' }))).toEqual(['b']);
      await ground.notes.insert(note('a'));
      expect(await ground.notes.count({})).toBe(2);
    });

    describeRaces(() => ground);
    describeEndings(() => ground);
  });
}

const RACERS = 50;
const racers = Array.from({ length: RACERS }, (_, racer) => racer);
const wins = (results: readonly PromiseSettledResult<unknown>[]): number =>
  results.filter((result) => result.status === 'fulfilled').length;

function describeRaces(ground: () => Ground): void {
  test('of 50 concurrent inserts of one id exactly one wins, and every loser then sees the winner', async () => {
    const { notes } = ground();
    const results = await Promise.allSettled(
      racers.map(async (racer) => {
        await notes.insert(note('a', { size: racer })).catch(async (error: unknown) => {
          expect(await notes.get('a')).not.toBeNull();
          throw error;
        });
      }),
    );
    expect(wins(results)).toBe(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(DuplicateKey);
  });

  test('of many inserts at once each has an outcome of its own', async () => {
    const { notes } = ground();
    await notes.insertMany([note('old'), note('holder', { code: 'K' })]);
    const heard = new Set<string>();
    const stop = notes.onOutbox((id) => heard.add(id));
    const outcomes = await Promise.allSettled(
      racers.map((racer) => {
        const id = racer % 5 === 3 ? 'old' : `new-${racer}`;
        return notes.insert(note(id, { size: racer, ...(racer % 5 === 4 && { code: 'K' }) }), [entry(id, 1)]);
      }),
    );
    stop();
    const told = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.size : (outcome.reason as DuplicateKey).indexName,
    );
    expect(told).toEqual(racers.map((racer) => (racer % 5 === 3 ? '_id' : racer % 5 === 4 ? 'code' : racer)));
    const landed = racers.filter((racer) => racer % 5 < 3).map((racer) => `new-${racer}`);
    expect(idsOf(await notes.find({}))).toEqual([...landed, 'holder', 'old'].toSorted());
    expect([...heard].toSorted()).toEqual(landed.toSorted());
  });

  test('of 50 concurrent replaces of one version exactly one wins, and every loser then sees the winner', async () => {
    const { notes } = ground();
    await notes.insert(note('a'));
    const results = await Promise.allSettled(
      racers.map(async (racer) => {
        await notes.replace(note('a', { version: 2, size: racer }), 1, [entry('a', 2)]).catch(async (error: unknown) => {
          expect((await notes.get('a'))?.version).toBe(2);
          throw error;
        });
      }),
    );
    expect(wins(results)).toBe(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StaleVersion);
    const stored = await notes.get('a');
    expect(stored?.size).toBe(results.findIndex((result) => result.status === 'fulfilled'));
    expect(stored?.outbox).toHaveLength(1);
  });

  test('of 50 concurrent claims of one unique key exactly one wins, and every loser then sees the winner', async () => {
    const { notes } = ground();
    await notes.insertMany(racers.slice(25).map((racer) => note(`old-${racer}`)));
    const results = await Promise.allSettled(
      racers.map(async (racer) => {
        const write =
          racer < 25
            ? notes.insert(note(`new-${racer}`, { code: 'K' }))
            : notes.replace(note(`old-${racer}`, { version: 2, code: 'K' }), 1);
        await write.catch(async (error: unknown) => {
          expect(await notes.find({ code: 'K' })).toHaveLength(1);
          throw error;
        });
      }),
    );
    expect(wins(results)).toBe(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ indexName: 'code' });
  });

  test('fifty writers that read again after losing count to fifty', async () => {
    const { notes } = ground();
    await notes.insert(note('a', { size: 0 }));
    const count = async (): Promise<void> => {
      for (;;) {
        const current = await notes.get('a');
        if (!current) throw new Error('it was there');
        try {
          await notes.replace({ ...current, version: current.version + 1, size: current.size + 1 }, current.version);
          return;
        } catch (error) {
          if (!(error instanceof StaleVersion)) throw error;
        }
      }
    };
    await Promise.all(racers.map(count));
    expect(await notes.get('a')).toMatchObject({ version: RACERS + 1, size: RACERS });
  });
}

function describeEndings(ground: () => Ground): void {
  test.each(['reopen', 'kill'] as const)('what was acknowledged is there after %s, and nothing else', async (how) => {
    const { notes, again } = ground();
    await notes.insertMany(racers.map((racer) => note(`n-${racer}`, { size: racer, tags: [`t${racer % 3}`] })));
    await notes.replace(note('n-1', { version: 2, size: 100, title: 'é🚲' }), 1, [entry('n-1', 2)]);
    await notes.remove(['n-2']);
    await notes.insert(note('coded', { code: 'K' }), [entry('coded', 1)]);
    await notes.pullOutbox([{ id: 'coded', entryIds: [entry('coded', 1).id], historyHash: 'h1' }]);
    const before = await notes.find({});
    const tagged = await notes.count({ tags: 't1' });
    const after = await again(how);
    expect((await after.find({})).map(plain)).toEqual(before.map(plain));
    expect(await after.count({ tags: 't1' })).toBe(tagged);
    expect(await after.get('coded')).toMatchObject({ historyHash: 'h1' });
    await expect(after.insert(note('other', { code: 'K' }))).rejects.toBeInstanceOf(DuplicateKey);
    await after.replace(note('n-1', { version: 3 }), 2);
    expect((await after.get('n-1'))?.outbox).toEqual([entry('n-1', 2)]);
  });
}

/** An empty outbox may be there or not. */
const plain = <T extends { outbox?: readonly unknown[] }>({ outbox, ...rest }: T) => (outbox?.length ? { ...rest, outbox } : rest);
