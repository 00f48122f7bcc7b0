import { expect, test } from '@jest/globals';
import type { Peers } from '@commonpurse/shared/service';
import { dropParked, listParked, replayParked } from './handle-parked.ts';

/** A service that answers one call after the other; what it was asked. */
function answering(...answers: unknown[]) {
  const asked: unknown[] = [];
  const answer = <T>(about: unknown): Promise<T> => {
    asked.push(about);
    return Promise.resolve(answers.shift() as T);
  };
  const peers: Peers = { get: (_service, path) => answer(path), post: (_service, _path, body) => answer(body) };
  return { peers, asked };
}
const ids = Array.from({ length: 45 }, (_, n) => `event-${n}`);
const portions = [ids.slice(0, 20), ids.slice(20, 40), ids.slice(40)].map((some) => ({ ids: some }));

test('what is parked is listed page by page, to the last', async () => {
  const pages = [
    { items: ['one', 'two'], next: 'further' },
    { items: ['three'], next: 'last' },
    { items: ['four'], next: null },
  ];
  const { peers, asked } = answering(...pages);
  expect(await listParked(peers, 'budgets')).toEqual(['one', 'two', 'three', 'four']);
  const first = '/internal/ops/parked?limit=200';
  expect(asked).toEqual([first, `${first}&after=further`, `${first}&after=last`]);
});

test('much is replayed, and dropped, in portions, and told as a whole', async () => {
  const refused = [{ id: 'event-1', reason: 'no' }];
  const others = [{ id: 'event-44', reason: 'never' }];
  const replaying = answering({ replayed: 19, failed: refused }, { replayed: 20, failed: [] }, { replayed: 4, failed: others });
  expect(await replayParked(replaying.peers, 'budgets', ids)).toEqual({ replayed: 43, failed: [...refused, ...others] });
  const dropping = answering({ dropped: 20 }, { dropped: 20 }, { dropped: 5 });
  expect(await dropParked(dropping.peers, 'budgets', ids)).toBe(45);
  expect([replaying.asked, dropping.asked]).toEqual([portions, portions]);
});
