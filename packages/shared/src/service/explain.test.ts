import { expect, test } from '@jest/globals';
import { StoreDamaged } from '../documents/documents.ts';
import { explain } from './explain.ts';

test.each([
  ['notes.jsonl and notes.journal.jsonl have the same name', '; bring its whole folder back from a backup'],
  ['store.json is missing though there is data: bring it back from a backup', ''],
  ['notes.jsonl is damaged at byte 7. The way back: stop everything, move notes.jsonl away and rename notes.jsonl.bak to it', ''],
  ['notes.jsonl was written by a newer version: start that version', ''],
])('damage is told with one way back: %s', (damage, added) => {
  expect(explain(new StoreDamaged(damage))).toBe(damage + added);
});

test.each([
  ['EMFILE', /ulimit -n/],
  ['EACCES', /^\/data\/records is closed to this user; give them the right/],
  ['EROFS', /^\/data\/records is on a disk that can not be written/],
  ['ENOSPC', /^the disk of \/data\/records is full/],
])('%s is told as what can be done about it', (code, line) => {
  expect(explain(Object.assign(new Error(`${code}: as Node says it`), { code, path: '/data/records' }))).toMatch(line);
});
