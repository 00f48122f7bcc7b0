import type { Condition, Filter } from '../documents.ts';
import type { Row, Scalar } from './values.ts';
import { compareStrings, readerOf } from './values.ts';

export type Predicate = (row: Row) => boolean;
type Test = (value: unknown) => boolean;

const all =
  (predicates: readonly Predicate[]): Predicate =>
  (row) =>
    predicates.every((predicate) => predicate(row));

/** Compiles a filter once; the result is called for every candidate. */
export function compileFilter(filter: Filter): Predicate {
  const predicates = Object.entries(filter).flatMap(([path, condition]) => compilePath(path, condition));
  const [only] = predicates;
  if (predicates.length === 1 && only) return only;
  return all(predicates);
}

function compilePath(path: string, condition: Filter[string]): Predicate[] {
  if (condition === undefined) return [];
  if (path === '$and') return (condition as readonly Filter[]).map(compileFilter);
  if (path === '$or') {
    const branches = (condition as readonly Filter[]).map(compileFilter);
    return [(row) => branches.some((branch) => branch(row))];
  }
  const read = readerOf(path);
  return testsOf(condition as Condition | Scalar).map((test) => (row: Row) => test(read(row)));
}

function testsOf(condition: Condition | Scalar): Test[] {
  if (condition === null || typeof condition !== 'object') return [equals(condition)];
  return Object.entries(condition)
    .filter(([, operand]) => operand !== undefined)
    .map(([operator, operand]) => testOf(operator, operand));
}

function testOf(operator: string, operand: unknown): Test {
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
      return comparison(operator, operand as string | number);
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
  if (operand === null || operand === undefined) return any((value) => value === null || value === undefined);
  return any((value) => value === operand);
}

function isIn(operands: readonly Scalar[]): Test {
  const values = new Set<unknown>(operands);
  if (values.has(null)) values.add(undefined);
  return any((value) => values.has(value));
}

/** Compares values of the operand's type only, as MongoDB does. */
function comparison(operator: string, operand: string | number): Test {
  const holds = signTest(operator);
  if (typeof operand === 'number') return any((value) => typeof value === 'number' && holds(value - operand));
  return any((value) => typeof value === 'string' && holds(compareStrings(value, operand)));
}

function signTest(operator: string): (sign: number) => boolean {
  switch (operator) {
    case '$gt':
      return (sign) => sign > 0;
    case '$gte':
      return (sign) => sign >= 0;
    case '$lt':
      return (sign) => sign < 0;
    case '$lte':
      return (sign) => sign <= 0;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}
