import type { z } from 'zod';

/** Declares a type of event: its name, the one service that publishes it, what it tells (in a sentence, for the documentation), what it carries. */
export const defineEvent = <S extends z.ZodType>(
  type: string,
  source: string,
  description: string,
  schema: S,
): { type: string; source: string; description: string; schema: S } => ({ type, source, description, schema });
