import { describe, expect, test } from '@jest/globals';
import { type FakeClock, fakeClock } from '@commonpurse/shared/testing';
import type { ProcessPlan } from './plan.ts';
import { restartPauseMs } from './restart-pause.ts';
import type { Child } from './start-child.ts';
import { supervise } from './supervise.ts';

const plan: ProcessPlan = { name: 'records-1', service: 'records', url: 'http://127.0.0.1:1', adminUrl: 'http://127.0.0.1:2', env: {} };

interface PlayedChild extends Child {
  readonly signals: string[];
  becomeReady(): void;
  end(code: number | null): void;
}
function playedChild(pid: number): PlayedChild {
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number | null>();
  const signals: string[] = [];
  return {
    pid,
    signals,
    ready: ready.promise,
    ended: ended.promise,
    becomeReady: ready.resolve,
    end: ended.resolve,
    signal: (name) => signals.push(name),
  };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function supervised(clock: FakeClock = fakeClock()) {
  const children: PlayedChild[] = [];
  const said: string[] = [];
  const start = (): Child => {
    children.push(playedChild(100 + children.length));
    return children.at(-1)!;
  };
  const one = supervise({ plan, start, clock, say: (line) => said.push(line), changed: () => {} });
  return { one, children, said, clock };
}
const patient = (): AbortSignal => new AbortController().signal;

describe('A process that is kept running', () => {
  test('is ready when it says so', async () => {
    const { one, children } = supervised();
    expect([one.state, one.pid, one.restarts]).toEqual(['starting', 100, 0]);
    children[0]!.becomeReady();
    await one.ready;
    expect(one.state).toBe('ready');
  });

  test('that dies is started again within a second, at its place', async () => {
    const { one, children, said, clock } = supervised();
    children[0]!.becomeReady();
    await one.ready;
    children[0]!.end(null);
    await settled();
    expect([one.state, one.pid, said]).toEqual(['restarting', null, ['was killed; it is started again in 100 ms']]);
    clock.advance(100);
    await settled();
    expect([one.state, one.pid, one.restarts, children.length]).toEqual(['starting', 101, 1, 2]);
    children[1]!.becomeReady();
    await settled();
    expect([one.plan, one.state]).toEqual([plan, 'ready']);
  });

  test('that keeps dying is tried ever more slowly, and at once again after it has recovered', async () => {
    const { one, children, said, clock } = supervised();
    children[0]!.becomeReady();
    await one.ready;
    for (let death = 1; death <= 8; death += 1) {
      // to be ready for a moment is no recovery
      children.at(-1)!.becomeReady();
      await settled();
      clock.advance(9_999);
      children.at(-1)!.end(1);
      await settled();
      clock.advance(restartPauseMs(death));
      await settled();
      expect(children).toHaveLength(death + 1);
    }
    expect(said.map((line) => Number(/(\d+) ms/.exec(line)![1]))).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    children.at(-1)!.becomeReady();
    await settled();
    clock.advance(10_000);
    children.at(-1)!.end(null);
    await settled();
    expect(said.at(-1)).toContain('100 ms');
  });

  test('that refuses its first start is left alone', async () => {
    const { one, children, clock } = supervised();
    children[0]!.end(1);
    await expect(one.ready).rejects.toThrow('records-1 can not start');
    clock.advance(60_000);
    await settled();
    expect([one.state, children.length]).toEqual(['stopped', 1]);
    await one.stop(patient());
  });

  test.each([null, 0, 137])('that ends with %s before it was ever ready has refused nothing, and is tried again', async (code) => {
    const { one, children, clock } = supervised();
    children[0]!.end(code);
    await settled();
    clock.advance(100);
    await settled();
    children[1]!.becomeReady();
    await one.ready;
  });

  test('is asked to end, and not started again', async () => {
    const { one, children } = supervised();
    const stopped = one.stop(patient());
    expect(children[0]!.signals).toEqual(['SIGTERM']);
    children[0]!.end(0);
    await stopped;
    expect([one.state, children.length]).toEqual(['stopped', 1]);
  });

  test('is ended by force when it does not', async () => {
    const { one, children } = supervised();
    const patience = new AbortController();
    const stopped = one.stop(patience.signal);
    patience.abort();
    expect(children[0]!.signals).toEqual(['SIGTERM', 'SIGKILL']);
    children[0]!.end(null);
    await stopped;
    const another = supervised();
    const gone = another.one.stop(patience.signal);
    expect(another.children[0]!.signals).toEqual(['SIGTERM', 'SIGKILL']);
    another.children[0]!.end(null);
    await gone;
  });

  test('is not started again when it is stopped between two lives', async () => {
    const { one, children } = supervised();
    children[0]!.becomeReady();
    await one.ready;
    children[0]!.end(null);
    await settled();
    await one.stop(patient());
    expect([one.state, children.length]).toEqual(['stopped', 1]);
  });

  test('of an earlier life has no say any more', async () => {
    const { one, children, clock } = supervised();
    children[0]!.end(null);
    await settled();
    clock.advance(100);
    await settled();
    children[0]!.becomeReady();
    await settled();
    expect(one.state).toBe('starting');
  });
});
