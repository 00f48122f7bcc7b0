import { StoreUnavailable } from '@commonpurse/shared/documents';
import { fakeClock } from '@commonpurse/shared/testing';
import { expect, test } from '@jest/globals';
import { createSocketHost } from './host-sockets.ts';
import { socketLimits } from './limit.ts';

let lastSeq: () => Promise<number>;
const host = createSocketHost({
  reader: { lastSeq: () => lastSeq(), after: async () => [] },
  render: async () => [],
  clock: fakeClock(),
  log: { info: () => undefined } as never,
  limits: { ...socketLimits, perUserMax: 2 },
  opened: () => undefined,
  gone: () => undefined,
});

test('A person is followed as long as one of their sockets has a place, and forgotten with the last', async () => {
  lastSeq = async () => 0;
  const places = [await host.reserve('ada'), await host.reserve('ada')];
  await expect(host.reserve('ada')).rejects.toMatchObject({ code: 'rate-limited' });
  places[0]!.release();
  expect(host.userIds).toEqual(['ada']);
  places[1]!.release();
  expect(host.userIds).toEqual([]);
});

test('A socket that could not be told the truth takes no place', async () => {
  lastSeq = () => Promise.reject(new StoreUnavailable('away'));
  await expect(host.reserve('ada')).rejects.toThrow('away');
  expect(host.userIds).toEqual([]);
});
