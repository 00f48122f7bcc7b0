import { expect, test } from '@jest/globals';
import { BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import { instantOf } from '@commonpurse/shared/service';
import { type NaiveBudget, naivePeriod, naiveProgress } from './testing/naive-budgets.ts';
import { clientOf, endOf, type Life, liveOn, ownerOf, periodsOf, startLife, todayOf } from './testing/random-life.ts';

const nearest = ({ startDate, endDate }: NaiveBudget, today: string): string =>
  today < startDate ? startDate : endDate !== null && today > endDate ? endDate : today;

/** Of now, of each period that anything was spent in, and of a day that is none of the budget's. */
async function compareProgress(life: Life, budget: NaiveBudget): Promise<void> {
  const owner = ownerOf(life, budget.ownerId);
  const client = clientOf(life, owner);
  const today = todayOf(life, owner);
  const asOf = instantOf(life.clock);
  const path = `/budgets/${budget.id}/progress`;
  const now = naivePeriod(budget, nearest(budget, today))!;
  for (const [query, period] of [['', now] as const, ...periodsOf(budget).map((each) => [`?date=${each.end}`, each] as const)]) {
    const { body } = await client.get(`${path}${query}`);
    const expected = { ...naiveProgress(budget, period, [...life.told.values()], today), asOf };
    expect({ budget, query, today, progress: body }).toEqual({ budget, query, today, progress: expected });
  }
  expect((await client.get(`${path}?date=1999-12-31`)).body.errors).toMatchObject([{ path: '/date', code: 'outside-budget' }]);
}

async function compareLists(life: Life): Promise<void> {
  for (const person of life.people) {
    const { items } = (await clientOf(life, person).get('/budgets?limit=200')).body;
    const own = [...life.budgets.values()].filter(({ ownerId }) => ownerId === person.user.id).map(({ id }) => id);
    expect(items.map(({ id }: { id: string }) => id).toSorted()).toEqual(own.toSorted());
  }
}

/** What fired: at most once, only what was reached at some moment, and all that is reached by what everybody was told. */
function compareAlerts({ harness, everReached, mustHaveFired }: Life): void {
  const crossings = harness.published.filter(({ type }) => type === BudgetThresholdCrossed.type);
  const fired = crossings.map(({ subject, data }) => `${subject} ${(data as BudgetThresholdCrossed).thresholdPercent}`);
  expect(fired.length).toBe(new Set(fired).size);
  expect(fired.filter((each) => !everReached.has(each))).toEqual([]);
  expect([...mustHaveFired].filter((each) => !fired.includes(each))).toEqual([]);
}

test.each([1, 2, 3])('In random life %i all figures are what whoever adds up by hand gets, and each alert is told once', async (seed) => {
  const life = await startLife(seed);
  const compare = async (): Promise<void> => {
    for (const budget of life.budgets.values()) await compareProgress(life, budget);
    await compareLists(life);
    compareAlerts(life);
  };
  for (let step = 0; step < 12; step += 1) {
    await liveOn(life);
    await compare();
  }
  await endOf(life);
  await compare();
  await life.harness.stop();
});
