import { afterEach, describe, expect, test } from '@jest/globals';
import { sendRequest } from '@commonpurse/shared/testing';
import { eventually } from '../support/eventually.ts';
import { cleanUp, launch, type RunningSystem } from '../support/launch.ts';
import { signUp } from '../support/person.ts';
import { type ProcessStatus, processesIn } from '../support/systems.ts';

afterEach(cleanUp);

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const find = async ({ dataDir }: RunningSystem, name: string): Promise<ProcessStatus> =>
  (await processesIn(dataDir)).find((each) => each.name === name)!;
const allReady = ({ dataDir }: RunningSystem): Promise<readonly ProcessStatus[]> =>
  eventually(
    () => processesIn(dataDir),
    (processes) => processes.length > 0 && processes.every(({ state }) => state === 'ready'),
  );
const gone = (pids: readonly number[]): Promise<unknown> =>
  eventually(
    async () => pids.filter(isThere),
    (left) => left.length === 0,
  );

describe('the system in processes of its own', () => {
  test('runs as many as it was told, and tells where each is', async () => {
    const system = await launch({ args: ['--scale', 'records=2'] });
    const processes = await allReady(system);
    expect(processes.map(({ name }) => name)).toEqual(['gateway', 'auth-1', 'records-1', 'records-2', 'budgets-1', 'notifications-1']);
    for (const { url, adminUrl } of processes) {
      expect(await sendRequest(url, 'GET', '/health/ready')).toMatchObject({ status: 200 });
      expect(await sendRequest(adminUrl, 'GET', '/health/ready')).toMatchObject({ status: 200 });
      expect((await sendRequest(adminUrl, 'GET', '/metrics')).text).toContain('process_resident_memory_bytes');
    }
    expect(processes[0]!.url).toBe(system.url);
    const pids = processes.map(({ pid }) => pid!);
    expect(await system.stop('SIGINT')).toBe(0);
    expect(pids.filter(isThere)).toEqual([]);
  });

  test('starts a service that was killed again, at its place', async () => {
    const system = await launch();
    await allReady(system);
    const ann = await signUp(system, 'ann@home.example');
    const before = await find(system, 'records-1');
    process.kill(before.pid!, 'SIGKILL');
    const after = await eventually(
      () => find(system, 'records-1'),
      ({ state, restarts }) => state === 'ready' && restarts > 0,
    );
    expect(after).toMatchObject({ url: before.url, adminUrl: before.adminUrl });
    expect(after.pid).not.toBe(before.pid);
    const expense = { type: 'expense', amount: '1.00', currency: 'EUR', date: '2024-04-02', category: 'Groceries' };
    expect(await ann.post('/records', expense)).toMatchObject({ status: 201 });
  });

  test('does not outlive the process that was started', async () => {
    const system = await launch();
    const pids = (await allReady(system)).map(({ pid }) => pid!);
    process.kill(system.pid, 'SIGKILL');
    await gone(pids);
  });
});
