import { type Channels, createChannels } from '../channels.ts';
import type { Cache } from '../cache.ts';
import { createLink, type Link, type LinkOptions } from './link.ts';
import type { ScriptedRedis } from './scripts.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';
import { troubleOf } from './trouble.ts';

export interface Hints extends Pick<Link, 'trouble'> {
  /** False while somebody listens who might miss something; who is not listening yet, as the first connection is being made, does not. */
  readonly up: boolean;
  /** While the server is away this resolves too: it is listened to as soon as it is back, and `up` says when. */
  subscribe: Cache['subscribe'];
  /** Finds out whether the connection still carries anything. */
  check(): Promise<void>;
  close(): void;
}
export interface HintsOptions extends Omit<LinkOptions, 'settle' | 'heard'> {
  /** Before the names of all channels. */
  readonly channelPrefix: string;
  readonly onListenerError: (error: unknown, channel: string) => void;
}

/** Listening takes a connection of its own, opened for the first listener; each new one listens to all there is to hear. */
export function createHints({ channelPrefix, onListenerError, ...options }: HintsOptions): Hints {
  const channels = createChannels(onListenerError);
  const wanted = createSubscriptions(channelPrefix);
  const link = createLink({
    ...options,
    settle: (redis) => wanted.subscribeAnew(redis),
    heard: (name, message) => channels.publish(name.slice(channelPrefix.length), message),
  });
  /** Where this fails, the next connection makes up for it. */
  const tell = async (send: (redis: ScriptedRedis) => Promise<unknown>): Promise<void> => {
    if (link.up) await link.call(send).catch(() => undefined);
    options.changed();
  };
  let begun = false;
  return {
    get up() {
      return !begun || wanted.none() || (link.up && wanted.allSubscribed());
    },
    get trouble() {
      const refusal = wanted.refusal();
      return link.up && refusal !== null ? troubleOf(refusal) : link.trouble;
    },
    subscribe: subscribing({ link, channels, wanted, tell, begins: () => void (begun = true) }),
    check: async () => {
      if (link.up) await tell((redis) => redis.ping());
    },
    close: () => {
      channels.clear();
      link.close();
    },
  };
}

interface Listening {
  readonly link: Link;
  readonly channels: Channels;
  readonly wanted: Subscriptions;
  tell(send: (redis: ScriptedRedis) => Promise<unknown>): Promise<void>;
  /** The first connection was made, or could not be. */
  begins(): void;
}

function subscribing({ link, channels, wanted, tell, begins }: Listening): Cache['subscribe'] {
  let beginning: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    const opening = link.open();
    link.keepTrying();
    return opening.catch(() => undefined).then(begins);
  };
  return async (channel, listener) => {
    const stop = channels.subscribe(channel, listener);
    wanted.add(channel);
    await (beginning ??= begin());
    await tell(wanted.subscribe);
    let stopped: Promise<void> | null = null;
    return () => {
      stop();
      return (stopped ??= wanted.remove(channel) ? tell((redis) => wanted.unsubscribe(redis, channel)) : Promise.resolve());
    };
  };
}
