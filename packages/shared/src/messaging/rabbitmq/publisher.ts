import { type ConfirmChannel, IllegalOperationError } from 'amqplib';
import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import type { Connection } from './connection.ts';
import { closeWithin } from './connection.ts';
import { BrokerUnavailable, channelFailure, lineOf } from './failure.ts';
import { type Closable, keep, type Keeper } from './keep.ts';
import { type OutMessage, packable, parcelOf } from './message.ts';
import { declareExchange, exchange, isAside, returnedKeyOf } from './topology.ts';

/** The broker did not confirm the event: it may have it, or not. The outbox keeps it and tells it again. */
export class NotPublished extends Error {
  override readonly name = 'NotPublished';
}

interface PublisherOptions {
  readonly link: Keeper<Connection>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retries: RetryPolicy;
  /** Whether somebody waits for `ready`: then a failure that waiting can't mend is the end. */
  readonly awaited: () => boolean;
  /** From the call to the confirm. */
  readonly timeoutMs: number;
  /** Told when the exchange, or who should be bound to it, may be gone. */
  readonly doubted: () => void;
}

/** Sends messages and waits for the broker's confirms, however many are under way. */
export interface Publisher extends Closable {
  /** Resolves when the broker has the message safe in every queue that wants its type. Rejects with `NotPublished`: at once when the
   *  connection is cut under it, and after the time limit when there is no connection or the broker takes or confirms nothing. */
  publish(message: OutMessage): Promise<void>;
  /** Whether any queue is bound for this key. What is sent to find out is an empty message. Rejects as `publish` does. */
  reaches(routingKey: string): Promise<boolean>;
  /** Resolves when it can send; rejects when it never will. */
  readonly ready: Promise<void>;
  readonly trouble: string | null;
}

interface Pending {
  readonly message: OutMessage;
  readonly dueAt: number;
  /** Once it is sent: gives its parcel's place free, the first time. */
  leave?: () => void;
  settle(error: Error | null): void;
}

/** Whether any queue is bound for this key: no, where a message to it comes back. */
interface Question {
  readonly routingKey: string;
  cameBack: boolean;
}

interface Line extends Closable {
  readonly channel: ConfirmChannel;
  readonly connection: Connection;
}

/** So many parcels are under way at once. What comes meanwhile travels together in the next ones: a broker with little to do gets events one by
 *  one, and one that is busy gets fewer, larger messages, which cost it a fraction. */
const underWayMax = 2;

/** How often consumers are told that their bindings may be gone, as long as what is published comes back unrouted. */
const tellEveryMs = 1_000;
const nothing = Buffer.from('{}');

export const createPublisher = (options: PublisherOptions): Publisher => new ConfirmingPublisher(options);

class ConfirmingPublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #lines: Keeper<Line>;
  readonly #closing = new AbortController();
  /** In the order of their calls, so in the order of their time limits. */
  readonly #pending = new Set<Pending>();
  /** Those of them that are not sent yet, by what is to be sent. */
  readonly #waiting = new Map<OutMessage, Pending>();
  #underWay = 0;
  readonly #closed = new AbortController();
  #watching = false;
  /** Told when nothing is under way any more. */
  #settled: (() => void) | null = null;
  /** Types that came back since the channel was opened, and when that was last told. */
  #unrouted = new Map<string, number>();
  /** What somebody asks about at present. */
  readonly #asked = new Set<Question>();
  /** One and the same for every channel: a connection may outlive many. */
  readonly #unblocked = (): void => this.#send();

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#lines = keep({
      what: 'the publishing channel',
      open: (lost, closing) => this.#open(lost, closing),
      opened: () => this.#send(),
      giveUp: ({ permanent }) => permanent && options.awaited(),
      quiet: () => options.link.current === null,
      ...options,
    });
  }
  get ready(): Promise<void> {
    return this.#lines.first.then(() => undefined);
  }
  get trouble(): string | null {
    const { link } = this.#options;
    const blocked = link.current?.blocked ?? null;
    if (blocked !== null) return `RabbitMQ takes no messages at present: ${blocked}`;
    return link.trouble ?? this.#lines.trouble;
  }
  publish(message: OutMessage): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(new NotPublished('the bus is closed'));
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        message,
        dueAt: this.#options.clock.now() + this.#options.timeoutMs,
        settle: (error) => {
          this.#waiting.delete(message);
          if (!this.#pending.delete(pending)) return;
          pending.leave?.();
          if (this.#pending.size === 0) this.#settled?.();
          if (error === null) resolve();
          else reject(error);
        },
      };
      this.#pending.add(pending);
      this.#waiting.set(message, pending);
      this.#send();
      void this.#watch();
    });
  }
  async reaches(routingKey: string): Promise<boolean> {
    const question: Question = { routingKey, cameBack: false };
    this.#asked.add(question);
    try {
      await this.publish({ id: routingKey, routingKey, content: nothing });
      return !question.cameBack;
    } finally {
      this.#asked.delete(question);
    }
  }
  /** What is under way has a moment to be confirmed; what was not even sent is given back. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const pending of this.#waiting.values()) pending.settle(new NotPublished('the bus is closed'));
    await closeWithin(this.#options.clock, () => this.#nothingPending());
    await this.#lines.close();
    for (const pending of this.#pending) pending.settle(new NotPublished('the bus is closed'));
    this.#closed.abort();
  }

  #nothingPending(): Promise<void> {
    return this.#pending.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.#settled = resolve));
  }
  async #open(lost: (why: string) => void, closing: AbortSignal): Promise<Line> {
    const connection = await this.#options.link.next(closing);
    if (connection === null) throw new BrokerUnavailable('closed', { permanent: true });
    try {
      const channel = await connection.createConfirmChannel();
      channel.on('error', (error) => {
        lost(channelFailure(error, 'the publishing channel').message);
        this.#options.doubted();
      });
      channel.on('close', () => lost('the channel was closed'));
      channel.on('return', ({ fields }) => this.#returned(fields.routingKey));
      connection.onUnblocked(this.#unblocked);
      await declareExchange(channel);
      this.#unrouted = new Map();
      // it ends with its connection
      return { channel, connection, close: async () => undefined };
    } catch (error) {
      throw channelFailure(error, `the exchange ${exchange}`);
    }
  }
  /** Sends what waits, as far as it may. */
  #send(): void {
    for (let goesOn = true; goesOn;) {
      const line = this.#lines.current;
      const free = underWayMax - this.#underWay;
      const [first] = this.#waiting.keys();
      if (line === null || line.connection.blocked !== null || free <= 0 || first === undefined) return;
      goesOn = this.#sendTogether(line.channel, this.#waiting.size <= free ? [first] : packable(this.#waiting.keys()));
    }
  }
  /** false: the channel has just closed, and they go on waiting for the next one. */
  #sendTogether(channel: ConfirmChannel, messages: readonly OutMessage[]): boolean {
    const sent = messages.map((message) => this.#waiting.get(message)!);
    const settle = (said: string | null): void => {
      for (const { message, settle: settleOne } of sent) settleOne(said === null ? null : new NotPublished(`${message.id} ${said}`));
    };
    const { routingKey, content, contentType } = parcelOf(messages);
    const confirmed = (error: Error | null): void => settle(error && `is not confirmed: ${error.message}`);
    try {
      channel.publish(exchange, routingKey, content, { persistent: true, mandatory: true, contentType }, confirmed);
      this.#embark(sent);
    } catch (error) {
      if (error instanceof IllegalOperationError) return false;
      settle(`could not be sent: ${lineOf(error)}`);
    }
    return true;
  }
  /** Takes a place for a parcel until it is confirmed, or its time is over: a queue that confirms nothing must not hold up the others. */
  #embark(sent: readonly Pending[]): void {
    let aboard = true;
    const leave = (): void => {
      if (!aboard) return;
      aboard = false;
      this.#underWay -= 1;
      queueMicrotask(() => this.#send());
    };
    this.#underWay += 1;
    for (const pending of sent) {
      this.#waiting.delete(pending.message);
      pending.leave = leave;
    }
  }
  /** No queue is bound to its type, and the confirm that follows is all there will be. That is no failure: either nobody wants it, or the
   *  queue or the binding of one who does was lost; then its consumer declares it again and reads the feed, where the event is until
   *  it is pulled and ever after. So it is said, in the log once for each type, and to those who want it as long as it goes on. */
  #returned(key: string): void {
    for (const question of this.#asked) if (question.routingKey === key) question.cameBack = true;
    if (isAside(key)) return;
    const { clock, log, doubted } = this.#options;
    const toldAt = this.#unrouted.get(key);
    if (toldAt !== undefined && clock.now() - toldAt < tellEveryMs) return;
    this.#unrouted.set(key, clock.now());
    if (toldAt === undefined) log.info({ type: key }, 'no queue takes this type of event: who comes later reads it from the changes feed');
    this.reaches(returnedKeyOf(key)).catch(() => undefined);
    doubted();
  }
  /** Looks after the time limits as long as anything is under way: one timer, not one for each. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    const { clock, timeoutMs } = this.#options;
    for (;;) {
      const [first] = this.#pending;
      if (first === undefined) break;
      const leftMs = first.dueAt - clock.now();
      if (leftMs <= 0) first.settle(new NotPublished(`${first.message.id} is not confirmed within ${timeoutMs} ms${this.#why()}`));
      else await clock.delay(leftMs, this.#closed.signal);
    }
    this.#watching = false;
  }
  #why(): string {
    const { trouble } = this;
    return trouble === null ? '' : `: ${trouble}`;
  }
}
