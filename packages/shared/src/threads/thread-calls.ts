import type { MessagePort, Worker } from 'node:worker_threads';

/** What can be asked of the other thread, by name. */
export type Calls<C> = { readonly [K in keyof C]: (...given: never[]) => Promise<unknown> };
type Line = Pick<MessagePort | Worker, 'postMessage'> & { on(event: 'message', listener: (message: Message) => void): unknown };

interface Call {
  readonly call: number;
  readonly name: string;
  readonly given: readonly unknown[];
}
interface Reply {
  readonly reply: number;
  readonly value?: unknown;
  readonly failure?: object;
}
type Message = Call | Reply | { readonly say: unknown };

export interface Asking<C extends Calls<C>> {
  /** Resolves or rejects as the other thread does. */
  ask<K extends keyof C & string>(name: K, ...given: Parameters<C[K]>): ReturnType<C[K]>;
  /** Whoever waits for an answer gets this one. */
  giveUp(error: Error): void;
}

/** @param hear what the other thread says without being asked */
export function askOver<C extends Calls<C>>(line: Line, hear: (said: unknown) => void): Asking<C> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  let lost: Error | null = null;
  line.on('message', (message) => {
    if ('say' in message) return hear(message.say);
    if (!('reply' in message)) return;
    const asked = waiting.get(message.reply);
    waiting.delete(message.reply);
    if (message.failure === undefined) asked?.resolve(message.value);
    else asked?.reject(errorOf(message.failure));
  });
  return {
    ask: (name, ...given) => {
      const answer = Promise.withResolvers<unknown>();
      if (lost === null) {
        calls += 1;
        waiting.set(calls, answer);
        line.postMessage({ call: calls, name, given } satisfies Call);
      } else answer.reject(lost);
      return answer.promise as ReturnType<C[typeof name]>;
    },
    giveUp: (error) => {
      lost = error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

/** Answers what `askOver` asks. */
export function answerOver<C extends Calls<C>>(line: Line, calls: C): void {
  const answer = async ({ call, name, given }: Call): Promise<Reply> => {
    try {
      return { reply: call, value: await calls[name as keyof C](...(given as never[])) };
    } catch (error) {
      return { reply: call, failure: failureOf(error) };
    }
  };
  line.on('message', (message) => {
    if ('call' in message) void answer(message).then((reply) => line.postMessage(reply));
  });
}

/** Says something that needs no answer. */
export const sayOver = (line: Line, say: unknown): void => line.postMessage({ say });

/** Only its kind and message would survive the passage, and who explains it to an operator needs its code too. */
const failureOf = (error: unknown): object =>
  error instanceof Error ? Object.assign({ message: error.message, stack: error.stack }, error) : { message: String(error) };
const errorOf = (failure: object): Error => Object.assign(new Error(), failure);
