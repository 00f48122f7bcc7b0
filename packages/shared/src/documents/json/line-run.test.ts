import { describe, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import type { Doc } from '../documents.ts';
import { openJsonStore } from './index.ts';

interface Note extends Doc {
  readonly text: string;
}
const declaration = { name: 'notes', indexes: [{ name: 'by-text', fields: ['text'] }] };

/** Opens the same files again and again. `compacting`: whatever is written comes from a snapshot the next time. */
function openerOf({ compacting }: { compacting: boolean }) {
  const disk = memoryDisk();
  const options = { directory: 'notes', disk, clock: fakeClock(), ...(compacting && { compactAboveBytes: 1 }) };
  return async () => {
    const store = await openJsonStore(options);
    return { notes: await store.collection<Note>(declaration), close: () => store.close() };
  };
}
const noteOf = (text: string, at = 0) => ({ _id: `note-${String(at).padStart(4, '0')}`, version: 1, text });

describe.each([
  ['a journal', { compacting: false }],
  ['a snapshot', { compacting: true }],
])('documents that are read from %s, many lines at a time', (_, how) => {
  test.each([1, 63, 64, 65, 200])('are all there, %d of them', async (count) => {
    const open = openerOf(how);
    const first = await open();
    const given = Array.from({ length: count }, (__, at) => noteOf(`"text" ${at}, ümlaut\n`, at));
    await first.notes.insertMany(given);
    await first.close();
    const again = await open();
    expect(await again.notes.find({}, { sort: [['_id', 1]], limit: count + 1 })).toMatchObject(given);
    await again.close();
  });

  test('keep the order of code points where that is not the order of UTF-16, also for what happens later', async () => {
    const open = openerOf(how);
    const first = await open();
    await first.notes.insertMany([noteOf('\u{1F600}', 1), noteOf('\uFF5E', 2)]);
    await first.close();
    const again = await open();
    // nothing that comes now would show by itself that the exact order is needed
    await again.notes.insert(noteOf('a', 3));
    const texts = async () => (await again.notes.find({}, { sort: [['text', 1]], limit: 10 })).map(({ text }) => text);
    expect(await texts()).toEqual(['a', '\uFF5E', '\u{1F600}']);
    await again.notes.remove(['note-0002']);
    expect(await texts()).toEqual(['a', '\u{1F600}']);
    await again.close();
  });
});
