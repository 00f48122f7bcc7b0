import type { Logger } from 'pino';
import type { People, PeopleMirror } from '../access/people.ts';
import type { Endpoint } from '../http/endpoint.ts';
import type { Consumption, Subscription } from '../messaging/bus.ts';
import { createCatchUp, type CatchUp, type CatchUpOptions, type FeedState } from '../messaging/catch-up.ts';
import { readChanges } from '../messaging/changes-feed.ts';
import type { FetchChanges } from '../messaging/feed-reader.ts';
import { createHandledEvents, remembering } from '../messaging/handled-events.ts';
import { createParkedEvents, type ParkedEvents } from '../messaging/parked-events.ts';
import { createParking, parkedCollection } from '../messaging/parking.ts';
import type { ParkedDoc } from '../messaging/parking.ts';
import { createRelay, type Relay } from '../messaging/relay/relay.ts';
import { createRebuilder, type Rebuilder } from '../messaging/run-rebuild.ts';
import { type Watermark, watermarksCollection } from '../messaging/watermark.ts';
import { changesEndpoint } from './changes-endpoint.ts';
import type { ServiceOptions } from './create-service.ts';
import { endedInTime } from './ended-in-time.ts';
import type { ServiceMetrics } from './metrics.ts';
import type { ServiceName } from './peers.ts';

/** Everything of a service that has to do with events. */
export interface Messaging {
  /** The changes feed for other services; null where nothing is published. */
  readonly changes: Endpoint | null;
  /** null: every feed is read; otherwise which is not, and why. */
  health(): Promise<string | null>;
  /** What operators look at and set right. */
  readonly desk: OperatorsDesk;
  /** Subscribes, relays what was left behind, catches up; resolves after the first reading of every feed. */
  start(): Promise<void>;
  /** Handlers finish, what was written here is told, as far as it can be within 3 s; the rest stays in the outboxes. */
  stop(): Promise<void>;
}

export interface OperatorsDesk {
  readonly parked: ParkedEvents;
  /** Events of others that wait for the service, and those that this instance is at work on; 0 where it takes none. Rejects where the bus can't say. */
  queued(): Promise<number>;
  /** Entries that this instance has to tell. */
  outboxPending(): number;
  feeds(): readonly FeedState[];
  /** null: nothing here is derived from what others tell. */
  readonly rebuilder: Rebuilder | null;
}

interface MessagingOptions extends Pick<ServiceOptions, 'name' | 'deps' | 'people' | 'subscriptions' | 'outboxes' | 'history' | 'derived'> {
  readonly log: Logger;
  readonly metrics: ServiceMetrics;
}

const drainMsMax = 3_000;
/** What is being told after that: a broker that answers no more is left alone, and the next start tells it again. */
const stopMsMax = 1_000;

export async function connectMessaging(options: MessagingOptions): Promise<Messaging> {
  const { deps, name, metrics, derived } = options;
  const parked = await deps.documents.collection<ParkedDoc>(parkedCollection);
  const parking = createParking(parked, name, deps.clock);
  const handled = createHandledEvents();
  const subscriptions = remembering(handled, subscriptionsOf(options));
  const relay = relayOf(options);
  const catchUp = await catchUpOf(options, { subscriptions, parking, handled });
  const rebuilder = derived ? createRebuilder({ derived, catchUp, clock: deps.clock, log: options.log }) : null;
  let consumption: Consumption | null = null;
  const desk: OperatorsDesk = {
    parked: createParkedEvents(parked, subscriptions, options.log),
    queued: async () => (await consumption?.waiting()) ?? 0,
    outboxPending: () => relay?.pending ?? 0,
    feeds: () => catchUp.state(),
    rebuilder,
  };
  metrics.gauge('events_parked', 'Events that could not be handled and wait for an operator', desk.parked.count);
  metrics.gauge('events_waiting', 'Events in the queue of this service, with those it is at work on', desk.queued);
  metrics.gauge('outbox_pending', 'Entries written here and not told yet', desk.outboxPending);
  metrics.gauge('feeds_away', 'Changes feeds that can not be read now', () => awayOf(catchUp).length);
  return {
    changes: changesEndpoint(options),
    desk,
    health: async () => awayOf(catchUp).join('; ') || null,
    start: async () => {
      if (subscriptions.length > 0) consumption = await deps.bus.consume(name, subscriptions, parking);
      await Promise.all([relay?.start(), catchUp.start()]);
      rebuilder?.start();
    },
    stop: async () => {
      await Promise.all([consumption?.close(), catchUp.stop(), rebuilder?.stop()]);
      const left = await relay?.drain(drainMsMax);
      if (left) options.log.warn({ left }, 'entries stay in the outboxes until the next start');
      await endedInTime(relay?.stop() ?? Promise.resolve(), deps.clock, stopMsMax);
    },
  };
}

