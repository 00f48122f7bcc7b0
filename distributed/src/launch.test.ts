import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, type ProcessList, startedProcess, systemClock } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { loadLauncherConfig } from './config.ts';
import { launch } from './launch.ts';
import type { ProcessPlan } from './plan.ts';
import { scaleIn } from './scale.ts';
import type { Child } from './start-child.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Processes that are only played: ready at once, gone when they are told to, `lingering` when it is let go; `refusing` is not even ready. */
function played({ refusing = '', lingering = '' } = {}) {
  const ended: string[] = [];
  const linger = Promise.withResolvers<void>();
  const plans: ProcessPlan[] = [];
  const printed: string[] = [];
  const startChild =
    (heard: (name: string, line: string) => void) =>
    (plan: ProcessPlan): Child => {
      plans.push(plan);
      heard(plan.name, 'hello');
      const end = Promise.withResolvers<number | null>();
      if (plan.name === refusing) end.resolve(1);
      const signal = (): void => {
        ended.push(plan.name);
        if (plan.name === lingering) void linger.promise.then(() => end.resolve(0));
        else end.resolve(0);
      };
      return { pid: plans.length, ready: plan.name === refusing ? new Promise(() => {}) : Promise.resolve(), ended: end.promise, signal };
    };
  return { ended, plans, printed, startChild, letGo: linger.resolve, print: (line: string) => printed.push(line) };
}
const open = (parts: ReturnType<typeof played>, clock: Clock = systemClock) => {
  const env = { MONGODB_URL: 'mongodb://m', RABBITMQ_URL: 'amqp://r', REDIS_URL: 'redis://r', DATA_DIR: join(folder, 'data'), PORT: '0' };
  const scale = scaleIn(['--scale', 'notifications=2']);
  return launch({ config: loadLauncherConfig(env), scale, env, clock, coloured: false, ...parts });
};
const status = async (): Promise<ProcessList> => JSON.parse(await readFile(join(folder, 'data', 'processes.json'), 'utf8')) as ProcessList;

describe('The system in processes of its own', () => {
  test('has keys made once, tells where each process is, and ends the gateway first', async () => {
    const parts = played();
    const system = await open(parts);
    await system.start();
    expect(parts.printed).toContain('notifications-2 | hello');
    expect((await stat(join(folder, 'data', 'keys', 'jwt.pem'))).mode & 0o777).toBe(0o600);
    await system.stop();
    expect(parts.ended[0]).toBe('gateway');
    expect(parts.ended).toHaveLength(6);
    const { processes, ...launcher } = await status();
    expect(launcher).toEqual({ ...startedProcess(), url: system.url });
    expect(processes.map(({ name, state, pid }) => [name, state, pid])).toEqual(parts.plans.map(({ name }) => [name, 'stopped', null]));
    const again = played();
    const second = await open(again);
    await second.stop();
    expect(again.plans[0]!.env['INTERNAL_KEY']).toBe(parts.plans[0]!.env['INTERNAL_KEY']);
  });

  test.each(['is done', 'takes too long'])('leaves the others to the gateway until that %s', async (what) => {
    const clock = fakeClock();
    const parts = played({ lingering: 'gateway' });
    const system = await open(parts, clock);
    await system.start();
    const stopping = system.stop();
    clock.advance(2_999);
    await new Promise(setImmediate);
    expect(parts.ended).toEqual(['gateway']);
    if (what === 'is done') parts.letGo();
    else clock.advance(1);
    while (parts.ended.length < 6) await new Promise(setImmediate);
    parts.letGo();
    await stopping;
  });

  test('tells while it runs which process is which', async () => {
    const parts = played();
    const system = await open(parts);
    await system.start();
    const ready = async (): Promise<ProcessList> => {
      for (;;) {
        const now = await status().catch(() => null);
        if (now?.processes.length === 6 && now.processes.every(({ state }) => state === 'ready')) return now;
        await new Promise(setImmediate);
      }
    };
    expect((await ready()).processes[1]).toEqual({
      name: 'auth-1',
      service: 'auth',
      pid: 2,
      state: 'ready',
      restarts: 0,
      url: parts.plans[1]!.url,
      adminUrl: parts.plans[1]!.adminUrl,
    });
    await system.stop();
  });

  test('leaves none behind when one refuses to start', async () => {
    const parts = played({ refusing: 'budgets-1' });
    const system = await open(parts);
    await expect(system.start()).rejects.toThrow('budgets-1 can not start; its lines above say why');
    expect(parts.ended.toSorted()).toEqual(['auth-1', 'gateway', 'notifications-1', 'notifications-2', 'records-1']);
  });
});
