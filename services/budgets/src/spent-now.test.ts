import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SpentOnDay } from '@commonpurse/shared/contracts';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { type PeerOptions, PeerRefused, PeerUnavailable } from '@commonpurse/shared/service';
import { pino } from 'pino';
import { dayKeyId } from './mirror/day-key.ts';
import { createSpentNow } from './spent-now.ts';
import type { BudgetsStore } from './store.ts';
import { openEmptyStore } from './testing/open-store.ts';

const on = (day: string, sumMinor: number, category = 'Food'): SpentOnDay => ({ day, category, currency: 'EUR', sumMinor, count: 1 });
const january = { start: '2026-01-01', end: '2026-01-31' };
const february = { start: '2026-02-01', end: '2026-02-28' };
const year = { start: '2026-01-01', end: '2026-12-31' };

describe('What is spent now', () => {
  let documents: DocumentStore;
  let store: BudgetsStore;
  let asked: string[];
  /** How long was waited for answers at most. */
  const patienceMs = new Set<number | undefined>();
  /** What records answer, once the question is there. */
  let answer: () => Promise<readonly SpentOnDay[]>;
  beforeEach(async () => {
    ({ documents, store } = await openEmptyStore());
    asked = [];
    answer = async () => [on('2026-01-10', 500), on('2026-01-31', 70, 'Fun'), on('2026-02-01', 3)];
    const mirrored = { day: '2026-01-10', category: 'Food', currency: 'EUR' };
    await store.mirror.insert({
      _id: 'r1',
      version: 1,
      ownerId: 'ada',
      key: dayKeyId({ ownerId: 'ada', ...mirrored }),
      amountMinor: 9_000,
    });
  });
  afterEach(() => documents.close());
  const open = () => {
    const get = async (service: string, path: string, options?: PeerOptions): Promise<never> => {
      patienceMs.add(options?.timeoutMs);
      const { pathname, searchParams } = new URL(path, `http://${service}`);
      asked.push(`${service} ${pathname} ${searchParams.get('ownerId')} ${searchParams.get('days')}`);
      return { spent: await answer() } as never;
    };
    return createSpentNow({ store, peers: { get }, log: pino({ level: 'silent' }) });
  };

  test('is what records say of these days, whatever the mirror holds', async () => {
    expect(await open()('ada', january)).toEqual([on('2026-01-10', 500), on('2026-01-31', 70, 'Fun')]);
    expect(asked).toEqual(['records /internal/records/spending ada 2026-01-01..2026-01-31']);
  });

  test('is waited for no longer than a second and a half, for an alert waits as long', async () => {
    patienceMs.clear();
    await open()('ada', january);
    expect([...patienceMs]).toEqual([1_500]);
  });

  test('is asked for all that is wanted for one owner at the same time at once, each day once', async () => {
    const spentNow = open();
    const wanted = [january, february, january, year, { start: '2027-02-01', end: '2027-02-28' }];
    const found = await Promise.all([...wanted.map((days) => spentNow('ada', days)), spentNow('bob', february)]);
    expect(found.map((spent) => spent.map(({ sumMinor }) => sumMinor))).toEqual([[500, 70], [3], [500, 70], [500, 70, 3], [], [3]]);
    expect(asked).toEqual([
      'records /internal/records/spending ada 2026-01-01..2026-12-31,2027-02-01..2027-02-28',
      'records /internal/records/spending bob 2026-02-01..2026-02-28',
    ]);
  });

  test('is asked for anew by who comes while an answer is under way, all of them together', async () => {
    const spentNow = open();
    const { promise: gone, resolve: isAsked } = Promise.withResolvers<void>();
    const { promise: held, resolve: go } = Promise.withResolvers<void>();
    const soon = answer;
    answer = async () => (isAsked(), held.then(() => [on('2026-01-10', 1)]));
    const first = spentNow('ada', january);
    await gone;
    answer = soon;
    const later = Promise.all([spentNow('ada', january), spentNow('ada', february)]);
    go();
    expect([await first, (await later).map((spent) => spent.length)]).toEqual([[on('2026-01-10', 1)], [2, 1]]);
    expect(asked).toHaveLength(2);
  });

  test('of many stretches of days is asked in parts, each short enough for a request', async () => {
    const months = Array.from({ length: 500 }, (_, at) => `${1900 + at}-03`);
    answer = async () => [];
    const spentNow = open();
    await Promise.all(months.map((month) => spentNow('ada', { start: `${month}-01`, end: `${month}-31` })));
    expect(asked.map((each) => each.split(',').length)).toEqual([200, 200, 100]);
  });

  test.each([
    ['are away', new PeerUnavailable('records can not be reached')],
    ['don’t know the question', new PeerRefused('records', 404, null)],
  ])('is what the mirror says where records %s', async (_, failure) => {
    const spentNow = open();
    answer = () => Promise.reject(failure);
    expect(await Promise.all([spentNow('ada', january), spentNow('ada', year), spentNow('bob', year)])).toEqual([
      [on('2026-01-10', 9_000)],
      [on('2026-01-10', 9_000)],
      [],
    ]);
  });

  test('is not taken from the mirror for a mistake in asking', async () => {
    answer = () => Promise.reject(new TypeError('bug'));
    await expect(open()('ada', january)).rejects.toThrow('bug');
  });

  test('is not known where the mirror can’t say either', async () => {
    answer = () => Promise.reject(new PeerUnavailable('records can not be reached'));
    store.mirror.sum = () => Promise.reject(new Error('away'));
    await expect(open()('ada', january)).rejects.toThrow('away');
  });
});
