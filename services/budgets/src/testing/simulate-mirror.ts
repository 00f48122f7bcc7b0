import { mulberry32 } from '@commonpurse/shared/testing';
import type { RecordState } from '@commonpurse/shared/contracts';
import type { Documents } from '@commonpurse/shared/documents';
import type { PeriodDoc } from '../alerts/alert.ts';
import type { DayTotal } from '../mirror/day-total.ts';
import type { MirroredRecord, ToldRecord } from '../mirror/mirrored-record.ts';
import type { PeriodSpending } from '../progress/period-spending.ts';
import { openEmptyStore } from './open-store.ts';
import { type SimulatedRecords, simulateRecords } from './simulated-records.ts';
import { expense, wasOf } from './told-records.ts';

/** What one process does with what it is told: one delivery of one event. */
export type Consumer = (told: readonly ToldRecord[]) => Promise<void>;
export interface Stored {
  readonly mirror: Documents<MirroredRecord>;
  readonly totals: Documents<DayTotal>;
  readonly spendings: Documents<PeriodSpending>;
  readonly periods: Documents<PeriodDoc>;
  /** Not stored here, but as far away. */
  readonly records: Pick<SimulatedRecords, 'spentNow'>;
}
/** Starts a process on what is stored. It may die at any of its calls to the store, before or after it took effect. */
export type StartConsumer = (stored: Stored) => Consumer;

class Died extends Error {}

/** Random records change, their events reach two processes late, twice, out of order and concurrently, while these die and start again;
 *  every event is delivered until one process was done with it. Answers what is wrong then: by default totals and figures kept of periods that
 *  are not those of the newest states, records that are not the newest. The same seed makes the same history and the same fates. */
export async function simulateMirror(seed: number, start: StartConsumer, judge: Judge = faultsOf): Promise<string[]> {
  const random = mulberry32(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const {
    documents,
    store: { mirror, totals, spendings, periods },
  } = await openEmptyStore();
  const history = randomHistory(below);
  const records = simulateRecords(history.lives, below);
  const stored = { mirror, totals, spendings, periods, records };
  const processes = [createProcess(stored, start, below), createProcess(stored, start, below)];
  let queue = shuffled([...history.events, ...history.events.filter(() => below(3) === 0)], below);
  for (let round = 0; queue.length > 0; round += 1) {
    const flying = queue.splice(0, 1 + below(6));
    flying.forEach(records.reach);
    const calm = round > 40;
    const fates = flying.map(async (told) => ((await processes[below(2)]!.deliver(told)) ? null : told));
    if (!calm && below(3) === 0) processes[below(2)]!.die(below(12));
    const failed = (await Promise.all(fates)).filter((told) => told !== null);
    queue = shuffled([...queue, ...failed], below);
    for (const each of processes) each.revive();
  }
  const wrong = await judge(stored, history, records);
  await documents.close();
  return wrong;
}

interface Process {
  deliver(told: readonly ToldRecord[]): Promise<boolean>;
  die(afterCalls: number): void;
  revive(): void;
}

function createProcess(stored: Stored, start: StartConsumer, below: (limit: number) => number): Process {
  let life = { callsLeft: Infinity };
  let consume = start(mortal(stored, life, below));
  return {
    deliver: async (told) => {
      try {
        await consume(told);
        return true;
      } catch (error) {
        if (error instanceof Died) return false;
        throw error;
      }
    },
    die: (afterCalls) => {
      life.callsLeft = afterCalls;
    },
    revive: () => {
      if (life.callsLeft === Infinity) return;
      life.callsLeft = 0;
      life = { callsLeft: Infinity };
      consume = start(mortal(stored, life, below));
    },
  };
}

function mortal(stored: Stored, life: { callsLeft: number }, below: (limit: number) => number): Stored {
  const breathe = async (): Promise<void> => {
    // Mostly swift, sometimes so slow that another does all of its work meanwhile.
    for (let turns = below(8) === 0 ? 40 : below(3); turns > 0; turns -= 1) await new Promise<void>((resolve) => setImmediate(resolve));
    if (life.callsLeft <= 0) throw new Died();
    life.callsLeft -= 1;
  };
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          await breathe();
          const outcome = await settled(Reflect.apply(method, target, given) as Promise<unknown>);
          await breathe();
          if ('error' in outcome) throw outcome.error;
          return outcome.value;
        };
      },
    });
  const { mirror, totals, spendings, periods, records } = stored;
  return { mirror: wrap(mirror), totals: wrap(totals), spendings: wrap(spendings), periods: wrap(periods), records: wrap(records) };
}

