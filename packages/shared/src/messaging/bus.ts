import type { z } from 'zod';

/** A CloudEvents 1.0 event (JSON format), with the extensions `version`, `correlationid`, `actor`. */
export interface DomainEvent<D = unknown> {
  readonly specversion: '1.0';
  /** `<type>/<aggregate id>/<version>`. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The aggregate's id. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: D;
  /** The version of the aggregate that this event tells of. */
  readonly version: number;
  readonly correlationid: string;
  readonly actor: string;
}

/** A type of event: who publishes it and what it carries. */
export interface EventType<D> {
  readonly type: string;
  readonly source: string;
  readonly schema: z.ZodType<D>;
}

/** What a consumer does with one type of event. `handle` may be called more than once, in any order, concurrently. */
export interface Subscription<D = unknown> {
  readonly event: EventType<D>;
  /** Where a consumer that never ran before starts in the producer's changes feed. */
  readonly from: 'beginning' | 'now';
  handle(event: DomainEvent<D>): Promise<void>;
}

/** Moves events between services: at least once, in no promised order. */
export interface Bus {
  /** Resolves when the event is safe: every consumer has finished with it or it is durably queued or parked for each that has not. */
  publish(event: DomainEvent): Promise<void>;
  /** Starts a consumer of that name (one queue; several instances share it). A handler that rejects is called again after growing
   *  delays; after the last try the event is parked. */
  consume(consumer: string, subscriptions: readonly Subscription[], parking: Parking): Promise<Consumption>;
  /** null: works; otherwise one line saying what is wrong. */
  health(): Promise<string | null>;
  /** Calls back after every reconnection (never in process): time to catch up. */
  onReconnect(listener: () => void): void;
  close(): Promise<void>;
}
export interface Consumption {
  /** Events that wait in the consumer's queue, and those that this instance was given and is not done with; several that travel as one message
   *  may count as one. Rejects where nobody can say. */
  waiting(): Promise<number>;
  /** Takes no more, waits for the running handlers. */
  close(): Promise<void>;
}

/** Where events that can't be handled wait for an operator; survives a kill. */
export interface Parking {
  park(event: unknown, reason: string): Promise<void>;
  list(): Promise<readonly ParkedEvent[]>;
  drop(id: string): Promise<void>;
}
export interface ParkedEvent {
  readonly id: string;
  readonly consumer: string;
  readonly event: unknown;
  readonly reason: string;
  readonly parkedAt: string;
}
