import { describe, expect, test } from '@jest/globals';
import { Table } from './table.ts';

describe('a table', () => {
  test('compares natively only as long as that is the order of code points, also for who asked before', () => {
    const table = new Table({ name: 'records', indexes: [{ name: 'name', fields: ['owner', 'name'] }] });
    // the first is a code point beyond U+FFFF, whose first code unit is below that of the second
    const [high, low] = ['\u{1f4b6}', '\uff21'];
    const compares = table.comparisonFor([['name', 1]]);
    expect(compares()('a', 'b')).toBeLessThan(0);
    table.add([{ _id: 'a', version: 1, owner: 'x', name: 'Ada' }], []);
    const row = { _id: 'b', version: 1, owner: 'x', name: high };
    table.add([row], [row]);
    expect(compares()(high, low)).toBeGreaterThan(0);
  });

  test('compares exactly where no index knows what the values are', () => {
    const table = new Table({ name: 'records', indexes: [] });
    expect(table.comparisonFor([['name', 1]])()('\u{1f4b6}', '\uff21')).toBeGreaterThan(0);
    expect(table.comparisonFor([])()('a', 'b')).toBeLessThan(0);
  });
});
