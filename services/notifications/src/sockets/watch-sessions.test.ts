import type { Person } from '@commonpurse/shared/access';
import { fakeClock } from '@commonpurse/shared/testing';
import { expect, test } from '@jest/globals';
import type { Connection } from './serve-socket.ts';
import { createSessionWatch } from './watch-sessions.ts';

const clock = fakeClock();
const ada = { id: 'ada', status: 'active', sessions: [{ id: 'session', until: '2100-01-01T00:00:00.000Z' }] } as unknown as Person;

/** A watch over one socket of Ada's; nobody can say of her what is `undefined`, nor of anybody where the asking fails. */
function watching() {
  const ends: string[] = [];
  const state: { person: Person | null | undefined; fails: boolean } = { person: ada, fails: false };
  const connection = {
    holder: { userId: 'ada', sessionId: 'session', endsAtMs: Infinity },
    endSession: () => void ends.push('session over'),
    close: (_code: number, reason: string) => void ends.push(reason),
  } as unknown as Connection;
  const watch = createSessionWatch({
    host: { connections: [connection], userIds: ['ada'] },
    peopleNow: async () => {
      if (state.fails) throw new Error('the mirror is away');
      return new Map(state.person === undefined ? [] : [['ada', state.person]]);
    },
    noticed: () => undefined,
    clock,
    log: { warn: () => undefined } as never,
  });
  return { ends, state, look: () => watch.look() };
}

test('The socket of somebody who is gone ends', async () => {
  const { ends, state, look } = watching();
  await look();
  expect(ends).toEqual([]);
  state.person = null;
  await look();
  expect(ends).toEqual(['session over']);
});

test('A socket outlives every time of less than ten seconds in which nobody can say about it, however many', async () => {
  const { ends, state, look } = watching();
  for (let times = 0; times < 3; times += 1) {
    state.person = undefined;
    await look();
    clock.advance(9_000);
    await look();
    state.person = ada;
    await look();
  }
  expect(ends).toEqual([]);
  state.person = undefined;
  await look();
  clock.advance(10_000);
  await look();
  expect(ends).toEqual(['try again later']);
});

test('A socket does not stay open for ever because asking about it fails', async () => {
  const { ends, state, look } = watching();
  state.fails = true;
  await look();
  expect(ends).toEqual([]);
  clock.advance(10_000);
  await look();
  expect(ends).toEqual(['try again later']);
});
