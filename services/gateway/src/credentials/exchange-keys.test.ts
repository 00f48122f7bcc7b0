import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { apiKeyOf } from '@commonpurse/shared/http';
import { PeerRefused, PeerUnavailable, type Peers } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { createKeyExchange } from './exchange-keys.ts';

const key = (): string => apiKeyOf(randomUUID(), 'k'.repeat(32));

/** Auth, played: gives a token of a minute for every key it knows. */
function played() {
  const clock = fakeClock();
  const asked: string[] = [];
  const auth = { away: false, unknown: new Set<string>() };
  const post = async (service: string, path: string, body: unknown, options: unknown): Promise<unknown> => {
    expect([service, options]).toEqual(['auth', { requestId: 'r' }]);
    const { key: given } = body as { key: string };
    asked.push(given);
    if (auth.away) throw new PeerUnavailable('auth');
    if (auth.unknown.has(given)) throw new PeerRefused('auth', 404, null);
    return { token: `${path} ${asked.length}`, userId: 'ada', expiresAt: Math.floor(clock.now() / 1000) + 60 };
  };
  const exchange = createKeyExchange({ peers: { post } as unknown as Peers, clock });
  return { clock, asked, auth, exchange: (given: string) => exchange(given, 'r') };
}

describe('an API key at the door', () => {
  test('is exchanged once for many requests, and again before its token ends', async () => {
    const { clock, asked, exchange } = played();
    const mine = key();
    const first = await Promise.all(Array.from({ length: 20 }, () => exchange(mine)));
    expect(new Set(first.map((each) => each?.token))).toEqual(new Set(['/internal/key-tokens 1']));
    clock.advance(44_999);
    expect((await exchange(mine))?.token).toBe('/internal/key-tokens 1');
    clock.advance(1);
    expect(await exchange(mine)).toMatchObject({ token: '/internal/key-tokens 2', userId: 'ada' });
    expect(asked).toHaveLength(2);
  });

  test('that can be none is refused without anybody being asked', async () => {
    const { asked, exchange } = played();
    for (const made of ['cp_', `cp_${'0'.repeat(70)}`, `${key()}x`, key().slice(0, -1)]) expect(await exchange(made)).toBeNull();
    expect(asked).toEqual([]);
  });

  test('that nobody knows is refused, and asked for again each time', async () => {
    const { asked, auth, exchange } = played();
    const made = key();
    auth.unknown.add(made);
    expect([await exchange(made), await exchange(made)]).toEqual([null, null]);
    expect(asked).toHaveLength(2);
    auth.unknown.clear();
    expect(await exchange(made)).not.toBeNull();
  });

  test('can not be judged while auth is away, unless it was of late', async () => {
    const { auth, exchange } = played();
    const mine = key();
    await exchange(mine);
    auth.away = true;
    expect(await exchange(mine)).not.toBeNull();
    await expect(exchange(key())).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('pushes out the one that was remembered longest, when there are too many', async () => {
    const { asked, exchange } = played();
    const [first, second] = [key(), key()];
    for (const one of [first, second]) await exchange(one);
    for (let n = 1; n < 20_000; n++) await exchange(key());
    expect(asked).toHaveLength(20_001);
    await exchange(second);
    expect(asked).toHaveLength(20_001);
    await exchange(first);
    expect(asked).toHaveLength(20_002);
  });
});
