import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BudgetChanged } from '../contracts/index.ts';
import type { EventType } from './bus.ts';
import { acceptEvent, entryOf, eventOf, eventOfEntry, InvalidEvent, publishable } from './event.ts';

const Data = z.strictObject({ text: z.string(), parts: z.array(z.strictObject({ n: z.int() })) });
type Data = z.infer<typeof Data>;
const Noted: EventType<Data> = { type: 'note.noted', source: 'notes', schema: Data };
const data: Data = { text: 'milk', parts: [{ n: 1 }] };
const facts = { subject: 'a', version: 3, time: '2026-01-15T12:00:00.000Z', correlationid: 'r', actor: 'u' };
const wire = (event: unknown): unknown => JSON.parse(JSON.stringify(event));

describe('an event', () => {
  test('is a CloudEvent whose id follows from type, aggregate and version', () => {
    expect(eventOf(Noted, { ...facts, data })).toEqual({
      specversion: '1.0',
      id: 'note.noted/a/3',
      source: 'notes',
      type: 'note.noted',
      subject: 'a',
      time: '2026-01-15T12:00:00.000Z',
      datacontenttype: 'application/json',
      data,
      version: 3,
      correlationid: 'r',
      actor: 'u',
    });
  });

  test('is frozen to the bottom and leaves what it was made of alone', () => {
    const event = eventOf(Noted, { ...facts, data });
    expect(Object.isFrozen(event)).toBe(true);
    expect(Object.isFrozen(event.data.parts[0])).toBe(true);
    expect(Object.isFrozen(data)).toBe(false);
    expect(Object.isFrozen(data.parts[0])).toBe(false);
  });

  test('can not be made of what its contract does not allow', () => {
    expect(() => eventOf(Noted, { ...facts, data: { text: 'milk' } as Data })).toThrow(InvalidEvent);
    expect(() => eventOf(Noted, { ...facts, data: { ...data, secret: 1 } as Data })).toThrow(/note.noted\/a\/3/);
    expect(() => eventOf({ ...Noted, schema: z.string() as unknown as typeof Data }, { ...facts, data })).toThrow('it: ');
  });

  test('of an outbox entry takes over who, when, why and which version', () => {
    const entry = entryOf(Noted, { aggregateId: 'a', version: 3, at: facts.time, by: 'u', requestId: 'r', action: 'noted', change: null });
    expect(eventOfEntry(Noted, entry, 'a', data)).toEqual(eventOf(Noted, { ...facts, data }));
    expect(eventOfEntry(Noted, entry, 'a', data).id).toBe(entry.id);
  });
});

describe('an arriving event', () => {
  test('passes as it is when this process has checked it by the same contract', () => {
    const event = eventOf(Noted, { ...facts, data });
    expect(acceptEvent(Noted, event)).toBe(event);
    expect(publishable(event)).toBe(event);
    const stricter = { ...Noted, schema: Data.extend({ text: z.string().max(2) }) };
    expect(() => acceptEvent(stricter, event)).toThrow(InvalidEvent);
  });

  test('from outside is checked, frozen, and then the same', () => {
    const event = eventOf(Noted, { ...facts, data });
    const arrived = acceptEvent(Noted, wire(event));
    expect(arrived).toEqual(event);
    expect(Object.isFrozen(arrived.data.parts)).toBe(true);
    expect(acceptEvent(Noted, arrived)).toBe(arrived);
  });

  test('may bring extensions that nobody knows; they are left out', () => {
    const event = eventOf(Noted, { ...facts, data });
    expect(acceptEvent(Noted, { ...event, traceparent: '00-x' })).toEqual(event);
  });

  test.each([
    ['nothing', null],
    ['text', 'hello'],
    ['a list', []],
    ['another version of CloudEvents', { specversion: '0.3' }],
    ['a date that is none', { time: 'yesterday' }],
    ['an empty id', { id: '' }],
    ['a broken version', { version: 1.5 }],
    ['another type', { type: 'note.burnt' }],
    ['another source', { source: 'elsewhere' }],
    ['data that the contract forbids', { data: { text: 1, parts: [] } }],
  ])('is refused when it is %s', (_what, changes) => {
    const event =
      typeof changes === 'object' && changes !== null && !Array.isArray(changes)
        ? { ...eventOf(Noted, { ...facts, data }), ...changes }
        : changes;
    expect(() => acceptEvent(Noted, event)).toThrow(InvalidEvent);
  });

  test('can be published only as a contract declares it', () => {
    const event = { ...eventOf(Noted, { ...facts, data }) };
    expect(() => publishable(event)).toThrow('no contract declares note.noted');
    expect(() => publishable({ ...event, type: BudgetChanged.type, source: BudgetChanged.source })).toThrow(InvalidEvent);
  });
});

describe('an outbox entry', () => {
  const told = {
    aggregateId: 'a',
    version: 1,
    at: facts.time,
    by: 'u',
    requestId: 'r',
    action: 'created',
    change: { before: null, after: { text: 'milk' } },
  };

  test('has a salt of its own each time', () => {
    const [one, two] = [entryOf(Noted, told), entryOf(Noted, told)];
    expect(Buffer.from(one.salt, 'base64url')).toHaveLength(16);
    expect(one.salt).not.toBe(two.salt);
    expect({ ...one, salt: '' }).toEqual({ ...two, salt: '' });
  });

  test('keeps facts where there are any', () => {
    expect(entryOf(Noted, told, 's')).toEqual({
      id: 'note.noted/a/1',
      type: 'note.noted',
      version: 1,
      at: facts.time,
      by: 'u',
      requestId: 'r',
      action: 'created',
      change: told.change,
      salt: 's',
    });
    expect(entryOf({ type: 'note.kept' }, { ...told, facts: { was: 'here' } }).facts).toEqual({ was: 'here' });
  });
});
