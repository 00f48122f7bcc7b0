import { expect, test } from '@jest/globals';
import { StoreUnavailable } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { fakeClock, memoryDisk, overriding } from '@commonpurse/shared/testing';
import { openAuthStore } from '../store.ts';
import { createUsage } from './usage.ts';

test('who was active while that could not be noted is noted at the next sign of life, and counted from then on', async () => {
  const clock = fakeClock(Date.parse('2026-01-15T12:00:00.000Z'));
  const store = await openAuthStore(await openJsonStore({ directory: '/auth', disk: memoryDisk(), clock }));
  let away = true;
  const activeDays = overriding(store.activeDays, {
    insert: async (...given) => {
      if (away) throw new StoreUnavailable('away');
      return store.activeDays.insert(...given);
    },
  });
  const usage = createUsage({ activeDays, counts: { count: () => undefined }, clock, log: { warn: () => undefined } as never });
  const activeAfterOneMore = async () => {
    usage.heard('session_renewed', { requestId: 'r', userId: 'ada' });
    return usage.activeUsers('2026-01-15', '2026-01-15');
  };
  expect(await activeAfterOneMore()).toEqual([]);
  away = false;
  for (let n = 0; n < 2; n++) expect(await activeAfterOneMore()).toEqual([{ day: '2026-01-15', count: 1 }]);
});
