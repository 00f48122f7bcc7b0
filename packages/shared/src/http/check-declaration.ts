import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';

/** Broken declarations are found when the service starts, not by a client. */
export function checkDeclaration(endpoint: Endpoint): void {
  const name = endpoint.operationId;
  if (!endpoint.path.startsWith('/')) throw new Error(`${name}: a path begins with /`);
  const internal = endpoint.path.startsWith('/internal/');
  if (internal !== (endpoint.admission === 'service')) throw new Error(`${name}: /internal/* and only that admits services`);
  if (endpoint.body && endpoint.upload) throw new Error(`${name}: JSON or an upload, not both`);
  for (const schema of [endpoint.query, endpoint.body] as (z.ZodType | undefined)[]) {
    if (schema instanceof z.ZodObject && !(schema.def.catchall instanceof z.ZodNever)) throw new Error(`${name}: take a strictObject`);
  }
  if (Object.keys(endpoint.answers).length === 0) throw new Error(`${name}: an endpoint answers something`);
}
