import { describe, expect, test } from '@jest/globals';
import type { Person } from './person.ts';
import { mayAct, sessionLives } from './person.ts';

const end = Date.parse('2026-04-01T00:00:00.000Z');
const until = new Date(end).toISOString();
const ada = {
  status: 'active',
  sessions: [
    { id: 'laptop', until },
    { id: 'phone', until },
  ],
  keys: [
    { id: 'ending', until },
    { id: 'lasting', until: null },
  ],
} as unknown as Person;
const disabled: Person = { ...ada, status: 'disabled' };

test('A session lives while its person is active and its end has not come', () => {
  expect(sessionLives(ada, 'phone', end - 1)).toBe(true);
  expect(sessionLives(ada, 'phone', end)).toBe(false);
  expect(sessionLives(ada, 'lost', end - 1)).toBe(false);
  expect(sessionLives(disabled, 'phone', 0)).toBe(false);
});

describe('A token with scopes acts by an API key', () => {
  const scopes = ['records:read' as const];
  const acts = (person: Person, sessionId: string, nowMs = end - 1): boolean => mayAct(person, { sessionId, scopes }, nowMs);
  test('until the key ends, if it does', () => {
    expect([acts(ada, 'ending'), acts(ada, 'ending', end)]).toEqual([true, false]);
    expect(acts(ada, 'lasting', Number.MAX_SAFE_INTEGER)).toBe(true);
  });
  test('that its person has and has not revoked, and while that one is active', () => {
    const { keys: _keys, ...before } = ada;
    expect([acts(ada, 'revoked'), acts(before as Person, 'ending'), acts(disabled, 'lasting')]).toEqual([false, false, false]);
  });
  test('and by no session, as one without acts by no key', () => {
    expect(acts(ada, 'phone')).toBe(false);
    expect(mayAct(ada, { sessionId: 'lasting', scopes: null }, 0)).toBe(false);
  });
});
