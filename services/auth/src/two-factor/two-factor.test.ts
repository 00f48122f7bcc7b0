import { describe, expect, test } from '@jest/globals';
import { codeOf } from '@commonpurse/shared/testing';
import fc from 'fast-check';
import {
  afterWrongCode,
  type Challenge,
  challengeHash,
  newChallenge,
  openChallenge,
  withChallenge,
  withoutChallenge,
} from './challenge.ts';
import { recoveryCode, recoveryHash } from './recovery-code.ts';
import { afterCode, isOn, type TwoFactor } from './two-factor.ts';

const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const now = Date.UTC(2026, 0, 15, 12);
const userId = 'ada';
const codes = ['k3fm-9x2p-7hqa-0w5d', 'b1nz-t4c8-yr6e-m2js'];
const on: TwoFactor = {
  seed: 'sealed',
  enabledAt: '2026-01-01T00:00:00.000Z',
  usedStep: null,
  recoveryHashes: codes.map((code) => recoveryHash(userId, code)),
};
const use = (twoFactor: TwoFactor, code: string, nowMs = now): TwoFactor | null =>
  afterCode(twoFactor, () => seed, { userId, code }, nowMs);

describe('a second factor', () => {
  test('is on once a code has confirmed it', () => {
    expect([isOn(on), isOn({ ...on, enabledAt: null }), isOn(null), isOn(undefined)]).toEqual([true, false, false, false]);
  });

  test('takes each code of the app once, and none from before it', () => {
    const used = use(on, codeOf(seed, now))!;
    expect(used).toEqual({ ...on, usedStep: Math.floor(now / 30_000) });
    expect([use(used, codeOf(seed, now)), use(used, codeOf(seed, now - 30_000))]).toEqual([null, null]);
    expect(use(used, codeOf(seed, now + 30_000))).not.toBeNull();
  });

  test('takes each recovery code once, in any case, with or without dashes', () => {
    const used = use(on, 'K3FM 9X2P 7HQA OW5D')!;
    expect(used.recoveryHashes).toEqual([recoveryHash(userId, codes[1]!)]);
    expect(use(on, 'k3fm9x2p7hqa0w5d')).toEqual(used);
    expect(use(used, codes[0]!)).toBeNull();
    expect(use(used, codes[1]!)!.recoveryHashes).toEqual([]);
  });

  test('takes nobody else’s recovery code', () => {
    expect(afterCode(on, () => seed, { userId: 'bob', code: codes[0]! }, now)).toBeNull();
  });

  test.each(['', '000000', 'k3fm-9x2p-7hqa-0w5', 'k3fm'])('takes no %p', (code) => {
    expect(use(on, code)).toBeNull();
  });
});

describe('a recovery code', () => {
  test('shows sixteen characters that can not be mistaken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
        expect(recoveryCode(random)).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
      }),
    );
  });

  test('is another one for other random bits, whichever of them', () => {
    const zero = new Uint8Array(16);
    const made = Array.from({ length: 16 }, (_, at) => recoveryCode(zero.with(at, 1)));
    expect(new Set([recoveryCode(zero), ...made]).size).toBe(17);
    expect(recoveryCode(Uint8Array.from({ length: 16 }, (_, at) => at))).toBe('0123-4567-89ab-cdef');
    expect(recoveryCode(Uint8Array.from({ length: 16 }, (_, at) => 0xf0 + at))).toBe('ghjk-mnpq-rstv-wxyz');
  });
});

describe('a challenge', () => {
  const open = (challenges: readonly Challenge[], token: string, nowMs = now): Challenge =>
    openChallenge(challenges, challengeHash(token), nowMs);
  const refused = expect.objectContaining({ code: 'challenge-invalid', status: 401 });
  const one = newChallenge('one', 'Phone', now);

  test('is kept by its hash, for five minutes', () => {
    expect(one).toEqual({ hash: challengeHash('one'), expiresAt: '2026-01-15T12:05:00.000Z', wrongCodes: 0, deviceName: 'Phone' });
    expect(open([one], 'one', now + 299_999)).toBe(one);
    expect(() => open([one], 'one', now + 300_000)).toThrow(refused);
  });

  test('that is unknown, spent or dead is none', () => {
    expect(() => open([one], 'two')).toThrow(refused);
    expect(() => open(withoutChallenge([one], one), 'one')).toThrow(refused);
    let challenges: readonly Challenge[] = [one, newChallenge('two', null, now)];
    for (let wrong = 1; wrong <= 4; wrong++) challenges = afterWrongCode(challenges, open(challenges, 'one'));
    expect(open(challenges, 'one').wrongCodes).toBe(4);
    challenges = afterWrongCode(challenges, open(challenges, 'one'));
    expect(() => open(challenges, 'one')).toThrow(refused);
    expect(open(challenges, 'two').wrongCodes).toBe(0);
  });

  test('makes room: the oldest of twenty gives way, and so do those that are over', () => {
    let challenges: readonly Challenge[] = [];
    for (let n = 0; n < 25; n++) challenges = withChallenge(challenges, newChallenge(`c${n}`, null, now + n), now + n);
    expect(challenges).toHaveLength(20);
    expect(challenges[0]!.hash).toBe(challengeHash('c5'));
    expect(withChallenge(challenges, one, now + 400_000)).toEqual([one]);
  });
});
