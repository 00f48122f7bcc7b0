import type { ScriptedRedis } from './scripts.ts';

/** What there is to listen to, and what of it the present connection is subscribed to. */
export function createSubscriptions(channelPrefix: string) {
  const listeners = new Map<string, number>();
  const subscribed = new Set<string>();
  let refusal: unknown = null;
  const missing = (): string[] => [...listeners.keys()].filter((channel) => !subscribed.has(channel));
  const subscribe = async (redis: ScriptedRedis): Promise<void> => {
    const channels = missing();
    if (channels.length === 0) return;
    try {
      await redis.subscribe(...channels.map((channel) => channelPrefix + channel));
    } catch (error) {
      refusal = error;
      throw error;
    }
    refusal = null;
    // one that was left meanwhile is subscribed to anew for whoever comes back
    for (const channel of channels) if (listeners.has(channel)) subscribed.add(channel);
  };
  return {
    none: () => listeners.size === 0,
    /** What became of the last try; null: it went well. */
    refusal: () => refusal,
    allSubscribed: () => missing().length === 0,
    add: (channel: string) => void listeners.set(channel, (listeners.get(channel) ?? 0) + 1),
    /** true: that was the last one. */
    remove: (channel: string): boolean => {
      const left = listeners.get(channel)! - 1;
      if (left > 0) listeners.set(channel, left);
      else listeners.delete(channel);
      return left === 0 && subscribed.delete(channel);
    },
    subscribe,
    unsubscribe: async (redis: ScriptedRedis, channel: string): Promise<void> => void (await redis.unsubscribe(channelPrefix + channel)),
    subscribeAnew: (redis: ScriptedRedis): Promise<void> => {
      subscribed.clear();
      return subscribe(redis);
    },
  };
}

export type Subscriptions = ReturnType<typeof createSubscriptions>;
