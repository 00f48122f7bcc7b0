import { setTimeout as delay } from 'node:timers/promises';
import { sendRequest } from '@commonpurse/shared/testing';
import { goLive } from '../tests/e2e/support/live.ts';
import type { Place } from '../tests/e2e/support/person.ts';
import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { loadedP99Ms, type LoadOptions, percentile } from './support/load.ts';
import { startSystem } from './support/processes.ts';

/** From sending an expense to holding the `budget.alert` frame, in milliseconds, 200 times, one after the other. */
async function alertTimes(system: Place, email: string): Promise<number[]> {
  const { token } = await account(system, email);
  const live = await goLive(system.url, token);
  const waiting = new Map<string, () => void>();
  live.onFrame((frame) => void (frame.type === 'budget.alert' && waiting.get(String(frame.data.name))?.()));
  const took: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const category = `Category ${n}`;
    const budget = {
      name: category,
      amount: '10.00',
      currency: 'EUR',
      period: 'monthly',
      startDate: '2024-03-01',
      categories: [{ category }],
      alerts: [{ thresholdPercent: 100, channels: ['in-app'] }],
    };
    await sendRequest(system.url, 'POST', '/budgets', { token, body: budget });
    const startedAt = performance.now();
    const arrived = new Promise<void>((resolve) => waiting.set(category, resolve));
    await sendRequest(system.url, 'POST', '/records', {
      token,
      body: { type: 'expense', category, amount: '10.00', currency: 'EUR', date: '2024-03-02' },
    });
    await arrived;
    took.push(performance.now() - startedAt);
  }
  await live.close();
  return took;
}

/** Warms up, then the median of three runs, each for somebody new. */
export async function alertFigures(system: Place, what: string, [p50, p99]: readonly [number, number]): Promise<Figure[]> {
  await alertTimes(system, 'warm-up@home.example');
  const runs: number[][] = [];
  for (const name of ['ada', 'ben', 'cyd']) runs.push(await alertTimes(system, `${name}@home.example`));
  const figure = (name: string, part: number, bound: number): Figure => {
    const ms = percentile(
      runs.map((took) => percentile(took, part)),
      0.5,
    );
    return { name: `${what}, ${name}`, ours: `${ms.toFixed(1)} ms`, limit: `${bound} ms`, ratio: ms / bound, wanted: '<= 1' };
  };
  return [figure('p50', 0.5, p50), figure('p99', 0.99, p99)];
}

export async function alerts(): Promise<Figure[]> {
  const system = await startSystem();
  const figures = await alertFigures(system, 'expense to budget.alert', [10, 40]);
  await system.stop();
  return figures;
}

/** How long others wait at worst while 50 people sign in, against when nobody does, in turn: the medians of three runs. The run before, which
 *  compiles what both ways need and opens the threads that hash, counts for neither. */
export async function logins(): Promise<Figure[]> {
  const system = await startSystem();
  const { headers } = await account(system);
  const others = { url: `${system.url}/records?limit=10`, headers, connections: 4, seconds: 5 };
  await idleAndBusyMs(system, others);
  const idle: number[] = [];
  const busy: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const ms = await idleAndBusyMs(system, others);
    idle.push(ms.idle);
    busy.push(ms.busy);
  }
  await system.stop();
  const [idleMs, busyMs] = [percentile(idle, 0.5), percentile(busy, 0.5)];
  return [
    {
      name: "others' p99 while 50 sign in",
      ours: inMs(busyMs, busy),
      limit: inMs(idleMs, idle),
      ratio: busyMs / idleMs,
      wanted: '<= 2.5',
    },
  ];
}

/** What 99 of 100 of the others' requests take at most, alone and while 50 people sign in, in milliseconds. */
async function idleAndBusyMs(system: Place, others: LoadOptions): Promise<{ idle: number; busy: number }> {
  const body = { email: 'bench@home.example', password: 'wrong horse battery staple' };
  const idle = await loadedP99Ms(others);
  const until = performance.now() + 6_000;
  const people = Array.from({ length: 50 }, async () => {
    while (performance.now() < until) {
      const { status, headers } = await sendRequest(system.url, 'POST', '/auth/login', { body });
      // who would wait too long is told so, and comes back when told: what is measured is fifty who wait, not a flood of refusals
      if (status === 429) await delay(Number(headers['retry-after']) * 1_000);
    }
  });
  const busy = await loadedP99Ms(others);
  await Promise.all(people);
  return { idle, busy };
}

const inMs = (median: number, runs: readonly number[]): string => `${median.toFixed(1)} ms (${runs.map((ms) => ms.toFixed(1)).join(', ')})`;
