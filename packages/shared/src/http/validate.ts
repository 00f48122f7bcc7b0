import type { z } from 'zod';
import { pointerOf } from './json-pointer.ts';
import { Refusal, toldErrorsMax } from './refusal.ts';
import type { FieldError } from './refusal.ts';

/** What a zod refinement says when it refuses: `z.string().refine(isDate, issue('date-invalid', 'There is no such day'))`.
 *  The code lands in `errors[].code`. */
export const issue = (code: string, message: string): { error: string; params: { code: string } } => ({ error: message, params: { code } });

/** Parses or throws 400 `validation-failed` with one entry per fault, of which the first hundred are told. Without `unknownCode`, an unknown field is `unknown-field`.
 *  @param schema whose unions of objects are `z.xor`: of a `z.union` zod tells only what another branch finds unknown, where the one that was meant has
 *  a value of a wrong type */
export function parseOrRefuse<S extends z.ZodType>(schema: S, value: unknown, unknownCode = 'unknown-field'): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = errorsOf(result.error.issues, { prefix: [], root: value, unknownCode });
  const first = errors[0];
  throw new Refusal('validation-failed', first ? `${first.path || 'The body'}: ${first.message}` : 'The request is not valid', { errors });
}

type Issue = z.core.$ZodIssue;

/** Where the value is that was looked at. */
interface Place {
  readonly prefix: readonly PropertyKey[];
  readonly root: unknown;
}
interface Found extends Place {
  readonly unknownCode: string;
}

/** At most as many as are told: a body has room for hundreds of thousands of faults. */
function errorsOf(issues: readonly Issue[], where: Found): FieldError[] {
  const errors: FieldError[] = [];
  const mistyped = new Set<string>();
  for (const found of issues) {
    if (errors.length >= toldErrorsMax) break;
    const path = pointerOf(found.path);
    if (found.code === 'invalid_type') mistyped.add(path);
    // Zod measures whatever has a length, a list as the text that it should have been.
    if (!isOfSize(found) || !mistyped.has(path)) errors.push(...errorsOfIssue(found, where));
  }
  return errors.slice(0, toldErrorsMax);
}

const isOfSize = ({ code }: Issue): boolean => code === 'too_small' || code === 'too_big';

function errorsOfIssue(found: Issue, { prefix, root, unknownCode }: Found): FieldError[] {
  const path = [...prefix, ...found.path];
  if (found.code === 'unrecognized_keys') {
    const message = unknownCode === 'unknown-field' ? 'There is no such field here' : 'There is no such parameter';
    return found.keys.slice(0, toldErrorsMax).map((key) => ({ path: pointerOf([...path, key]), code: unknownCode, message }));
  }
  if (found.code === 'invalid_union') {
    const closest = closestBranch(found.errors, { prefix: path, root });
    if (closest) return errorsOf(closest, { prefix: path, root, unknownCode });
  }
  if (isOfAbsent(found, { prefix, root })) return [{ path: pointerOf(path), code: 'required', message: 'This is required' }];
  return [{ path: pointerOf(path), code: codeOf(found), message: found.message }];
}

/** Of a union's branches, the one that was meant: of the kind that was sent, and of those the one whose fields were. Only then counts how much is wrong
 *  with what they hold: a list of which many items are wrong is still that list. */
function closestBranch(branches: readonly (readonly Issue[])[], at: Place): readonly Issue[] | undefined {
  const strangeness = (issues: readonly Issue[]): number => Number(issues.some(isOfAnotherKind));
  const misfits = (issues: readonly Issue[]): number => issues.reduce((sum, found) => sum + misfitsOf(found, at), 0);
  return branches.toSorted((a, b) => strangeness(a) - strangeness(b) || misfits(a) - misfits(b) || a.length - b.length)[0];
}

/** Not an object at all, or one whose constant (`kind`) is another. */
const isOfAnotherKind = (found: Issue): boolean =>
  (found.code === 'invalid_type' && found.path.length === 0) ||
  (found.code === 'invalid_value' && found.path.length === 1 && found.values.length === 1);

/** How many fields a branch does not have, or misses. */
const misfitsOf = (found: Issue, at: Place): number =>
  found.code === 'unrecognized_keys' ? found.keys.length : Number(isOfAbsent(found, at));

const isOfAbsent = (found: Issue, { prefix, root }: Place): boolean =>
  ['invalid_type', 'invalid_value', 'invalid_union'].includes(found.code) && valueAt(root, [...prefix, ...found.path]) === undefined;

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

const sizeCodes: Record<string, readonly [small: string, big: string]> = {
  string: ['too-short', 'too-long'],
  array: ['too-few', 'too-many'],
};

function codeOf(found: Issue): string {
  switch (found.code) {
    case 'invalid_type':
      return 'invalid-type';
    case 'too_small':
      return sizeCodes[found.origin]?.[0] ?? 'too-small';
    case 'too_big':
      return sizeCodes[found.origin]?.[1] ?? 'too-big';
    case 'invalid_format':
      return 'invalid-format';
    case 'custom': {
      const code: unknown = found.params?.['code'];
      return typeof code === 'string' ? code : 'invalid';
    }
    default:
      return 'invalid-value';
  }
}
