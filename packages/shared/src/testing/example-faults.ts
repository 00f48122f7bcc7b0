import type { z } from 'zod';
import type { Endpoint } from '../http/endpoint.ts';

/** What is wrong with the examples of these endpoints, one line each: every body and every answer has one, and each is valid.
 *  `expect(exampleFaults(endpoints)).toEqual([])`. */
export function exampleFaults(endpoints: readonly Endpoint[]): string[] {
  const shown = endpoints.filter((endpoint) => endpoint.admission !== 'service');
  const ids = shown.map((endpoint) => endpoint.operationId);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [...twice.map((id) => `${id}: the operationId occurs twice`), ...shown.flatMap(faultsOf)];
}

function faultsOf(endpoint: Endpoint): string[] {
  const name = endpoint.operationId;
  const body = endpoint.body;
  const query = endpoint.query;
  const answers = Object.entries(endpoint.answers).flatMap(([status, answer]) =>
    answer.schema ? faultOf(`${name} ${status}`, answer.schema, answer.example) : [],
  );
  return [
    ...(Object.keys(endpoint.answers).some((status) => Number(status) < 400) ? [] : [`${name}: no answer but refusals`]),
    ...(body ? faultOf(`${name} body`, body, endpoint.bodyExample) : []),
    ...(query && endpoint.queryExample ? faultOf(`${name} query`, query, endpoint.queryExample) : []),
    ...answers,
  ];
}

function faultOf(what: string, schema: z.ZodType, example: unknown): string[] {
  if (example === undefined) return [`${what}: no example`];
  const result = schema.safeParse(example);
  return result.success ? [] : result.error.issues.map((issue) => `${what}: /${issue.path.map(String).join('/')} ${issue.message}`);
}
