import type { Condition, Filter } from './documents.ts';

type Operator = keyof Condition;
/** One thing a filter asks of one path. */
export interface Atom {
  readonly path: string;
  readonly operator: Operator;
  readonly operand: unknown;
}
/** A filter taken apart: every atom and one branch of every alternative must hold. */
export interface Conjunction {
  readonly atoms: readonly Atom[];
  readonly alternatives: readonly (readonly Filter[])[];
}

const OPERATORS = new Set<string>(['$eq', '$ne', '$in', '$gt', '$gte', '$lt', '$lte', '$exists', '$prefix', '$contains']);

export function atomsOf(filter: Filter): Conjunction {
  const atoms: Atom[] = [];
  const alternatives: (readonly Filter[])[] = [];
  for (const [path, condition] of Object.entries(filter)) {
    if (condition === undefined) continue;
    if (path === '$or') alternatives.push(condition as readonly Filter[]);
    else if (path === '$and') {
      for (const part of (condition as readonly Filter[]).map(atomsOf)) {
        atoms.push(...part.atoms);
        alternatives.push(...part.alternatives);
      }
    } else atoms.push(...conditionAtoms(path, condition));
  }
  return { atoms, alternatives };
}

function conditionAtoms(path: string, condition: Filter[string]): Atom[] {
  if (path.startsWith('$')) throw new Error(`filter: unknown operator ${path}`);
  if (condition === null || typeof condition !== 'object') return [{ path, operator: '$eq', operand: condition }];
  return Object.entries(condition)
    .filter(([, operand]) => operand !== undefined)
    .map(([operator, operand]) => {
      if (!OPERATORS.has(operator)) throw new Error(`filter on ${path}: unknown operator ${operator}`);
      return { path, operator: operator as Operator, operand };
    });
}

/** Every path a filter reads. */
export function pathsOf(filter: Filter): string[] {
  const { atoms, alternatives } = atomsOf(filter);
  return [...atoms.map((atom) => atom.path), ...alternatives.flat().flatMap(pathsOf)];
}
