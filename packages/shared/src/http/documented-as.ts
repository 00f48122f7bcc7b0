import { z } from 'zod';

/** What zod tells of the text that a parameter is read from, and would be told beside what that text stands for: no boolean is one of two words. */
const ofText = ['enum', 'pattern'] as const;

/** For `meta({ override })` of a query parameter: its documented schema is the one of the value that is meant, not of the text that carries it. */
export const documentedAs =
  (schema: Readonly<Record<string, unknown>>) =>
  ({ jsonSchema }: { jsonSchema: object }): void => {
    for (const word of ofText) Reflect.deleteProperty(jsonSchema, word);
    Object.assign(jsonSchema, schema);
  };

/** A query parameter that is `true`, or `false` as it is without being sent. */
export const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .prefault('false')
    .meta({ override: documentedAs({ type: 'boolean', default: false }), description, example: true });
