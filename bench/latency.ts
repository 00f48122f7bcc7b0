import { sendRequest } from '@commonpurse/shared/testing';
import { goLive } from '../tests/e2e/support/live.ts';
import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { load } from './support/load.ts';
import { type Program, startSystem } from './support/processes.ts';

export const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

/** From sending an expense to holding the `budget.alert` frame, in milliseconds, 200 times, one after the other. */
export async function alertTimes(system: Pick<Program, 'url'>, token: string): Promise<number[]> {
  const live = await goLive(system.url, token);
  const took: number[] = [];
  for (let n = 0; n < 220; n += 1) {
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
    const arrived = new Promise<void>((resolve) =>
      live.onFrame((frame) => void (frame.type === 'budget.alert' && frame.data.name === category && resolve())),
    );
    await sendRequest(system.url, 'POST', '/records', {
      token,
      body: { type: 'expense', category, amount: '10.00', currency: 'EUR', date: '2024-03-02' },
    });
    await arrived;
    if (n >= 20) took.push(performance.now() - startedAt);
  }
  await live.close();
  return took;
}

export async function alerts(): Promise<Figure[]> {
  const system = await startSystem();
  const { token } = await account(system);
  const took = await alertTimes(system, token);
  await system.stop();
  const [p50, p99] = [percentile(took, 0.5), percentile(took, 0.99)];
  return [
    { name: 'expense to budget.alert, p50', ours: `${p50.toFixed(1)} ms`, limit: '10 ms', ratio: p50 / 10, wanted: '<= 1' },
    { name: 'expense to budget.alert, p99', ours: `${p99.toFixed(1)} ms`, limit: '40 ms', ratio: p99 / 40, wanted: '<= 1' },
  ];
}

/** How long others wait at worst while 50 people sign in, against when nobody does. */
export async function logins(): Promise<Figure[]> {
  const system = await startSystem();
  const { headers } = await account(system);
  const others = { url: `${system.url}/records?limit=10`, headers, connections: 4, seconds: 5 };
  await load({ ...others, seconds: 2 });
  const idle = await load(others);
  const until = performance.now() + 6_000;
  const body = { email: 'bench@home.example', password: 'wrong horse battery staple' };
  const people = Array.from({ length: 50 }, async () => {
    while (performance.now() < until) await sendRequest(system.url, 'POST', '/auth/login', { body });
  });
  const busy = await load(others);
  await Promise.all(people);
  await system.stop();
  return [
    {
      name: "others' p99 while 50 sign in",
      ours: `${busy.p99Ms} ms`,
      limit: `${idle.p99Ms} ms`,
      ratio: busy.p99Ms / Math.max(idle.p99Ms, 1),
      wanted: '<= 2.5',
    },
  ];
}
