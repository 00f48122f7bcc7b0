import type { RecordState } from '@commonpurse/shared/contracts';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import { type FakeClock, fakeClock, mulberry32, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';
import { type NaiveBudget, naivePeriod, type NaivePeriod, naiveReached } from './naive-budgets.ts';
import { playRecords } from './played-records.ts';
import { randomBudget } from './random-budgets.ts';
import { type Dice, diceOf, randomRecords, type RandomRecords, telling } from './random-records.ts';

const hoursAhead = { UTC: 0, 'Pacific/Kiritimati': 14, 'Pacific/Pago_Pago': -11 };

interface Somebody {
  readonly user: TestUser;
  readonly timeZone: keyof typeof hoursAhead;
  readonly monthStartDay: number;
}

/** Some people, their records and budgets, and the service that counts them: what happens is drawn by a seed. */
export interface Life {
  readonly dice: Dice;
  readonly clock: FakeClock;
  readonly harness: TestService;
  readonly people: readonly Somebody[];
  readonly records: RandomRecords;
  /** Living ones, oldest first. */
  readonly budgets: Map<string, NaiveBudget>;
  /** The newest state of each record that the service was told of. */
  readonly told: Map<string, RecordState>;
  /** Events that are late. */
  readonly held: (() => DomainEvent)[];
  readonly underWay: Promise<void>[];
  /** `<period id> <threshold>` of what was reached at some moment, and of what must have fired by now. */
  readonly everReached: Set<string>;
  readonly mustHaveFired: Set<string>;
}

export async function startLife(seed: number): Promise<Life> {
  const dice = diceOf(mulberry32(seed));
  const clock = fakeClock(Date.parse(dice.pick(['2024-02-28T23:59:59.999Z', '2024-12-31T09:00:00.000Z', '2026-01-15T12:00:00.000Z'])));
  const played = playRecords(clock);
  const harness = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), {
    clock,
    peers: { records: played.peer },
  });
  const somebody = async (n: number): Promise<Somebody> => {
    const timeZone = dice.pick(Object.keys(hoursAhead) as (keyof typeof hoursAhead)[]);
    const monthStartDay = dice.pick([1, 1, 15, 28]);
    const sessions = [{ id: `session-${n}`, until: '2999-01-01T00:00:00.000Z' }];
    return { user: await harness.user({ sessions, timeZone, monthStartDay }), timeZone, monthStartDay };
  };
  const people = [await somebody(1), await somebody(2)];
  const owners = people.map(({ user }) => user.id);
  const empty = {
    budgets: new Map(),
    told: new Map(),
    held: [],
    underWay: [],
    everReached: new Set<string>(),
    mustHaveFired: new Set<string>(),
  };
  return { dice, clock, harness, people, records: randomRecords(dice, owners, played.write), ...empty };
}

export const ownerOf = ({ people }: Life, ownerId: string): Somebody => people.find(({ user }) => user.id === ownerId)!;
/** With a token that has not expired, whatever the clock says. */
export const clientOf = ({ harness }: Life, { user }: Somebody) => harness.as({ token: harness.auth.tokenFor(user) });
export const todayOf = ({ clock }: Life, { timeZone }: Somebody): string =>
  new Date(clock.now() + hoursAhead[timeZone] * 3_600_000).toISOString().slice(0, 10);

/** Each period that can hold spending. */
export function periodsOf(budget: NaiveBudget): NaivePeriod[] {
  const periods = telling.map((day) => naivePeriod(budget, day)).filter((period) => period !== null);
  return [...new Map(periods.map((period) => [period.name, period])).values()];
}

const reachedNow = ({ budgets, records }: Life): string[] =>
  [...budgets.values()].flatMap((budget) =>
    periodsOf(budget).flatMap((period) =>
      naiveReached(budget, period, records.newest()).map((percent) => `${budget.id}|${period.name} ${percent}`),
    ),
  );

function deliver({ harness, told, underWay }: Life, event: DomainEvent): void {
  const { record, records = [record!] } = event.data as { record?: RecordState; records?: RecordState[] };
  for (const each of records) if (each.version > (told.get(each.id)?.version ?? 0)) told.set(each.id, each);
  underWay.push(harness.publish(event));
}

/** Now, or later, or both. */
function tell(life: Life, event: () => DomainEvent): void {
  const fate = life.dice.below(8);
  if (fate > 1) deliver(life, event());
  if (fate === 2) deliver(life, event());
  if (fate < 2 || fate === 3)
    life.held.push(
      life.dice.below(2) === 0
        ? event
        : (
            (made) => () =>
              made
          )(event()),
    );
}

function tellAll(life: Life): void {
  const { held, dice } = life;
  while (held.length > 0) deliver(life, held.splice(dice.below(held.length), 1)[0]!());
}

async function createBudget(life: Life): Promise<void> {
  const { dice, budgets, people } = life;
  const [owner, { body, plan }] = [dice.pick(people), randomBudget(dice)];
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const answer = await clientOf(life, owner).post('/budgets', given);
  if (answer.status !== 201) throw new Error(answer.text);
  const { id } = answer.body;
  budgets.set(id, { ...plan, id, ownerId: owner.user.id, monthStartDay: owner.monthStartDay });
}

async function changeBudget(life: Life): Promise<void> {
  const { dice, budgets } = life;
  if (budgets.size === 0) return;
  const budget = dice.pick([...budgets.values()]);
  const client = clientOf(life, ownerOf(life, budget.ownerId));
  const path = `/budgets/${budget.id}`;
  if (dice.below(6) === 0) {
    await client.delete(path);
    budgets.delete(budget.id);
    return;
  }
  const { body, plan } = randomBudget(dice);
  const answer = await client.patch(path, body);
  if (answer.status !== 200) throw new Error(answer.text);
  budgets.set(budget.id, { ...budget, ...plan });
}

function passTime({ dice, clock, people }: Life): void {
  const aheadMs = hoursAhead[dice.pick(people).timeZone] * 3_600_000;
  const midnightMs = Math.ceil((clock.now() + aheadMs + 1) / 86_400_000) * 86_400_000 - aheadMs;
  const endOfDayMs = Date.parse(`${dice.pick(telling)}T23:59:59.999Z`) - aheadMs;
  clock.set(Math.max(clock.now(), dice.pick([midnightMs - 1, midnightMs, endOfDayMs])));
}

/** Some things happen, one after the other or without waiting for what follows. */
export async function liveOn(life: Life): Promise<void> {
  const { dice, records, held } = life;
  const change = () => records.change().forEach((event) => tell(life, event));
  const happenings: readonly (() => unknown)[] = [
    change,
    change,
    change,
    change,
    () => createBudget(life),
    () => changeBudget(life),
    () => passTime(life),
    () => tellAll(life),
  ];
  const waits = dice.below(2) === 0;
  for (let left = 1 + dice.below(4); left > 0; left -= 1) {
    await dice.pick(happenings)();
    for (const each of reachedNow(life)) life.everReached.add(each);
    if (waits) await settled(life);
  }
  await settled(life);
  if (held.length === 0) for (const each of reachedNow(life)) life.mustHaveFired.add(each);
}

export async function endOf(life: Life): Promise<void> {
  tellAll(life);
  await settled(life);
  for (const each of reachedNow(life)) life.mustHaveFired.add(each);
}

/** Everything that follows from what was done and told has followed. */
async function settled({ harness, underWay }: Life): Promise<void> {
  await Promise.all(underWay.splice(0));
  await harness.until(async () => {
    await harness.bus.idle();
    return /outbox_pending\S* 0$/m.test(await harness.service.metrics.metrics()) && harness.bus.pending === 0;
  });
}
