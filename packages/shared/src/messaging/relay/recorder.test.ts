import { describe, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import { noteEntry, openNotes } from '../testing/open-notes.ts';
import { lineOf } from '../history-line.ts';
import { createRecorder } from './recorder.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function open(withinMs: number) {
  const clock = fakeClock();
  const { history } = await openNotes(memoryDisk(), clock);
  const writes: number[] = [];
  const closing = new AbortController();
  let isAway = false;
  let rests = 0;
  const watched: Pick<typeof history, 'insertMany'> = {
    insertMany: async (lines) => {
      writes.push(lines.length);
      if (isAway) throw new Error('the store is away');
      return history.insertMany(lines);
    },
  };
  const recorder = createRecorder({ history: watched, clock, withinMs, closed: closing.signal, rested: () => (rests += 1) });
  const record = (id: string, atOnce = false): Promise<void> => {
    const entry = noteEntry(id, 1, clock);
    return recorder.record([lineOf(entry, null, { aggregate: 'note', aggregateId: id, recordedAt: entry.at })], atOnce);
  };
  return {
    clock,
    history,
    writes,
    closing,
    recorder,
    record,
    rests: () => rests,
    goAway: () => (isAway = true),
    comeBack: () => (isAway = false),
  };
}

describe('What is put on record', () => {
  test('waits for others, as long as it may, and is written with them', async () => {
    const { clock, history, writes, recorder, record, rests } = await open(100);
    const first = record('a');
    clock.advance(99);
    const second = record('b');
    await turn();
    expect([writes, recorder.busy]).toEqual([[], true]);
    clock.advance(1);
    await Promise.all([first, second]);
    expect([writes, await history.count({}), recorder.busy]).toEqual([[2], 2, false]);
    const third = record('c');
    clock.advance(100);
    await third;
    expect([writes, rests()]).toEqual([[2, 1], 2]);
  });

  test('waits for nobody where somebody waits for it, where many have come, and where nobody may wait', async () => {
    const { writes, record } = await open(100);
    await Promise.all([record('a'), record('b', true)]);
    await Promise.all(Array.from({ length: 200 }, (_, n) => record(`note-${n}`)));
    expect(writes).toEqual([2, 200]);
    void record('one that may wait again');
    await turn();
    expect(writes).toEqual([2, 200]);
    const hasty = await open(0);
    await Promise.all([hasty.record('a'), hasty.record('b')]);
    expect([hasty.writes, hasty.recorder.busy]).toEqual([[1, 1], false]);
    await hasty.recorder.record([], false);
    expect(hasty.writes).toEqual([1, 1]);
  });

  test.each([0, 100])('tells all that were written together that it failed, and takes what comes later: %i ms', async (withinMs) => {
    const { history, recorder, record, goAway, comeBack } = await open(withinMs);
    goAway();
    const outcomes = await Promise.allSettled([record('a'), record('b', true)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    comeBack();
    await record('a', true);
    expect([await history.count({}), recorder.busy]).toEqual([1, false]);
  });

  test('is written at once when it ends', async () => {
    const { writes, closing, record } = await open(100);
    const waiting = record('a');
    closing.abort();
    await waiting;
    await record('b');
    expect(writes).toEqual([1, 1]);
  });
});
