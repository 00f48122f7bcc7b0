import type { z } from 'zod';
import { pointerOf } from './json-pointer.ts';
import { Refusal, toldErrorsMax } from './refusal.ts';
import type { FieldError } from './refusal.ts';

/** What a zod refinement says when it refuses: `z.string().refine(isDate, issue('date-invalid', 'There is no such day'))`.
 *  The code lands in `errors[].code`. */
export const issue = (code: string, message: string): { error: string; params: { code: string } } => ({ error: message, params: { code } });

/** Parses or throws 400 `validation-failed` with one entry per fault, of which the first hundred are told. Without `unknownCode`, an unknown field is `unknown-field`. */
export function parseOrRefuse<S extends z.ZodType>(schema: S, value: unknown, unknownCode = 'unknown-field'): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = errorsOf(result.error.issues, { prefix: [], root: value, unknownCode });
  const first = errors[0];
  throw new Refusal('validation-failed', first ? `${first.path || 'The body'}: ${first.message}` : 'The request is not valid', { errors });
}

type Issue = z.core.$ZodIssue;

interface Found {
  /** Where the value is that was looked at. */
  readonly prefix: readonly PropertyKey[];
  readonly root: unknown;
  readonly unknownCode: string;
}

/** At most as many as are told: a body has room for hundreds of thousands of faults. */
function errorsOf(issues: readonly Issue[], where: Found): FieldError[] {
  const errors: FieldError[] = [];
  for (const found of issues) {
    if (errors.length >= toldErrorsMax) break;
    errors.push(...errorsOfIssue(found, where));
  }
  return errors.slice(0, toldErrorsMax);
}

function errorsOfIssue(found: Issue, { prefix, root, unknownCode }: Found): FieldError[] {
  const path = [...prefix, ...found.path];
  if (found.code === 'unrecognized_keys') {
    const message = unknownCode === 'unknown-field' ? 'There is no such field here' : 'There is no such parameter';
    return found.keys.slice(0, toldErrorsMax).map((key) => ({ path: pointerOf([...path, key]), code: unknownCode, message }));
  }
  if (found.code === 'invalid_union') {
    const closest = closestBranch(found.errors);
    if (closest) return errorsOf(closest, { prefix: path, root, unknownCode });
  }
  if (['invalid_type', 'invalid_value', 'invalid_union'].includes(found.code) && valueAt(root, path) === undefined) {
    return [{ path: pointerOf(path), code: 'required', message: 'This is required' }];
  }
  return [{ path: pointerOf(path), code: codeOf(found), message: found.message }];
}

/** Of a union's branches, the one that came nearest: of the kind that was sent, with the fewest faults, and these the deepest. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const strangeness = (issues: readonly Issue[]): number => Number(issues.some(isOfAnotherKind));
  const faults = (issues: readonly Issue[]): number => issues.flatMap(depthsOf).length;
  const depth = (issues: readonly Issue[]): number => Math.max(...issues.flatMap(depthsOf));
  return branches
    .filter((issues) => issues.length > 0)
    .toSorted((a, b) => strangeness(a) - strangeness(b) || faults(a) - faults(b) || depth(b) - depth(a))[0];
}

/** Not an object at all, or one whose constant (`kind`) is another. */
const isOfAnotherKind = (found: Issue): boolean =>
  (found.code === 'invalid_type' && found.path.length === 0) ||
  (found.code === 'invalid_value' && found.path.length === 1 && found.values.length === 1);

/** One for each fault: an unknown field is one by itself, and lies below the object that has it. */
const depthsOf = (found: Issue): number[] =>
  found.code === 'unrecognized_keys' ? found.keys.map(() => found.path.length + 1) : [found.path.length];

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
  set: ['too-few', 'too-many'],
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
