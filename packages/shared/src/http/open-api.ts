import { createDocument } from 'zod-openapi';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { leaveOutExamples } from './leave-out-examples.ts';
import { answersOf } from './open-api-answers.ts';
import { headerParameters } from './open-api-headers.ts';

/** An OpenAPI 3.1 document as JSON. */
export type OpenApi = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of a service, from the declarations that also validate: one source, never two. `/internal/*` is left out. */
export function openApiOf(service: { readonly name: string; readonly endpoints: readonly Endpoint[]; readonly version?: string }): OpenApi {
  const shown = service.endpoints.filter((endpoint) => endpoint.admission !== 'service');
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of shown) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: `Commonpurse: ${service.name}`, version: service.version ?? '0.1.0' },
    tags: [...new Set(shown.map((endpoint) => endpoint.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token from `POST /auth/login`, or an API key (`cp_...`).' },
      },
    },
  });
  return leaveOutExamples(document);
}

function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const path = (endpoint.params ?? paramsOf(endpoint.path)) as z.ZodObject | undefined;
  const header = headerParameters(endpoint);
  const body = requestBodyOf(endpoint);
  return {
    operationId: endpoint.operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    security: endpoint.admission === 'open' ? [] : [{ bearer: typeof endpoint.admission === 'object' ? [endpoint.admission.scope] : [] }],
    requestParams: {
      ...(path ? { path } : {}),
      ...(endpoint.query ? { query: endpoint.query as z.ZodObject } : {}),
      header,
    },
    ...(body ? { requestBody: body } : {}),
    responses: answersOf(endpoint),
  };
}

/** Path parameters that no schema was declared for are opaque ids. */
function paramsOf(path: string): z.ZodObject | undefined {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
  if (names.length === 0) return undefined;
  const id = z.string().meta({ description: 'Opaque id', example: '0199a8f2-6c1e-7b7a-9d50-3a3f3f1f5a10' });
  return z.object(Object.fromEntries(names.map((name) => [name, id])));
}

function requestBodyOf(endpoint: Endpoint): ZodOpenApiOperationObject['requestBody'] {
  if (endpoint.upload) {
    const { contentType, schema } = endpoint.upload;
    return { required: true, content: { [contentType]: { schema, ...exampleOf(endpoint) } } };
  }
  if (!endpoint.body) return undefined;
  const media = { schema: endpoint.body, ...exampleOf(endpoint) };
  const content = { 'application/json': media, ...(endpoint.mergePatch ? { 'application/merge-patch+json': media } : {}) };
  return { required: endpoint.mergePatch === true || !endpoint.body.safeParse({}).success, content };
}

const exampleOf = (endpoint: Endpoint): { example?: unknown } =>
  endpoint.bodyExample === undefined ? {} : { example: endpoint.bodyExample };
