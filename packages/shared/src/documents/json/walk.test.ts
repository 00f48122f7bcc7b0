import { expect, test } from '@jest/globals';
import { atomsOf } from '../filter-atoms.ts';
import { planQuery } from './query-plan.ts';
import { readerOf } from './rows.ts';
import { orderOf } from './sort-order.ts';
import { Table } from './table.ts';
import { Walk } from './walk.ts';

test('merges by code points what has come during a rest, also where code units were order enough before', () => {
  const table = new Table({ name: 'records', indexes: [{ name: 'by-name', fields: ['owner', 'name'] }] });
  const named = (owner: string, name: string) => ({ _id: `${owner} ${name}`, version: 1, owner, name });
  const [ada, bob] = ['ada', 'bob'];
  table.add([named(ada, 'a'), named(ada, 'c'), named(bob, 'b'), named(bob, 'd')], []);
  const order = orderOf([['name', 1]], readerOf, table.comparisonFor([['name', 1]]));
  const plan = planQuery(table, atomsOf({ $or: [{ owner: ada }, { owner: bob }] }), { order, limit: 10, sortable: true });
  const walk = new Walk(table, plan, order, undefined);
  const met = [walk.next()?.['name']];

  // the first is a code point beyond U+FFFF, whose first code unit is below that of the second
  const wide = named(ada, '\u{1f4b6}');
  table.add([wide, named(bob, '\uff21')], [wide]);
  walk.restore();
  for (let row = walk.next(); row; row = walk.next()) met.push(row['name']);

  expect(met).toEqual(['a', 'b', 'c', 'd', '\uff21', '\u{1f4b6}']);
});

test('counts also what it has looked at ahead to find the next of many ranges', () => {
  const table = new Table({ name: 'records', indexes: [{ name: 'by-name', fields: ['owner', 'name'] }] });
  const owners = Array.from({ length: 150 }, (_, at) => `owner ${at}`);
  for (const owner of owners) table.add([{ _id: owner, version: 1, owner, name: 'a' }], []);
  const order = orderOf([['name', 1]], readerOf, table.comparisonFor([['name', 1]]));
  const plan = planQuery(table, atomsOf({ owner: { $in: owners } }), { order, limit: 200, sortable: true });
  const walk = new Walk(table, plan, order, undefined);

  expect(plan.ordered).toBe(true);
  expect(walk.hasMoreThan(149)).toBe(true);
  expect(walk.count()).toBe(150);
});
