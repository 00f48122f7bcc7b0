import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Refusal } from './refusal.ts';
import { issue, parseOrRefuse } from './validate.ts';

const Expense = z.strictObject({ type: z.literal('expense'), amount: z.string(), category: z.string().min(1).max(5) });
const Income = z.strictObject({ type: z.literal('income'), amount: z.string(), source: z.string() });
const Circle = z.strictObject({ kind: z.literal('flat'), radius: z.number() });
const Box = z.strictObject({ kind: z.literal('flat'), width: z.number().optional(), depth: z.number().optional() });
const Line = z.strictObject({ kind: z.literal('thin'), width: z.number().optional() });
const Some = z.strictObject({ kind: z.literal('some'), ids: z.array(z.number()).max(3) });
const All = z.strictObject({ kind: z.literal('some'), tag: z.enum(['x', 'y']).optional() });
const None = z.strictObject({ kind: z.literal('none') });
const Body = z
  .strictObject({
    name: z.string().min(2).max(4),
    size: z.int().min(1).max(10),
    tags: z.array(z.string()).min(1).max(2),
    kind: z.enum(['a', 'b']),
    at: z.iso.date().optional(),
    inner: z.strictObject({ deep: z.array(z.strictObject({ x: z.number() })) }).optional(),
    record: z.discriminatedUnion('type', [Expense, Income]).optional(),
    either: z.union([z.string().max(3), z.strictObject({ a: z.strictObject({ b: z.number() }) })]).optional(),
    shape: z.xor([Circle, Box, Line]).optional(),
    what: z.xor([Some, All, None]).optional(),
    when: z
      .string()
      .refine((text) => text !== 'never', issue('date-in-future', 'Not in the future'))
      .optional(),
    plain: z
      .string()
      .refine((text) => text !== 'no')
      .optional(),
  })
  .superRefine((body, context) => {
    const alike = { code: 'custom', message: 'Too alike', params: { code: 'alike' } } as const;
    if (body.name === 'same') for (const field of ['size', 'at']) context.addIssue({ ...alike, path: [field] });
  });
const good = { name: 'abc', size: 3, tags: ['x'], kind: 'a' };

const faults = (value: unknown, unknownCode?: string) => {
  try {
    parseOrRefuse(Body, value, unknownCode);
  } catch (error) {
    if (error instanceof Refusal) return error.errors?.map(({ path, code }) => `${path} ${code}`);
    throw error;
  }
  return [];
};

