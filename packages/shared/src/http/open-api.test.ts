import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { exampleFaults } from '../testing/example-faults.ts';
import { endpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { listParameters, pageOf } from './list-page.ts';
import { openApiOf } from './open-api.ts';

const Thing = z.strictObject({ id: z.string(), name: z.string(), version: z.int() }).meta({ id: 'Thing' });
const thing = { id: '0199a8f2', name: 'Lamp', version: 1 };
const shared = { tag: 'things', summary: 's', handle: async () => ({ status: 200 }) };
const endpoints: Endpoint[] = [
  endpoint({
    ...shared,
    method: 'get',
    path: '/things',
    operationId: 'listThings',
    admission: { scope: 'records:read' },
    query: z.strictObject({ ...listParameters, q: z.string().optional() }),
    answers: { 200: { description: 'A page', schema: pageOf(Thing), example: { items: [thing], nextCursor: null } } },
  }),
  endpoint({
    ...shared,
    method: 'post',
    path: '/things',
    operationId: 'createThing',
    description: 'Makes one.',
    admission: { scope: 'records:write' },
    idempotent: true,
    body: z.strictObject({ name: z.string() }),
    bodyExample: { name: 'Lamp' },
    refusals: ['conflict', ['invalid-credentials', 403]],
    answers: { 201: { description: 'It', schema: Thing, example: thing } },
  }),
  endpoint({
    ...shared,
    method: 'patch',
    path: '/things/:id',
    operationId: 'changeThing',
    admission: 'session',
    conditional: true,
    mergePatch: true,
    body: z.strictObject({ name: z.string().optional() }),
    bodyExample: { name: 'Lamp' },
    answers: { 200: { description: 'It', schema: Thing, example: thing } },
  }),
  endpoint({
    ...shared,
    method: 'get',
    path: '/things/:id',
    operationId: 'getThing',
    admission: 'open',
    answers: {
      200: { description: 'It', schema: Thing, example: thing },
      503: { description: 'As it was.', schema: Thing, example: thing },
    },
  }),
  endpoint({
    ...shared,
    method: 'post',
    path: '/imports',
    operationId: 'import',
    admission: 'session',
    upload: { contentType: 'multipart/form-data', schema: z.strictObject({ file: z.string() }) },
    versioned: true,
    answers: { 202: { description: 'Begun', schema: Thing, example: thing }, 204: { description: 'Nothing' } },
  }),
  endpoint({
    ...shared,
    method: 'post',
    path: '/sent',
    operationId: 'send',
    admission: 'open',
    versioned: false,
    answers: {
      201: { description: 'Shown once', schema: Thing, example: thing },
      202: { description: 'On its way', schema: Thing, example: thing },
    },
  }),
  endpoint({
    ...shared,
    method: 'get',
    path: '/internal/x',
    operationId: 'secret',
    admission: 'service',
    answers: { 200: { description: 'x' } },
  }),
];
const document = JSON.parse(JSON.stringify(openApiOf({ name: 'things', endpoints })));

describe('The OpenAPI document', () => {
  test('shows what the gateway serves, and nothing else', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(['/things', '/things/{id}', '/imports', '/sent']);
    expect(document.paths['/things'].post).toMatchObject({ operationId: 'createThing', description: 'Makes one.', tags: ['things'] });
  });

  test('says who may call', () => {
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(document.paths['/things'].get.security).toEqual([{ bearer: ['records:read'] }]);
    expect(document.paths['/things/{id}'].patch.security).toEqual([{ bearer: [] }]);
    expect(document.paths['/things/{id}'].get.security).toEqual([]);
  });

  test('names every parameter and header', () => {
    const names = (path: string, method: string): string[] =>
      document.paths[path][method].parameters.map((one: { in: string; name: string }) => `${one.in} ${one.name}`).toSorted();
    expect(names('/things', 'get')).toEqual(['header X-Request-Id', 'query count', 'query cursor', 'query limit', 'query q']);
    expect(names('/things', 'post')).toEqual(['header Idempotency-Key', 'header X-Request-Id']);
    expect(names('/things/{id}', 'patch')).toEqual(['header If-Match', 'header X-Request-Id', 'path id']);
    expect(names('/things/{id}', 'get')).toEqual(['header If-None-Match', 'header X-Request-Id', 'path id']);
    const limit = document.paths['/things'].get.parameters.find((one: { name: string }) => one.name === 'limit');
    expect(limit).not.toHaveProperty('required');
    expect(limit).toMatchObject({ schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } });
  });

  test('has nothing filled in where a parameter may be left out', () => {
    const schemaOf = (path: string, method: string, named: string): unknown =>
      document.paths[path][method].parameters.find(({ name }: { name: string }) => name === named).schema;
    expect(schemaOf('/things', 'post', 'Idempotency-Key')).toMatchObject({ examples: ['a7f3c1e0-first-try'] });
    expect(schemaOf('/things', 'post', 'Idempotency-Key')).not.toHaveProperty('example');
    expect(schemaOf('/things/{id}', 'patch', 'If-Match')).not.toHaveProperty('example');
    expect(schemaOf('/things/{id}', 'patch', 'id')).toHaveProperty('example');
  });

  test('takes patches in both types, and uploads in theirs', () => {
    expect(Object.keys(document.paths['/things/{id}'].patch.requestBody.content)).toEqual([
      'application/json',
      'application/merge-patch+json',
    ]);
    expect(document.paths['/things'].post.requestBody.required).toBe(true);
    expect(document.paths['/things/{id}'].patch.requestBody.required).toBe(true);
    expect(Object.keys(document.paths['/imports'].post.requestBody.content)).toEqual(['multipart/form-data']);
  });

  test('documents every refusal with an example of it', () => {
    const answers = document.paths['/things'].post.responses;
    expect(Object.keys(answers)).toEqual(['201', '400', '401', '403', '409', '413', '415', '422', '429', '500', '503', '504']);
    expect(answers['409'].content['application/problem+json'].examples.conflict.value).toMatchObject({ code: 'conflict', status: 409 });
    const credentials = answers['403'].content['application/problem+json'].examples['invalid-credentials'].value;
    expect(credentials).toMatchObject({ code: 'invalid-credentials', status: 403 });
    expect(answers['401'].headers['WWW-Authenticate']).toBeDefined();
    expect(answers['503'].headers['Retry-After']).toBeDefined();
    expect(answers['201'].headers).toMatchObject({ ETag: {}, Location: {}, 'Idempotency-Replayed': {}, 'X-Request-Id': {} });
  });

  test('says where something is, and its version, only of what has a version', () => {
    const { 202: begun, 204: nothing } = document.paths['/imports'].post.responses;
    expect(begun.headers).toMatchObject({ ETag: {}, Location: {} });
    expect(nothing.headers).not.toHaveProperty('ETag');
    for (const answer of Object.values<{ headers: object }>(document.paths['/sent'].post.responses)) {
      expect(answer.headers).not.toHaveProperty('ETag');
      expect(answer.headers).not.toHaveProperty('Location');
    }
  });

  test('documents no refusal of what is not asked: no token, no body, no version', () => {
    expect(Object.keys(document.paths['/things/{id}'].get.responses)).toEqual(['200', '304', '400', '404', '429', '500', '503', '504']);
  });

  test('shows both where an answer has the status of a refusal', () => {
    const { description, content } = document.paths['/things/{id}'].get.responses['503'];
    expect(description).toBe('As it was. `service-unavailable`: Not available right now');
    expect(Object.keys(content)).toEqual(['application/json', 'application/problem+json']);
  });

  test('names the headers of limits once, and the version that a refused write met', () => {
    const { responses } = document.paths['/things/{id}'].patch;
    expect(responses['200'].headers.RateLimit).toEqual({ $ref: '#/components/headers/RateLimit' });
    expect(Object.keys(document.components.headers)).toEqual(['RateLimit', 'RateLimit-Policy']);
    expect(responses['412'].headers.ETag).toMatchObject({ required: true });
  });

  test('has only examples that its own schemas accept', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ ...document, $id: 'doc' });
    const found = examplesIn(document, '');
    for (const { schema, example } of found) {
      const validate = ajv.getSchema(`doc#${schema}`)!;
      expect([schema, validate(example), validate.errors]).toEqual([schema, true, null]);
    }
    expect(found.length).toBeGreaterThan(40);
  });

  test('has only parameters whose examples and defaults their own schemas accept', () => {
    const ajv = new Ajv2020({ strict: false });
    interface Parameter {
      readonly name: string;
      readonly schema: { readonly examples?: readonly unknown[]; readonly default?: unknown };
    }
    const { parameters } = document.paths['/things'].get as { parameters: Parameter[] };
    const shown = parameters.flatMap(({ name, schema }) =>
      [...(schema.examples ?? []), schema.default]
        .filter((value) => value !== undefined)
        .map((value) => [name, value, ajv.validate(schema, value)]),
    );
    expect(shown).toEqual([
      ['limit', 50, true],
      ['limit', 50, true],
      ['count', true, true],
      ['count', false, true],
      ['X-Request-Id', 'checkout-42', true],
    ]);
  });
});

