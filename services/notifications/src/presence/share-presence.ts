import type { PeopleMirror, Person } from '@commonpurse/shared/access';
import type { Cache } from '@commonpurse/shared/cache';
import { type Clock, instantOf, type Job, type ServiceDeps } from '@commonpurse/shared/service';
import type { PassingFrame } from '../feed/passing-frame.ts';
import { findFriends, type Others } from './find-friends.ts';
import { Roster, type Transition } from './roster.ts';

interface PresenceDeps {
  readonly cache: Pick<Cache, 'publish' | 'subscribe' | 'run'>;
  /** To those who are connected here. */
  readonly host: { pass(userId: string, frame: PassingFrame): void };
  readonly people: Pick<PeopleMirror, 'current'>;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  /** Another one at every start. */
  readonly instance: string;
}

/** Shows people who share with each other whether they are online. Best effort, and never kept. A job of the service. */
interface Presence extends Job {
  /** A socket of this person has opened here. */
  opened(userId: string, pass: (frame: PassingFrame) => void): void;
  /** The last of their sockets here has closed. */
  gone(userId: string): void;
  /** Somebody who is connected here was looked at, and may share with others by now. */
  noticed(person: Person): void;
}

const channel = 'presence';
/** What instances tell each other: somebody has come or gone; everybody they have; what they have to be told; two share by now. */
type Message = { readonly instance: string } & (
  | { readonly userId: string; readonly online: boolean }
  | { readonly online: readonly string[] }
  | { readonly ask: true }
  | { readonly met: string; readonly by: string }
);
const tellEveryMs = 10_000;
const silentMsMax = 30_000;
/** Who comes back within this time was not away. */
const graceMs = 1_000;

export const createPresence = (deps: PresenceDeps): Presence => new SharedPresence(deps);