describe('Validation', () => {
  test('gives what was parsed', () => {
    expect(parseOrRefuse(Body, good)).toEqual(good);
  });

  test.each<[string, unknown, string[]]>([
    ['missing fields', {}, ['/name required', '/size required', '/tags required', '/kind required']],
    ['no object at all', 7, [' invalid-type']],
    ['nothing', undefined, [' required']],
    ['null for a string', { ...good, name: null }, ['/name invalid-type']],
    ['unknown fields, each by its own path', { ...good, $where: 1, id: 2 }, ['/$where unknown-field', '/id unknown-field']],
    ['what is too small', { ...good, name: 'a', size: 0, tags: [] }, ['/name too-short', '/size too-small', '/tags too-few']],
    ['what is too big', { ...good, name: 'abcde', size: 11, tags: ['1', '2', '3'] }, ['/name too-long', '/size too-big', '/tags too-many']],
    ['another choice', { ...good, kind: 'c' }, ['/kind invalid-value']],
    ['a day that does not exist', { ...good, at: '2026-02-30' }, ['/at invalid-format']],
    [
      'depth',
      { ...good, inner: { deep: [{ x: 1 }, { x: '2', y: 3 }] } },
      ['/inner/deep/1/x invalid-type', '/inner/deep/1/y unknown-field'],
    ],
    [
      'the fields of another type',
      { ...good, record: { type: 'income', amount: '1', source: 's', category: 'c' } },
      ['/record/category unknown-field'],
    ],
    ['an unknown discriminator', { ...good, record: { type: 'gift' } }, ['/record/type invalid-value']],
    ['a missing discriminator', { ...good, record: {} }, ['/record/type required']],
    ['the nearest branch of a union', { ...good, either: { a: { b: 'x' } } }, ['/either/a/b invalid-type']],
    ['a field of another branch', { ...good, shape: { kind: 'flat', radius: 1, width: 1 } }, ['/shape/width unknown-field']],
    ['one that no branch has', { ...good, shape: { kind: 'flat', radius: 1, x: 1 } }, ['/shape/x unknown-field']],
    [
      'the branch with the fewest faults',
      { ...good, shape: { kind: 'flat', width: 1, depth: 1, radius: 1 } },
      ['/shape/radius unknown-field'],
    ],
    [
      'the branch of the kind that was sent, though another lacks fewer fields',
      { ...good, shape: { kind: 'thin', width: 1, depth: 1, radius: 1 } },
      ['/shape/depth unknown-field', '/shape/radius unknown-field'],
    ],
    ['the branch whose fields were sent', { ...good, what: { kind: 'some', ids: null } }, ['/what/ids invalid-type']],
    ['another choice in the branch whose fields were sent', { ...good, what: { kind: 'some', tag: 'z' } }, ['/what/tag invalid-value']],
    [
      'of two whose fields were, the branch with less to mend',
      { ...good, what: { kind: 'some', ids: null, tag: 'x' } },
      ['/what/ids unknown-field'],
    ],
    [
      'all faults of the branch whose fields were sent, however many',
      { ...good, what: { kind: 'some', ids: ['1', '2'] } },
      ['/what/ids/0 invalid-type', '/what/ids/1 invalid-type'],
    ],
    ['another type once, whatever its size', { ...good, name: [], tags: 'a,b,c' }, ['/name invalid-type', '/tags invalid-type']],
    ['a constant that no branch has', { ...good, shape: { kind: 'deep', radius: 1 } }, ['/shape/kind invalid-value']],
    [
      'all faults of the branch of the same type',
      { ...good, either: { a: { b: 'x', c: 1 }, d: 1 } },
      ['/either/a/b invalid-type', '/either/a/c unknown-field', '/either/d unknown-field'],
    ],
    ['own rules with own codes', { ...good, when: 'never' }, ['/when date-in-future']],
    ['own rules without a code', { ...good, plain: 'no' }, ['/plain invalid']],
    ['rules across fields, of which some are absent', { ...good, name: 'same' }, ['/size alike', '/at alike']],
  ])('names %s', (_, value, expected) => {
    expect(faults(value)).toEqual(expected);
  });

  test('names a hundred faults at most, wherever they are', () => {
    const unknown = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`x${at}`, 1]));
    const hundred = (path: string) => Array.from({ length: 100 }, (_, at) => `${path}${at} unknown-field`);
    expect(faults({ ...good, ...unknown })).toEqual(hundred('/x'));
    expect(faults({ ...good, shape: { kind: 'thin', ...unknown } })).toEqual(hundred('/shape/x'));
    const deep = Array.from({ length: 150 }, () => ({ x: '1' }));
    expect(faults({ ...good, inner: { deep } })).toEqual(Array.from({ length: 100 }, (_, at) => `/inner/deep/${at}/x invalid-type`));
  });

  test('calls an unknown parameter a parameter', () => {
    expect(faults({ ...good, x: '1' }, 'unknown-parameter')).toEqual(['/x unknown-parameter']);
  });

  test('says in words what is wrong first', () => {
    expect(() => parseOrRefuse(Body, {})).toThrow(/^\/name: This is required$/);
    expect(() => parseOrRefuse(Body, 7)).toThrow(/^The body: Invalid input/);
    expect(() => parseOrRefuse(Body, { ...good, x: 1 })).toThrow(/^\/x: There is no such field here$/);
    expect(() => parseOrRefuse(Body, { ...good, x: '1' }, 'unknown-parameter')).toThrow(/^\/x: There is no such parameter$/);
  });
});
