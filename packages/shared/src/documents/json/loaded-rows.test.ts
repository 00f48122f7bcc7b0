import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LoadedRows } from './loaded-rows.ts';
import type { Row } from './rows.ts';
import { compareStrings, isWide } from '../values.ts';

const ids = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1f600}', '\uffee'), minLength: 1, maxLength: 2 });
const plainIds = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 });

type Step = { readonly does: 'put' | 'get' | 'remove'; readonly id: string } | { readonly does: 'settle' };
const stepsOn = (id: fc.Arbitrary<string>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.record({ does: fc.constantFrom('put' as const, 'get' as const, 'remove' as const), id }) },
      { weight: 1, arbitrary: fc.constant({ does: 'settle' as const }) },
    ),
    { maxLength: 60 },
  );

/** Does the same to a map, and holds both together. */
function follow(steps: readonly Step[]): void {
  const loaded = new LoadedRows();
  const expected = new Map<string, Row>();
  for (const [version, step] of steps.entries()) {
    if (step.does === 'settle') loaded.settle();
    else if (step.does === 'get') expect(loaded.get(step.id)).toBe(expected.get(step.id));
    else if (step.does === 'remove') {
      loaded.remove(step.id);
      expected.delete(step.id);
    } else {
      const row = { _id: step.id, version };
      loaded.put([row], isWide(step.id));
      expected.set(step.id, row);
    }
  }
  expect(loaded.settle()).toEqual([...expected.values()].toSorted((a, b) => compareStrings(a._id, b._id)));
}

describe('rows that are read', () => {
  test('are in the end what was put last and not removed since, in the order of their ids', () => {
    fc.assert(fc.property(stepsOn(plainIds), follow));
  });

  test('are in the order of code points where that is not the order of UTF-16', () => {
    fc.assert(fc.property(stepsOn(ids), follow));
  });

  test('that come in order stay where they are', () => {
    const loaded = new LoadedRows();
    const rows = ['a', 'b', 'c', 'd'].map((_id) => ({ _id, version: 1 }));
    loaded.put(rows.slice(0, 2), false);
    loaded.settle();
    loaded.put(rows.slice(2), false);
    expect(loaded.settle()).toEqual(rows);
    expect(loaded.wide).toEqual([]);
  });
});