class SharedPresence implements Presence {
  readonly name = 'presence';
  readonly #deps: PresenceDeps;
  readonly #roster = new Roster();
  /** Who is connected here, and whom they were shown as online. */
  readonly #local = new Map<string, Set<string>>();
  /** Who counts as online: those in the roster, and those who left it a moment ago. */
  readonly #present = new Set<string>();
  /** The version of the person at which somebody who is connected here was last looked at. */
  readonly #noticed = new Map<string, number>();
  /** What is being told about somebody; the next thing is told behind it. */
  readonly #telling = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #unsubscribe: () => Promise<void> = async () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { cache, instance } = this.#deps;
    this.#unsubscribe = await cache.subscribe(channel, (text) => this.#hear(JSON.parse(text) as Message));
    this.#publish({ instance, ask: true });
    this.#running = this.#keepTelling();
  }
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#publish({ instance: this.#deps.instance, online: [] });
    await Promise.allSettled([this.#running, this.#unsubscribe(), ...this.#telling.values()]);
  }

  opened(userId: string, pass: (frame: PassingFrame) => void): void {
    const isFirst = !this.#local.has(userId);
    if (isFirst) {
      this.#local.set(userId, new Set());
      this.#move(userId, true);
    }
    this.#after(userId, async () => {
      for (const friend of await this.#findFriends(userId, this.#present)) {
        if (isFirst) this.#show(userId, friend, true);
        else pass(this.#frame(friend, true));
      }
    });
  }
  gone(userId: string): void {
    if (!this.#local.delete(userId)) return;
    this.#noticed.delete(userId);
    this.#move(userId, false);
  }
  noticed({ id, version }: Person): void {
    if (!this.#local.has(id) || this.#noticed.get(id) === version) return;
    this.#noticed.set(id, version);
    this.#after(id, async () => {
      const shown = this.#local.get(id) ?? new Set();
      const friends = await this.#findFriends(id, { has: (other) => this.#present.has(other) || shown.has(other) });
      // Who shares no more is not told of; should they share again, they are new.
      for (const stranger of [...shown].filter((other) => !friends.has(other))) shown.delete(stranger);
      for (const friend of friends) {
        if (!this.#present.has(friend) || !this.#show(id, friend, true)) continue;
        // The other one may have been looked at before they shared, and be connected elsewhere.
        this.#show(friend, id, true);
        this.#publish({ instance: this.#deps.instance, met: id, by: friend });
      }
    });
  }

  #move(userId: string, online: boolean): void {
    const { instance, clock } = this.#deps;
    this.#publish({ instance, userId, online });
    this.#follow(this.#roster.change(instance, userId, online, clock.now()));
  }
  #hear(message: Message): void {
    const { instance, clock } = this.#deps;
    if (message.instance === instance) return;
    if ('ask' in message) return this.#publish({ instance, online: [...this.#local.keys()] });
    if ('met' in message) return this.#meet(message.met, message.by);
    const nowMs = clock.now();
    if ('userId' in message) this.#follow(this.#roster.change(message.instance, message.userId, message.online, nowMs));
    else this.#follow(this.#roster.replace(message.instance, message.online, nowMs));
  }
  #follow(transitions: readonly Transition[]): void {
    for (const { userId, online } of transitions) {
      if (!online) void this.#leave(userId);
      else if (!this.#present.has(userId)) {
        this.#present.add(userId);
        this.#tellFriends(userId, true);
      }
    }
  }
  async #leave(userId: string): Promise<void> {
    await this.#deps.clock.delay(graceMs, this.#stopping.signal);
    if (this.#stopping.signal.aborted || this.#roster.isOnline(userId) || !this.#present.delete(userId)) return;
    this.#tellFriends(userId, false);
  }
  #tellFriends(userId: string, online: boolean): void {
    this.#after(userId, async () => {
      for (const friend of await this.#findFriends(userId, this.#local)) this.#show(friend, userId, online);
    });
  }
  #meet(userId: string, by: string): void {
    if (!this.#local.has(by)) return;
    this.#after(userId, async () => {
      const friends = await this.#findFriends(userId, new Set([by]));
      if (friends.has(by) && this.#present.has(userId)) this.#show(by, userId, true);
    });
  }

  /** Whether that is something new to them. */
  #show(to: string, about: string, online: boolean): boolean {
    const shown = this.#local.get(to);
    if (shown === undefined || shown.has(about) === online) return false;
    if (online) shown.add(about);
    else shown.delete(about);
    this.#deps.host.pass(to, this.#frame(about, online));
    return true;
  }
  #findFriends(userId: string, others: Others): Promise<ReadonlySet<string>> {
    const { people, clock } = this.#deps;
    return findFriends(people, userId, { has: (other) => other !== userId && others.has(other) }, clock.now());
  }
  #frame(userId: string, online: boolean): PassingFrame {
    const data = { userId, status: online ? 'online' : 'offline' };
    return { type: 'presence', about: userId, at: instantOf(this.#deps.clock), data };
  }
  /** One thing about somebody after the other. */
  #after(userId: string, act: () => Promise<void>): void {
    const { log } = this.#deps;
    const next = (this.#telling.get(userId) ?? Promise.resolve())
      .then(act)
      .catch((error: unknown) => log.debug({ err: error, userId }, 'presence could not be told'))
      .finally(() => this.#telling.get(userId) === next && this.#telling.delete(userId));
    this.#telling.set(userId, next);
  }
  #publish(message: Message): void {
    this.#deps.cache.publish(channel, JSON.stringify(message)).catch((error: unknown) => {
      this.#deps.log.debug({ err: error, channel }, 'a hint was lost');
    });
  }
  async #keepTelling(): Promise<void> {
    const { clock, cache, instance } = this.#deps;
    for (;;) {
      await clock.delay(tellEveryMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      this.#publish({ instance, online: [...this.#local.keys()] });
      // While the cache is away nobody can be heard, which says nothing about them.
      if (cache.run() === null) this.#roster.excuse(clock.now());
      else this.#follow(this.#roster.expire(clock.now() - silentMsMax, instance));
    }
  }
}