const subscriptionsOf = ({ people, subscriptions = [] }: MessagingOptions): readonly Subscription[] =>
  isMirror(people) ? withMirror(people.subscription, subscriptions) : subscriptions;

const isMirror = (people: People): people is PeopleMirror => 'subscription' in people;

/** A service's own handler of `user.changed` runs after the mirror, and like it from the beginning. */
function withMirror(mirror: Subscription, own: readonly Subscription[]): Subscription[] {
  const isSame = ({ event }: Subscription): boolean => event.type === mirror.event.type;
  const handle: Subscription['handle'] = async (event) => {
    await mirror.handle(event);
    for (const subscription of own.filter(isSame)) await subscription.handle(event);
  };
  return [{ ...mirror, handle }, ...own.filter((one) => !isSame(one))];
}

function relayOf({ outboxes = [], history, name, deps, log, metrics }: MessagingOptions): Relay | null {
  if (outboxes.length === 0) return null;
  if (!history) throw new Error(`${name}: outboxes need a history`);
  const published = metrics.counter('events_published_total', 'Events that were confirmed', ['aggregate']);
  const failed = metrics.counter('events_failed_total', 'Tries to publish that failed and are repeated', ['aggregate']);
  return createRelay({
    outboxes,
    history,
    bus: deps.bus,
    clock: deps.clock,
    log,
    // Telling something twice is harmless, so a start need not know whether another instance is at it.
    sweepAllAtStart: true,
    linesWithinMs: deps.linesWithinMs ?? 0,
    observer: { published: (aggregate, count) => published({ aggregate }, count), failed: (aggregate) => failed({ aggregate }, 1) },
  });
}

async function catchUpOf(
  options: MessagingOptions,
  { subscriptions, parking, handled }: Required<Pick<CatchUpOptions, 'subscriptions' | 'parking' | 'handled'>>,
): Promise<CatchUp> {
  const { name, deps, log } = options;
  return createCatchUp({
    consumer: name,
    subscriptions,
    parking,
    handled,
    watermarks: await deps.documents.collection<Watermark>(watermarksCollection),
    fetchChanges: fetchFrom(options),
    bus: deps.bus,
    clock: deps.clock,
    log,
  });
}

/** Others are asked; a service that takes events of its own reads them in its own store. */
const fetchFrom =
  ({ name, deps, outboxes = [], history, log }: MessagingOptions): FetchChanges =>
  (producer, query) => {
    if (producer === name && history) return readChanges({ history, outboxes, clock: deps.clock, log }, query);
    const { since, after, types, limit } = query;
    const asked = new URLSearchParams({
      limit: String(limit),
      ...(types && { types: types.join(',') }),
      ...(since !== null && { since }),
      ...(after !== null && { after }),
    });
    return deps.peers.get(producer as ServiceName, `/internal/changes?${asked.toString()}`, { timeoutMs: 30_000 });
  };

const awayOf = (catchUp: CatchUp): string[] =>
  catchUp.state().flatMap(({ producer, state, detail }) => (state === 'away' ? [`${producer}: ${detail ?? 'away'}`] : []));
