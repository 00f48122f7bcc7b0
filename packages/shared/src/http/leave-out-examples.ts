import type { OpenApi } from './open-api.ts';

type Operations = Record<string, { readonly parameters?: readonly object[] }>;
interface Parameter {
  readonly required?: boolean;
  readonly schema?: { example?: unknown; examples?: unknown[] };
}

/** Shows what may be left out by JSON Schema's own `examples`. A page that tries requests out fills in a parameter's `example` and sends it: a key of
 *  idempotency would be the same for every record, a version one that nothing has. */
export function leaveOutExamples(document: OpenApi): OpenApi {
  for (const operations of Object.values(document.paths ?? {})) {
    for (const { parameters = [] } of Object.values(operations as Operations)) {
      for (const { required, schema } of parameters as readonly Parameter[]) {
        if (required === true || schema?.example === undefined) continue;
        schema.examples = [schema.example];
        delete schema.example;
      }
    }
  }
  return document;
}
