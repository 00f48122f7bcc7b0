import { expect, test } from '@jest/globals';
import type { InstanceStatus } from '@commonpurse/shared/service';
import type { Answer } from './ask-instances.ts';
import { showStatus } from './show-status.ts';
import { ago } from './table.ts';

const nowMs = Date.parse('2026-01-15T12:00:00.000Z');
const feed = { producer: 'records', from: 'beginning', state: 'current', detail: null, at: '2026-01-15T11:59:48.000Z' } as const;
const well: InstanceStatus = {
  name: 'budgets',
  ready: true,
  parts: { store: 'ok', bus: 'ok' },
  version: '0.1.0',
  parked: 0,
  queued: 0,
  outboxPending: 0,
  feeds: [feed, { ...feed, from: 'now', at: '2026-01-15T11:55:00.000Z' }],
  rebuild: null,
};
const answer = (name: string, over: Partial<InstanceStatus> | null, wrong: string | null = null): Answer => {
  const status = over === null ? null : { ...well, ...over };
  return { instance: { name, service: 'budgets', url: 'http://127.0.0.1:1' }, status, ready: status?.ready ?? false, wrong };
};

test('a system that is well is a table and nothing else', () => {
  const done = { phase: 'done', startedAt: feed.at, finishedAt: feed.at } as const;
  const gateway: Answer = { instance: { name: 'gateway', service: 'gateway', url: '' }, status: null, ready: true, wrong: null };
  expect(
    showStatus([gateway, answer('budgets', { rebuild: done, queued: 3, outboxPending: 12 }), answer('auth', { feeds: [] })], nowMs),
  ).toEqual([
    'INSTANCE  STATE  VERSION  PARKED  QUEUED  TO TELL  READ',
    'gateway   ready  -        -       -       -        -',
    'budgets   ready  0.1.0    0       3       12       records 5 min ago',
    'auth      ready  0.1.0    0       0       0        -',
  ]);
});

test('what is wrong or under way is said below, each with the instance that it is about', () => {
  const rebuild = { phase: 'reading', startedAt: '2026-01-15T11:50:00.000Z', finishedAt: null } as const;
  const lines = showStatus(
    [
      answer('budgets-1', {
        ready: false,
        parts: { store: 'the server is away', bus: 'ok' },
        parked: null,
        feeds: [{ ...feed, at: null }],
      }),
      answer('budgets-2', { parked: 3, rebuild }),
      answer('budgets-3', { ready: false }),
      answer('budgets-4', null, 'can not be reached (http://127.0.0.1:1)'),
    ],
    nowMs,
  );
  expect(lines[1]).toMatch(/^budgets-1 +not ready +0\.1\.0 +- +0 +0 +records from the beginning$/);
  expect(lines.slice(5)).toEqual([
    '',
    'budgets-1: store: the server is away',
    'budgets-2: is being rebuilt since 2026-01-15T11:50:00.000Z (reading)',
    'budgets-2: see npm run ops -- parked list budgets',
    'budgets-3: is starting or stopping',
    'budgets-4: can not be reached (http://127.0.0.1:1)',
  ]);
});

test.each([
  [0, '0 s ago'],
  [-5_000, '0 s ago'],
  [119_000, '119 s ago'],
  [120_000, '2 min ago'],
  [7_200_000, '2 h ago'],
])('%d ms are %s', (ms, told) => {
  expect(ago(new Date(nowMs - ms).toISOString(), nowMs)).toBe(told);
});
