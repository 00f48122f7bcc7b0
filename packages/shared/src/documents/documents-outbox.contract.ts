import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ground, Kind, OpenStore } from './documents-ground.contract.ts';
import { entry, groundOf, idsOf, note } from './documents-ground.contract.ts';

export function describeOutboxes(open: OpenStore, kind: Kind): void {
  describe('outboxes', () => {
    let ground: Ground;
    beforeEach(async () => {
      ground = await groundOf(open, kind);
    });
    afterEach(() => ground.opened.end());

    test('entries pile up until the relay has pulled them, whatever a writer hands in', async () => {
      const { notes } = ground;
      const first = await notes.insert(note('a'), [entry('a', 1)]);
      const second = await notes.replace({ ...first, version: 2 }, 1, [entry('a', 2)]);
      expect(second.outbox).toEqual([entry('a', 1), entry('a', 2)]);
      await notes.pullOutbox([{ id: 'a', entryIds: [entry('a', 1).id], historyHash: 'h1' }]);
      const pulled = await notes.get('a');
      expect(pulled).toMatchObject({ version: 2, changedAt: second.changedAt, outbox: [entry('a', 2)], historyHash: 'h1' });
      const stale = { ...second, version: 3, historyHash: 'old' };
      const third = await notes.replace(stale, 2);
      expect(third).toMatchObject({ outbox: [entry('a', 2)], historyHash: 'h1' });
    });

    test('a pull of what is gone already, or of a document that is gone, is no mistake', async () => {
      const { notes } = ground;
      await notes.insert(note('a'), [entry('a', 1)]);
      const pull = { id: 'a', entryIds: [entry('a', 1).id] };
      await notes.pullOutbox([pull]);
      await notes.pullOutbox([pull, { id: 'missing', entryIds: ['x'] }]);
      expect((await notes.get('a'))?.outbox ?? []).toEqual([]);
    });

    test('a relay that comes late does not set the hash back', async () => {
      const { notes } = ground;
      await notes.insert(note('a'), [entry('a', 1)]);
      await notes.replace(note('a', { version: 2 }), 1, [entry('a', 2)]);
      await notes.pullOutbox([{ id: 'a', entryIds: [entry('a', 1).id, entry('a', 2).id], historyHash: 'h2' }]);
      const late = { id: 'a', entryIds: [entry('a', 1).id], historyHash: 'h1' };
      await notes.pullOutbox([late]);
      expect(await notes.get('a')).toMatchObject({ historyHash: 'h2' });
      // nor where something waits again
      await notes.replace(note('a', { version: 3 }), 2, [entry('a', 3)]);
      await notes.pullOutbox([late]);
      expect(await notes.get('a')).toMatchObject({ historyHash: 'h2', outbox: [{ id: entry('a', 3).id }] });
      await notes.pullOutbox([{ id: 'a', entryIds: [entry('a', 2).id, entry('a', 3).id], historyHash: 'h3' }]);
      expect(await notes.get('a')).toMatchObject({ historyHash: 'h3' });
    });

    test('many documents are pulled at once, also one twice', async () => {
      const { notes } = ground;
      for (const id of ['a', 'b']) await notes.insert(note(id), [entry(id, 1), entry(id, 2)]);
      await notes.pullOutbox([
        { id: 'a', entryIds: [entry('a', 1).id], historyHash: 'a1' },
        { id: 'b', entryIds: [entry('b', 1).id, entry('b', 2).id], historyHash: 'b2' },
        { id: 'a', entryIds: [entry('a', 2).id], historyHash: 'a2' },
      ]);
      const [a, b] = await notes.getMany(['a', 'b']);
      expect([a?.outbox ?? [], b?.outbox ?? []]).toEqual([[], []]);
      expect([a?.historyHash, b?.historyHash]).toEqual(['a2', 'b2']);
    });

    test('a writer that races the relay loses nothing', async () => {
      const { notes } = ground;
      await notes.insert(note('a'), [entry('a', 1)]);
      await Promise.all([
        notes.replace(note('a', { version: 2 }), 1, [entry('a', 2)]),
        notes.pullOutbox([{ id: 'a', entryIds: [entry('a', 1).id], historyHash: 'h1' }]),
      ]);
      expect(await notes.get('a')).toMatchObject({ version: 2, outbox: [entry('a', 2)], historyHash: 'h1' });
    });

    test('withOutbox finds what waits longer than wanted, the longest waiting first', async () => {
      const { notes } = ground;
      const at = (minute: number): string => `2026-01-15T12:0${minute}:00.000Z`;
      await notes.insert(note('late'), [entry('late', 1, at(3))]);
      await notes.insert(note('early'), [entry('early', 1, at(1)), entry('early', 2, at(5))]);
      await notes.insert(note('middle'), [entry('middle', 1, at(2))]);
      await notes.insert(note('silent'));
      expect(idsOf(await notes.withOutbox(at(3), 10))).toEqual(['early', 'middle']);
      expect(idsOf(await notes.withOutbox(at(9), 2))).toEqual(['early', 'middle']);
      await notes.pullOutbox([{ id: 'early', entryIds: [entry('early', 1).id] }]);
      expect(idsOf(await notes.withOutbox(at(9), 10))).toEqual(['middle', 'late', 'early']);
      await notes.remove(['middle']);
      expect(idsOf(await notes.withOutbox(at(9), 10))).toEqual(['late', 'early']);
    });

    test('a listener hears of every durable write with entries, and no longer once it stopped', async () => {
      const { notes } = ground;
      const heard: string[] = [];
      const written: unknown[] = [];
      const stop = notes.onOutbox((id, doc) => {
        heard.push(id);
        written.push(doc);
      });
      const first = await notes.insert(note('a'), [entry('a', 1)]);
      await notes.insert(note('b'));
      await notes.replace(note('b', { version: 2 }), 1, [entry('b', 2)]);
      await notes.insert(note('a'), [entry('a', 1)]).catch(() => {});
      await notes.pullOutbox([{ id: 'a', entryIds: [entry('a', 1).id], historyHash: 'h1' }]);
      await notes.replace(note('a', { version: 2 }), 1, [entry('a', 2)]);
      stop();
      await notes.replace(note('b', { version: 3 }), 2, [entry('b', 3)]);
      expect(heard).toEqual(['a', 'b', 'a']);
      if (kind === 'cold') return;
      expect(written[0]).toEqual(first);
      expect(written[2]).toMatchObject({ version: 2, historyHash: 'h1', outbox: [{ version: 2 }] });
    });

    test('a listener that throws harms no writer', async () => {
      const { notes } = ground;
      const heard: string[] = [];
      notes.onOutbox(() => {
        throw new Error('trouble of its own');
      });
      notes.onOutbox((id) => heard.push(id));
      await notes.insert(note('a'), [entry('a', 1)]);
      expect(heard).toEqual(['a']);
      expect(await notes.get('a')).not.toBeNull();
    });
  });
}
