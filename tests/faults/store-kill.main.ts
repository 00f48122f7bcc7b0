/** The victim of store-kill.test.ts: writes with eight writers until it is killed, and says each write once it was acknowledged. */
import { writeSync } from 'node:fs';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { systemClock } from '@commonpurse/shared/service';
import { type Note, noteDeclaration } from './note.ts';

const [directory = '', life = '0'] = process.argv.slice(2);
const store = await openJsonStore({ directory, clock: systemClock, compactAboveBytes: 40_000 });
const notes = await store.collection<Note>(noteDeclaration(false));
const cold = await store.collection<Note>({ ...noteDeclaration(true), name: 'cold' });
const tell = (collection: string, id: string, version: number): void => void writeSync(1, `${collection} ${id} ${version}\n`);

async function writer(name: string): Promise<void> {
  for (let n = 0; ; n += 1) {
    const _id = `${life}-${name}-${n}`;
    const draft = { _id, version: 1, group: name, size: n, tags: [name], text: 'x'.repeat(n % 200) };
    await notes.insert(draft);
    tell('notes', _id, 1);
    await cold.insertMany([draft, { ...draft, _id: `${_id}-b` }]);
    tell('cold', `${_id}-b`, 1);
    await notes.replace({ ...draft, version: 2 }, 1);
    tell('notes', _id, 2);
    if (n % 5 === 4) {
      await notes.remove([_id]);
      tell('notes', _id, 0);
    }
  }
}
await Promise.all(Array.from('abcdefgh', writer));
