import type { z } from 'zod';
import * as contracts from './index.ts';

export interface DeclaredEvent {
  readonly type: string;
  readonly source: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

const isDeclared = (value: unknown): value is DeclaredEvent =>
  typeof value === 'object' && value !== null && 'type' in value && 'source' in value && 'schema' in value;

/** Every event that a contract declares, in the order of their names. */
export const declaredEvents: readonly DeclaredEvent[] = (Object.values(contracts) as unknown[])
  .filter(isDeclared)
  .toSorted((a, b) => (a.type < b.type ? -1 : 1));
