import { z } from 'zod';
import { declaredEvents } from '../contracts/declared-events.ts';
import type { Change, JsonObject, OutboxEntry } from '../documents/documents.ts';
import type { DomainEvent, EventType } from './bus.ts';
import { quickCopy, refused } from './quick-copy.ts';
import { drawSalt } from './salt.ts';

/** The event is not what its contract says: a bug where it is published, poison where it arrives. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

export interface EventFacts<D> {
  /** The aggregate's id. */
  readonly subject: string;
  readonly version: number;
  readonly time: string;
  readonly correlationid: string;
  readonly actor: string;
  readonly data: D;
}

/** Events of this process whose data was checked, by which schema. They are frozen to the bottom, so what was checked once stays so,
 *  and one event object can be handed to every service without any of them changing what another sees. */
const checked = new WeakMap<object, z.ZodType>();

const Envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(512),
  source: z.string(),
  type: z.string(),
  subject: z.string().min(1),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  data: z.unknown(),
  version: z.int().nonnegative(),
  correlationid: z.string(),
  actor: z.string(),
});

/** Builds an event with the id `<type>/<subject>/<version>`; its data is a frozen copy of what was given. Throws `InvalidEvent`. */
export function eventOf<D>(event: EventType<D>, facts: EventFacts<D>): DomainEvent<D> {
  const { subject, version, time, correlationid, actor } = facts;
  return seal(event, {
    specversion: '1.0',
    id: `${event.type}/${subject}/${version}`,
    source: event.source,
    type: event.type,
    subject,
    time,
    datacontenttype: 'application/json',
    data: facts.data,
    version,
    correlationid,
    actor,
  });
}

/** The event that an outbox entry stands for: who, when and which version are the entry's, the id too. */
export const eventOfEntry = <D>(event: EventType<D>, entry: OutboxEntry, subject: string, data: D): DomainEvent<D> =>
  eventOf(event, { subject, version: entry.version, time: entry.at, correlationid: entry.requestId, actor: entry.by, data });

/** What arrived from outside, as an event of this type, checked and frozen; an event that was checked in this process passes as it is.
 *  Throws `InvalidEvent`. */
export function acceptEvent<D>(event: EventType<D>, arrived: unknown): DomainEvent<D> {
  if (isObject(arrived) && checked.get(arrived) === event.schema) return arrived as unknown as DomainEvent<D>;
  const envelope = Envelope.safeParse(arrived);
  if (!envelope.success) throw new InvalidEvent(`no event: ${reasonOf(envelope.error)}`);
  if (envelope.data.type !== event.type || envelope.data.source !== event.source) {
    throw new InvalidEvent(`${envelope.data.type} of ${envelope.data.source} is not ${event.type} of ${event.source}`);
  }
  return seal(event, envelope.data);
}

const declared: ReadonlyMap<string, EventType<unknown>> = new Map(declaredEvents.map((event) => [event.type, event]));

/** For a bus: the event as it may be published. One that `eventOf` did not make is checked against the contracts. Throws `InvalidEvent`. */
export function publishable(event: DomainEvent): DomainEvent {
  if (checked.has(event)) return event;
  const type = declared.get(event.type);
  if (type === undefined) throw new InvalidEvent(`no contract declares ${event.type}`);
  return acceptEvent(type, event);
}

function seal<D>(event: EventType<D>, envelope: DomainEvent): DomainEvent<D> {
  const sealed = Object.freeze({ ...envelope, data: sealedData(event, envelope) });
  checked.set(sealed, event.schema);
  return sealed;
}

function sealedData<D>(event: EventType<D>, envelope: DomainEvent): D {
  const copy = quickCopy(event.schema, envelope.data);
  if (copy !== refused) return copy as D;
  const data = event.schema.safeParse(envelope.data);
  if (!data.success) throw new InvalidEvent(`${envelope.id}: ${reasonOf(data.error)}`);
  return deepFreeze(data.data);
}

function reasonOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'not valid' : `${issue.path.join('.') || 'it'}: ${issue.message}`;
}

/** A declaration, for the list of declared events is made while this module loads. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function deepFreeze<T>(value: T): T {
  if (!isObject(value) || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

export interface EntryFacts {
  readonly aggregateId: string;
  /** The version of the aggregate that the write makes. */
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly requestId: string;
  readonly action: string;
  readonly change: Change | null;
  readonly facts?: JsonObject;
}

/** An outbox entry with the id `<type>/<aggregateId>/<version>` and a fresh salt. Its type is an event's, or a word of its own where only history is told. */
export function entryOf(event: { readonly type: string }, facts: EntryFacts, salt = drawSalt()): OutboxEntry {
  const { aggregateId, ...told } = facts;
  return { id: `${event.type}/${aggregateId}/${told.version}`, type: event.type, salt, ...told };
}
