import { describe, expect, test } from '@jest/globals';
import { fakeClock, type FakeClock, memoryDisk, mulberry32 } from '../testing/index.ts';
import { readHistory } from './history.ts';
import { verifyChain } from './history-line.ts';
import { type Life, live, type Ways } from './testing/live-and-die.ts';
import { mortalDisk } from './testing/mortal-disk.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ids = ['a', 'b', 'c'];

/** Runs a system that is killed again and again at random operations of its disk, then lets it come to rest. What is wrong then, in words. */
async function simulate(seed: number, ways: Ways): Promise<string[]> {
  const random = mulberry32(seed);
  const disk = memoryDisk();
  const clock = fakeClock();
  const acknowledged = new Map<string, number>();
  for (let lives = 1 + Math.floor(random() * 4); lives > 0; lives -= 1) {
    const mortal = mortalDisk(disk);
    const doom = (operations: number): void => mortal.doom(1 + Math.floor(random() * operations), random() < 0.5);
    // Some die while they start, most while they work.
    if (random() < 0.3) doom(100);
    const over = live(mortal, clock, seed, ways).then(async (life) => {
      doom(80);
      await Promise.all(ids.map((id) => writeOn(life, id, lives, acknowledged)));
      return life;
    });
    let survivor: Life | null = null;
    void over.then((life) => (survivor = life));
    await runUntil(clock, () => mortal.dead || survivor?.quiet() === true, 4_000);
    await mortal.bury();
  }
  const last = await started(live(disk, clock, seed, ways), clock);
  await runUntil(clock, () => last.quiet(), 2_000);
  if (ways.catchUp === true) await started(last.catchUp(), clock);
  return flawsOf(last, acknowledged);
}

/** One writer: as many versions of one note as it gets to. */
async function writeOn(life: Life, id: string, which: number, acknowledged: Map<string, number>): Promise<void> {
  for (let n = 0; n < 6; n += 1) acknowledged.set(id, await life.write(id, `${id} of life ${which}, ${n}`));
}

/** Lets turns and time go by until something holds, but not for ever: a flaw may be that it never does. */
async function runUntil(clock: FakeClock, holds: () => boolean, turns: number): Promise<void> {
  for (let n = 0; n < turns && !holds(); n += 1) {
    clock.advance(20);
    await turn();
  }
}

async function started<R>(work: Promise<R>, clock: FakeClock): Promise<R> {
  let over = false;
  const done = work.finally(() => (over = true));
  await runUntil(clock, () => over, 10_000);
  return done;
}

async function flawsOf({ producer, effects, mirror }: Life, acknowledged: ReadonlyMap<string, number>): Promise<string[]> {
  const flaws: string[] = [];
  const expectThat = (holds: boolean, flaw: string): void => void (holds || flaws.push(flaw));
  for (const id of ids) {
    const note = await producer.notes.get(id);
    const version = note?.version ?? 0;
    expectThat(version >= (acknowledged.get(id) ?? 0), `${id}: an acknowledged version is gone`);
    expectThat((note?.outbox ?? []).length === 0, `${id}: entries are left in the outbox`);
    expectThat(((await mirror.get(id))?.version ?? 0) === version, `${id}: the mirror is behind or ahead`);
    const lines = await readHistory(producer.history, id, note);
    const chain = verifyChain(lines);
    expectThat(lines.length === version && chain.ok && chain.head === (note?.historyHash ?? null), `${id}: history is not whole`);
    const told = (await effects.find({})).filter((effect) => effect._id.startsWith(`note.changed/${id}/`));
    expectThat(told.length === version, `${id}: ${version} versions had ${told.length} effects`);
    for (const { entry } of lines) {
      const effect = told.find((one) => one._id === entry.id);
      expectThat(
        effect === undefined || effect.text === null || effect.text === entry.change?.after?.text,
        `${entry.id}: an effect of what was never written`,
      );
    }
  }
  return flaws;
}

const seeds = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

describe('a system that is killed at any operation', () => {
  test.each(seeds(60))('gives every committed event its effect exactly once (seed %d)', async (seed) => {
    expect(await simulate(seed, {})).toEqual([]);
  });

  test.each(seeds(20))('does so with a broker that forgets, by catching up (seed %d)', async (seed) => {
    expect(await simulate(seed, { forgetfulBus: true, catchUp: true })).toEqual([]);
  });
});

/** The simulation is worth what it finds. */
describe('the simulation finds', () => {
  const found = async (ways: Ways, what: string): Promise<void> => {
    for (const seed of seeds(60)) {
      if ((await simulate(seed, ways)).some((flaw) => flaw.includes(what))) return;
    }
    throw new Error(`60 seeds did not show: ${what}`);
  };

  test('a relay that pulls before the event was delivered', () => found({ confirmEarly: true }, 'effects'));
  test('a writer that publishes before it has written', () => found({ publishBeforeCommit: true }, 'never written'));
  test('a relay that never sweeps', () => found({ noSweep: true }, 'left in the outbox'));
  test('a broker that forgets, where nobody catches up', () => found({ forgetfulBus: true }, 'effects'));
});
