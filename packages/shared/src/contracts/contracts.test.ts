import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { declaredEvents as events } from './declared-events.ts';
import { describeEvents } from './describe-events.ts';

const services = ['auth', 'records', 'budgets', 'notifications'];

describe('the events that services tell each other', () => {
  test('are declared once each', () => {
    expect(events.length).toBeGreaterThan(4);
    expect(new Set(events.map(({ type }) => type)).size).toBe(events.length);
  });

  test.each(events.map((event) => [event.type, event] as const))(
    '%s has one publisher, and a name in the past tense',
    (type, { source }) => {
      expect(services).toContain(source);
      expect(type).toMatch(/^[a-z]+\.[a-z-]+ed$/);
    },
  );

  test.each(events.map((event) => [event.type, event] as const))(
    '%s can be written as JSON Schema and takes no unknown field',
    (_type, { schema }) => {
      const open: string[] = [];
      const walk = (node: unknown, path: string): void => {
        if (typeof node !== 'object' || node === null) return;
        const closed = 'additionalProperties' in node && node.additionalProperties !== true;
        if ('properties' in node && !closed) open.push(path);
        for (const [name, part] of Object.entries(node)) walk(part, `${path}/${name}`);
      };
      walk(z.toJSONSchema(schema), '');
      expect(open).toEqual([]);
    },
  );

  test('are documented in docs/events.md as they are; npm run docs writes it', () => {
    const written = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');
    expect(describeEvents()).toBe(written);
  });

  test('are documented with all that a field may be, where one shape of several says another thing of it', () => {
    expect(describeEvents()).toContain('| `share.scope.kind` | `records` or `budgets` |');
  });
});
