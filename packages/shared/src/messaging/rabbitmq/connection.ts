import { type Channel, type ChannelModel, connect, type ConfirmChannel } from 'amqplib';
import type { Clock } from '../../service/clock.ts';
import type { Address } from './address.ts';
import { findOtherKind } from '../../service/find-other-kind.ts';
import { BrokerUnavailable, connectFailure, lineOf, saidNothing } from './failure.ts';

/** One connection to the broker, as long as it lasts. */
export interface Connection {
  createChannel(): Promise<Channel>;
  createConfirmChannel(): Promise<ConfirmChannel>;
  /** Why the broker takes no messages at present (low on memory, say); null: it takes them. */
  readonly blocked: string | null;
  /** Called when `blocked` has become null again: once, however often it was given. */
  onUnblocked(listener: () => void): void;
  /** Politely, and if the peer is deaf, after 1 s all the same. */
  close(): Promise<void>;
}

interface ConnectionOptions {
  readonly address: Address;
  /** For the broker's list of connections. */
  readonly name: string;
  readonly timeoutMs: number;
  /** A peer that says nothing for two to three of these is given up. */
  readonly heartbeatS: number;
  readonly clock: Clock;
}

const closeMsMax = 1_000;

/** Rejects with `BrokerUnavailable`.
 *  @param lost called when it can't be used any more */
export async function openConnection(options: ConnectionOptions, lost: (why: string) => void): Promise<Connection> {
  const { address, clock } = options;
  const model = await dial(options);
  const tell = (why: string): void => lost(`the connection to RabbitMQ at ${address.name} was lost: ${why}`);
  let blocked: string | null = null;
  const unblocked = new Set<() => void>();
  model.on('error', (error) => tell(lineOf(error)));
  model.on('close', (error) => {
    tell(error === undefined ? 'closed' : lineOf(error));
    destroy(model);
  });
  model.on('blocked', (reason) => (blocked = reason || 'no reason given'));
  model.on('unblocked', () => {
    blocked = null;
    for (const listener of unblocked) listener();
  });
  return {
    createChannel: () => model.createChannel(),
    createConfirmChannel: () => model.createConfirmChannel(),
    get blocked() {
      return blocked;
    },
    onUnblocked: (listener) => void unblocked.add(listener),
    close: () => closeWithin(clock, () => model.close()).finally(() => destroy(model)),
  };
}

async function dial({ address, name, timeoutMs, heartbeatS }: ConnectionOptions): Promise<ChannelModel> {
  // Without noDelay a confirm waits for the next packet: 48 ms instead of 2.
  const socket = { noDelay: true, keepAlive: true, timeout: timeoutMs, clientProperties: { connection_name: name } };
  try {
    return await connect({ ...address.connect, heartbeat: heartbeatS }, socket);
  } catch (error) {
    throw (await otherKindAt(address, error)) ?? connectFailure(error, address);
  }
}

/** Not asked of a broker that has said why it refuses us: each asking is a line in its log. */
async function otherKindAt({ connect: { protocol, hostname, port }, name }: Address, error: unknown): Promise<BrokerUnavailable | null> {
  const other = saidNothing(error) && protocol === 'amqp' ? await findOtherKind('RabbitMQ', hostname!, port!) : null;
  const line = `RabbitMQ at ${name} is ${other}; check the host and port in its URL`;
  return other === null ? null : new BrokerUnavailable(line, { permanent: true });
}

/** A closing that the peer doesn't answer, or that comes too late for it, is over too. */
export async function closeWithin(clock: Clock, close: () => Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const closed = close().catch(() => undefined);
  await Promise.race([closed, clock.delay(closeMsMax, over.signal)]);
  over.abort();
}

/** amqplib only ends its side of a broken connection; towards a peer that is gone the socket, and the heartbeats on it, would linger. */
function destroy(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { readonly stream?: { destroy(error: Error): void } };
  stream?.destroy(new Error('closed'));
}
