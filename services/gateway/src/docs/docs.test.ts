import { describe, expect, test } from '@jest/globals';
import { endpoint, openApiOf, type OpenApi } from '@commonpurse/shared/http';
import { type Peers, PeerUnavailable } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { z } from 'zod';
import { mergeOpenApi } from './merge-open-api.ts';
import { createOpenApiSource } from './open-api-source.ts';

const documentOf = (name: string, description = 'Fine.'): OpenApi =>
  openApiOf({
    name,
    endpoints: [
      endpoint({
        method: 'get',
        path: `/${name}`,
        operationId: name,
        tag: name,
        summary: name,
        admission: 'open',
        answers: { 200: { description, schema: z.strictObject({ a: z.string().describe(description) }).meta({ id: 'Shared' }) } },
        handle: async () => ({ status: 200 }),
      }),
    ],
  });
const info = { title: 'All', version: '1' };

describe('merging', () => {
  test('puts the paths of all side by side and keeps one of what they share', () => {
    const merged = mergeOpenApi([documentOf('b'), documentOf('a')], info);
    expect(Object.keys(merged.paths!)).toEqual(['/a', '/b']);
    expect(merged.components!.schemas).toHaveProperty('Shared');
    expect(merged.tags!.map((tag) => tag.name)).toEqual(['b', 'a']);
  });
  test('refuses two that describe one thing differently', () => {
    expect(() => mergeOpenApi([documentOf('a'), documentOf('b', 'Other.')], info)).toThrow('schemas Shared');
  });
});

describe('the source', () => {
  test('asks every service, keeps the answer for a minute, and what was heard while one is away', async () => {
    const clock = fakeClock();
    const asked: string[] = [];
    let away = false;
    const get = async (service: string): Promise<unknown> => {
      asked.push(service);
      if (away) throw new PeerUnavailable(service);
      return documentOf(service);
    };
    const source = createOpenApiSource({ get } as unknown as Peers, clock, documentOf('own'));
    const first = await source();
    expect(Object.keys(first.paths!)).toEqual(['/auth', '/budgets', '/notifications', '/own', '/records']);
    expect(await source()).toBe(first);
    expect(asked).toHaveLength(4);
    away = true;
    clock.advance(60_001);
    expect(Object.keys((await source()).paths!)).toHaveLength(5);
    expect(asked).toHaveLength(8);
  });
  test('has nothing to show while one was never heard', async () => {
    const get = (): Promise<never> => Promise.reject(new PeerUnavailable('auth'));
    await expect(createOpenApiSource({ get } as unknown as Peers, fakeClock(), documentOf('own'))()).rejects.toThrow(PeerUnavailable);
  });
});