/** Every media type with examples, wherever it is, and where its schema is. */
function examplesIn(value: unknown, at: string): { schema: string; example: unknown }[] {
  if (typeof value !== 'object' || value === null) return [];
  const media = value as { schema?: unknown; example?: unknown; examples?: Record<string, { value: unknown }> };
  const examples = media.example === undefined ? Object.values(media.examples ?? {}).map((one) => one.value) : [media.example];
  if (media.schema !== undefined) return examples.map((example) => ({ schema: `${at}/schema`, example }));
  return Object.entries(value).flatMap(([name, inner]) =>
    examplesIn(inner, `${at}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`),
  );
}

describe('Examples', () => {
  test('that are right are passed', () => {
    expect(exampleFaults(endpoints)).toEqual([]);
  });

  test('that are missing or wrong are named', () => {
    const base = { ...shared, method: 'post' as const, path: '/x', admission: 'open' as const, body: z.strictObject({ name: z.string() }) };
    const faults = exampleFaults([
      endpoint({ ...base, operationId: 'a', answers: { 200: { description: 'x', schema: Thing } } }),
      endpoint({
        ...base,
        operationId: 'b',
        bodyExample: { name: 1 },
        answers: { 200: { description: 'x', schema: Thing, example: { ...thing, id: 3 } } },
      }),
      endpoint({ ...base, operationId: 'b', bodyExample: { name: 'x' }, answers: { 404: { description: 'x' } } }),
      endpoint({
        ...shared,
        method: 'get',
        path: '/q',
        operationId: 'c',
        admission: 'open',
        query: z.strictObject({ n: z.string() }),
        queryExample: {},
        answers: { 204: { description: 'x' } },
      }),
    ]);
    expect(faults).toEqual([
      'b: the operationId occurs twice',
      'a body: no example',
      'a 200: no example',
      expect.stringMatching(/^b body: \/name /),
      expect.stringMatching(/^b 200: \/id /),
      'b: no answer but refusals',
      expect.stringMatching(/^c query: \/n /),
    ]);
  });
});
