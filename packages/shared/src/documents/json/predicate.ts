import type { Filter } from '../documents.ts';
import type { Atom } from '../filter-atoms.ts';
import { atomsOf } from '../filter-atoms.ts';
import type { Reader, Row } from './rows.ts';
import { presenceOf, readerOf } from './rows.ts';
import type { Scalar } from '../values.ts';
import { compareStrings, isWide } from '../values.ts';

export type Predicate = (row: Row) => boolean;
type Test = (value: unknown) => boolean;

/** Compiles a filter once; the result is called for every candidate. */
export function compileFilter(filter: Filter, readerFor: (path: string) => Reader): Predicate {
  const { atoms, alternatives } = atomsOf(filter);
  const tests = atoms.map((atom): Predicate => {
    if (atom.operator === '$exists' && readerFor === readerOf) {
      const isThere = presenceOf(atom.path);
      return (row) => isThere(row) === atom.operand;
    }
    const read = readerFor(atom.path);
    const test = testOf(atom);
    return (row) => test(read(row));
  });
  for (const branches of alternatives) {
    const any = branches.map((branch) => compileFilter(branch, readerFor));
    tests.push((row) => any.some((matches) => matches(row)));
  }
  const [only] = tests;
  return tests.length === 1 && only ? only : (row) => tests.every((matches) => matches(row));
}

function testOf({ operator, operand }: Atom): Test {
  switch (operator) {
    case '$eq':
      return equals(operand as Scalar);
    case '$ne':
      return not(equals(operand as Scalar));
    case '$in':
      return isIn(operand as readonly Scalar[]);
    case '$exists':
      return (value) => (value !== undefined) === operand;
    case '$prefix':
      return any((value) => typeof value === 'string' && value.startsWith(operand as string));
    case '$contains':
      return any((value) => typeof value === 'string' && value.includes(operand as string));
    default:
      return typeof operand === 'number' ? numberTest(operator, operand) : stringTest(operator, operand as string);
  }
}

const not =
  (test: Test): Test =>
  (value) =>
    !test(value);

/** Of an array, any element. */
const any =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) ? value.some(test) : test(value);

function equals(operand: Scalar): Test {
  if (operand === null) return any((value) => value === null || value === undefined);
  return any((value) => value === operand);
}

function isIn(operands: readonly Scalar[]): Test {
  const values = new Set<unknown>(operands);
  if (values.has(null)) values.add(undefined);
  return any((value) => values.has(value));
}

/** Only values of the operand's type can match, as in MongoDB. */
function numberTest(operator: string, operand: number): Test {
  const holds = signTest(operator);
  return any((value) => typeof value === 'number' && holds(value - operand));
}

function stringTest(operator: string, operand: string): Test {
  const holds = signTest(operator);
  if (isWide(operand)) return any((value) => typeof value === 'string' && holds(compareStrings(value, operand)));
  return any((value) => typeof value === 'string' && holds(value === operand ? 0 : value < operand ? -1 : 1));
}

function signTest(operator: string): (sign: number) => boolean {
  switch (operator) {
    case '$gt':
      return (sign) => sign > 0;
    case '$gte':
      return (sign) => sign >= 0;
    case '$lt':
      return (sign) => sign < 0;
    default:
      return (sign) => sign <= 0;
  }
}
