/** Hints between listeners of one process: delivered after the publisher has gone on; what one listener throws never reaches another. */
export interface Channels {
  publish(channel: string, message: string): void;
  subscribe(channel: string, listener: (message: string) => void): () => void;
  clear(): void;
}

export function createChannels(onListenerError: (error: unknown, channel: string) => void): Channels {
  const channels = new Map<string, Set<{ readonly listen: (message: string) => void }>>();
  const deliver = (channel: string, message: string): void => {
    for (const subscriber of channels.get(channel) ?? []) {
      try {
        subscriber.listen(message);
      } catch (error) {
        onListenerError(error, channel);
      }
    }
  };
  return {
    publish: (channel, message) => queueMicrotask(() => deliver(channel, message)),
    subscribe(channel, listener) {
      const subscriber = { listen: listener };
      const subscribers = channels.get(channel) ?? new Set();
      channels.set(channel, subscribers.add(subscriber));
      return () => {
        subscribers.delete(subscriber);
        if (subscribers.size === 0 && channels.get(channel) === subscribers) channels.delete(channel);
      };
    },
    clear: () => channels.clear(),
  };
}
