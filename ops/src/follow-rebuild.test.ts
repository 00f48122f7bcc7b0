import { expect, test } from '@jest/globals';
import { PeerDistrusts, PeerRefused, type Peers, PeerUnavailable } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { followRebuild } from './follow-rebuild.ts';

/** Answers one after the other; what is an error is thrown. */
const answering = (...answers: unknown[]): Peers => ({
  get: async <T>() => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return { rebuild: answer } as T;
  },
  post: () => Promise.reject(new Error('never asked')),
});
const clock = { ...fakeClock(), delay: async () => {} };
const impatient = { service: 'budgets', clock, say: () => {} } as const;
const phases = (...all: string[]) => all.map((phase) => ({ phase }));

test('says each step once, and waits for a service that is away or whose store is', async () => {
  const said: string[] = [];
  const away = new PeerUnavailable('budgets can not be reached');
  const peers = answering(...phases('emptying', 'emptying'), away, null, ...phases('reading', 'reading', 'done'));
  await followRebuild({ ...impatient, find: async () => peers, say: (line) => void said.push(line) });
  expect(said).toEqual([
    'budgets: what is there is removed',
    'budgets: does not answer; it is waited for',
    'budgets: is made anew from the feed',
    'budgets: is done',
  ]);
});

test('a refusal ends it', async () => {
  for (const refused of [new PeerRefused('budgets', 404, {}), new PeerDistrusts('budgets')])
    await expect(followRebuild({ ...impatient, find: async () => answering(refused) })).rejects.toBe(refused);
});

test('looks for the system each time, and waits a minute for one that is not started again', async () => {
  const found = [answering(...phases('reading')), null, answering(...phases('done'))];
  await followRebuild({ ...impatient, find: async () => found.shift()! });
  expect(found).toEqual([]);
  const stopped = [answering(...phases('reading'))];
  const following = followRebuild({ ...impatient, find: async () => stopped.shift() ?? null });
  await expect(following).rejects.toThrow('nothing runs there any more; the rebuild goes on with the next start');
});