const settled = async (promise: Promise<unknown>): Promise<{ value: unknown } | { error: unknown }> => {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
};

/** What came of it all. */
export type Judge = (stored: Stored, history: History, records: SimulatedRecords) => Promise<string[]>;

interface History {
  /** The states of each record. */
  readonly lives: readonly (readonly RecordState[])[];
  readonly events: (readonly ToldRecord[])[];
  readonly newest: readonly RecordState[];
}

/** Some records of two owners; half of them were imported, so that version 1 is told by a chunk. An event may be rendered late: it then
 *  carries a newer state than the one it was made for, and still says what was before its own. Every other history is narrow: one record
 *  that counts at one place and goes back and forth between two amounts, where races that cancel out would hide. */
function randomHistory(below: (limit: number) => number): History {
  const narrow = below(2) === 0;
  const lives = Array.from({ length: narrow ? 1 : 2 + below(5) }, (_, index) => randomLife(`r${index}`, below, narrow));
  const imported = (index: number): boolean => !narrow && index % 2 === 0;
  const chunk = lives.filter((_, index) => imported(index)).map((states) => ({ record: states[0]!, was: null }));
  const events = lives.flatMap((states, index) =>
    states.flatMap((_, at): (readonly ToldRecord[])[] => {
      if (at === 0 && imported(index)) return [];
      const rendered = states[at + (narrow ? 0 : below(states.length - at))]!;
      return [[{ record: rendered, was: at === 0 ? null : wasOf(states[at - 1]!) }]];
    }),
  );
  return { lives, events: [...events, chunk], newest: lives.map((states) => states.at(-1)!) };
}

function randomLife(id: string, below: (limit: number) => number, narrow: boolean): RecordState[] {
  const pick = <T>(...choices: T[]): T => choices[narrow ? 0 : below(choices.length)]!;
  const ownerId = pick('ada', 'bob');
  const type = pick('expense' as const, 'expense' as const, 'expense' as const, 'income' as const);
  return Array.from({ length: narrow ? 3 + below(4) : 1 + below(5) }, (_, index) =>
    expense({
      id,
      ownerId,
      type,
      version: index + 1,
      date: pick('2026-01-01', '2026-01-02'),
      category: pick('Food', 'Rent|2'),
      currency: pick('EUR', 'EUR', 'USD'),
      amountMinor: narrow ? 100 * (1 + (index % 2)) : pick(100, 200, 300),
      deleted: index > 0 && !narrow && below(4) === 0,
    }),
  );
}

async function faultsOf({ mirror, totals, spendings }: Stored, { newest }: History): Promise<string[]> {
  const ofDays: Sums = new Map();
  const ofOwners = new Map<string, Sums>();
  for (const { ownerId, date, category, currency, amountMinor, type, deleted } of newest) {
    if (type !== 'expense' || deleted) continue;
    const sums: Sums = ofOwners.get(ownerId) ?? new Map();
    ofOwners.set(ownerId, add(sums, `${category} ${currency}`, amountMinor));
    add(ofDays, `${ownerId} ${date} ${category} ${currency}`, amountMinor);
  }
  const days = (await totals.find({})).map((of) => [`${of.ownerId} ${of.day} ${of.category} ${of.currency}`, of.sumMinor] as const);
  const ofPeriods = (await spendings.find({})).flatMap(({ _id, ownerId, sums }) => {
    const kept = sums.map((of) => [`${of.category} ${of.currency}`, of.sumMinor] as const);
    return different(new Map(kept), ofOwners.get(ownerId) ?? new Map()).map((fault) => `${_id} ${fault}`);
  });
  const versions = new Map((await mirror.find({})).map((doc) => [doc._id, doc.version]));
  const old = newest.filter(({ id, version }) => versions.get(id) !== version).map(({ id }) => `${id} is at ${versions.get(id)}`);
  return [...different(new Map(days), ofDays), ...ofPeriods, ...old];
}

type Sums = Map<string, number>;
const add = (sums: Sums, key: string, amountMinor: number): Sums => sums.set(key, (sums.get(key) ?? 0) + amountMinor);
const different = (actual: Sums, expected: Sums): string[] =>
  [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((key) => (expected.get(key) ?? 0) !== (actual.get(key) ?? 0))
    .map((key) => `${key}: ${actual.get(key)} is not ${expected.get(key)}`);

function shuffled<T>(items: readonly T[], below: (limit: number) => number): T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = below(index + 1);
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
}
