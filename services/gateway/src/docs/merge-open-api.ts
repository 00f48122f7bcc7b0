import type { OpenApi } from '@commonpurse/shared/http';

/** One document of several: the paths side by side; what is shared (schemas, responses, ...) must say the same thing under the same name.
 *  @throws Error naming what two services describe differently */
export function mergeOpenApi(documents: readonly OpenApi[], info: OpenApi['info']): OpenApi {
  const merged = { openapi: '3.1.0', info, tags: [] as unknown[], paths: {}, components: {} } as Record<string, unknown>;
  const paths: Record<string, unknown> = {};
  const components: Record<string, Record<string, unknown>> = {};
  for (const document of documents) {
    add(paths, document.paths ?? {}, 'path');
    for (const [kind, parts] of Object.entries(document.components ?? {})) add((components[kind] ??= {}), parts as object, kind);
  }
  const tags = new Map(documents.flatMap((document) => document.tags ?? []).map((tag) => [tag.name, tag]));
  return { ...merged, tags: [...tags.values()], paths: sorted(paths), components } as unknown as OpenApi;
}

function add(into: Record<string, unknown>, parts: object, kind: string): void {
  for (const [name, part] of Object.entries(parts)) {
    if (Object.hasOwn(into, name) && JSON.stringify(into[name]) !== JSON.stringify(part))
      throw new Error(`two services describe the ${kind} ${name} differently`);
    into[name] = part;
  }
}

const sorted = (paths: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1)));
