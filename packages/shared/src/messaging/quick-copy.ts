import type { z } from 'zod';

/** What a value has to be, found to be so: a primitive as it is, else a copy that is frozen to the bottom. `refused` where it is not, or where
 *  only the schema itself can say. */
type Copy = (value: unknown) => unknown;
export const refused = Symbol('refused');

/** What zod's public types don't tell of a schema's definition. */
interface Definition {
  readonly type: string;
  readonly check?: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDefinition } }[];
}
interface CheckDefinition {
  readonly check: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: unknown;
  readonly inclusive?: boolean;
  readonly format?: string;
  readonly pattern?: RegExp;
}
const definitionOf = (schema: z.ZodType): Definition => schema.def;

const known = new WeakMap<z.ZodType, Copy>();
const refuse: Copy = () => refused;

/** A copy of what the schema allows, frozen to the bottom, several times faster than the schema makes one: a large import is told row by row.
 *  Refuses what isn't valid and what it doesn't know about schemas; then the schema has to be asked. */
export function quickCopy(schema: z.ZodType, value: unknown): unknown {
  let copy = known.get(schema);
  if (copy === undefined) known.set(schema, (copy = copyBy(schema) ?? refuse));
  return copy(value);
}

/** null: it says more than is known here. */
function copyBy(schema: z.ZodType): Copy | null {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object':
      return objectBy(definition);
    case 'array':
      return arrayBy(definition);
    case 'nullable':
      return nullableBy(definition);
    case 'record':
      return (value) => (isEmptyRecord(value) ? Object.freeze({}) : refused);
    case 'string':
      return passing('string', stringTests(definition));
    case 'number':
      return definition.format === 'safeint' ? passing('number', [Number.isSafeInteger, ...checkTests(definition)]) : null;
    case 'boolean':
      return definition.checks === undefined ? passing('boolean', []) : null;
    case 'enum':
      return enumBy(definition);
    default:
      return null;
  }
}

type Test = ((value: never) => boolean) | null;

/** A value of this type that passes all tests; null when one of these is not known. What was right once is right: instants, owners and
 *  currencies repeat. */
function passing(type: string, tests: readonly Test[]): Copy | null {
  const all = tests.filter((test) => test !== null) as ((value: unknown) => boolean)[];
  if (all.length < tests.length) return null;
  let last: unknown = refused;
  return (value) => {
    if (value === last) return value;
    if (typeof value !== type) return refused;
    for (const test of all) if (!test(value)) return refused;
    return (last = value);
  };
}

const stringTests = (definition: Definition): Test[] =>
  definition.check === undefined ? checkTests(definition) : [formatTest(definition), ...checkTests(definition)];

/** Of formats only those that their pattern tells whole. */
const formatTest = ({ format, pattern }: Pick<Definition, 'format' | 'pattern'>): Test =>
  pattern !== undefined && ['regex', 'date', 'datetime'].includes(format ?? '') && !pattern.global && !pattern.sticky
    ? (value: string) => pattern.test(value)
    : null;

const checkTests = ({ checks = [] }: Definition): Test[] => checks.map(({ _zod: { def } }) => testOf(def));

function testOf({ check, minimum = 0, maximum = 0, value: bound, inclusive, format, pattern }: CheckDefinition): Test {
  if (check === 'min_length') return ({ length }: string) => length >= minimum;
  if (check === 'max_length') return ({ length }: string) => length <= maximum;
  if (check === 'string_format') return formatTest({ ...(format && { format }), ...(pattern && { pattern }) });
  if (typeof bound !== 'number') return null;
  if (check === 'greater_than') return (value: number) => value > bound || (inclusive === true && value === bound);
  if (check === 'less_than') return (value: number) => value < bound || (inclusive === true && value === bound);
  return null;
}

function enumBy({ entries = {}, checks }: Definition): Copy | null {
  const values = new Set(Object.values(entries));
  return checks === undefined ? (value) => (values.has(value) ? value : refused) : null;
}

function nullableBy({ innerType, checks }: Definition): Copy | null {
  const inner = innerType && copyBy(innerType);
  return inner && checks === undefined ? (value) => (value === null ? null : inner(value)) : null;
}

function arrayBy(definition: Definition): Copy | null {
  const element = definition.element && copyBy(definition.element);
  const tests = checkTests(definition);
  if (!element || tests.includes(null)) return null;
  return (value) => {
    if (!Array.isArray(value) || tests.some((test) => !test!(value as never))) return refused;
    const copies: unknown[] = [];
    for (const part of value) {
      const copied = element(part);
      if (copied === refused) return refused;
      copies.push(copied);
    }
    return Object.freeze(copies);
  };
}

/** A strict object none of whose fields may be absent. */
function objectBy({ shape = {}, catchall, checks }: Definition): Copy | null {
  const fields = Object.entries(shape).map(([name, schema]) => ({ name, copy: copyBy(schema) }));
  const isStrict = catchall !== undefined && definitionOf(catchall).type === 'never';
  if (!isStrict || checks !== undefined || fields.some(({ copy }) => copy === null)) return null;
  return (value) => {
    if (!isPlain(value)) return refused;
    let count = 0;
    for (const _ in value) count += 1;
    if (count !== fields.length) return refused;
    const whole: Record<string, unknown> = { ...value };
    for (const { name, copy } of fields) {
      const part = whole[name];
      const copied = copy!(part);
      if (copied === refused) return refused;
      if (copied !== part) whole[name] = copied;
    }
    return Object.freeze(whole);
  };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isEmptyRecord(value: unknown): boolean {
  if (!isPlain(value)) return false;
  for (const _ in value) return false;
  return true;
}
