import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { CursorScope, CursorValue } from './cursor.ts';

const scope: CursorScope = {
  installationKey: Buffer.alloc(32, 7),
  userId: 'ada',
  route: '/records',
  sort: '-date',
  filter: { type: 'expense', from: '2026-01-01' },
};
const cursor = encodeCursor(scope, ['2026-01-31', 'id-1']);
const refused = expect.objectContaining({
  code: 'validation-failed',
  errors: [expect.objectContaining({ path: '/cursor', code: 'cursor-invalid' })],
});

describe('A cursor', () => {
  test('comes back as it was, whatever is in it', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values: CursorValue[]) => {
        expect(decodeCursor(scope, encodeCursor(scope, values))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  test('does not mind the order in which a filter is written', () => {
    expect(decodeCursor({ ...scope, filter: { from: '2026-01-01', type: 'expense' } }, cursor)).toEqual(['2026-01-31', 'id-1']);
  });

  test.each<[string, Partial<CursorScope>]>([
    ['user', { userId: 'bob' }],
    ['route', { route: '/budgets' }],
    ['sort', { sort: 'date' }],
    ['filter', { filter: { type: 'income', from: '2026-01-01' } }],
    ['installation', { installationKey: Buffer.alloc(32, 8) }],
  ])('is no good for another %s', (_, other) => {
    expect(() => decodeCursor({ ...scope, ...other }, cursor)).toThrow(refused);
  });

  test('is no good with any character changed, added or left out', () => {
    for (let at = 0; at < cursor.length; at += 1) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      expect(() => decodeCursor(scope, cursor.slice(0, at) + other + cursor.slice(at + 1))).toThrow(refused);
      expect(() => decodeCursor(scope, cursor.slice(0, at) + cursor.slice(at + 1))).toThrow(refused);
    }
    for (const made of ['', 'A', '!', `${cursor}=`, ` ${cursor}`, `${cursor}A`, 'x'.repeat(4000)]) {
      expect(() => decodeCursor(scope, made)).toThrow(refused);
    }
  });
});
