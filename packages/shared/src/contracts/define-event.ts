import type { z } from 'zod';

/** Declares a type of event: its name, the one service that publishes it, what it carries. */
export const defineEvent = <S extends z.ZodType>(type: string, source: string, schema: S): { type: string; source: string; schema: S } => ({
  type,
  source,
  schema,
});
