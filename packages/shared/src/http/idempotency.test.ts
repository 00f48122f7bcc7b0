import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, fingerprintOf, idempotentId } from './idempotency.ts';
import type { IdempotencyScope } from './idempotency.ts';

const scope: IdempotencyScope = { installationKey: Buffer.alloc(32, 1), userId: 'ada', method: 'post', route: '/records', key: 'k' };

describe('The id of what is created', () => {
  test('is a UUIDv8, the same for every try', () => {
    const id = idempotentId(scope);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idempotentId({ ...scope, method: 'POST' })).toBe(id);
    // also for a try whose first one an older release has taken
    expect(id).toBe('57481565-64c6-84b2-b861-ca36a79fc38f');
  });

  test('is a fresh UUIDv7 without a key', () => {
    const ids = [idempotentId({ ...scope, key: null }), idempotentId({ ...scope, key: null })];
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('differs by installation, caller, method, route and key, wherever one ends and the next begins', () => {
    const others: Partial<IdempotencyScope>[] = [
      { installationKey: Buffer.alloc(32, 2) },
      { userId: 'bob' },
      { method: 'put' },
      { route: '/budgets' },
      { key: 'l' },
      { userId: 'ada"', route: '/records' },
      { userId: 'ad', route: 'a/records' },
    ];
    const ids = [scope, ...others.map((other) => ({ ...scope, ...other }))].map(idempotentId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('A fingerprint', () => {
  test('is of the meaning, not of the spelling', () => {
    expect(fingerprintOf({ a: 1, b: [{ c: 2, d: undefined }] })).toBe(fingerprintOf({ b: [{ c: 2 }], a: 1 }));
    expect(fingerprintOf({ a: 1 })).not.toBe(fingerprintOf({ a: '1' }));
    expect(fingerprintOf([1, 2])).not.toBe(fingerprintOf([2, 1]));
    expect(fingerprintOf({ a: null })).not.toBe(fingerprintOf({}));
  });

  test('is the same in a newer release, which meets those that are stored', () => {
    const input = { type: 'expense', amount: '12.50', tags: ['b', 'a'], customFields: { z: 1, a: null } };
    expect(fingerprintOf(input)).toBe('dSZoZA2KyCM-11l3LMaIq1WN1kqCOxt4ikgKywe_hBc');
  });

  test('canonical JSON is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson([undefined])).toBe('[null]');
  });
});
