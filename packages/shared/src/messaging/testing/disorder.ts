import { mulberry32 } from '../../testing/mulberry32.ts';
import type { DomainEvent } from '../bus.ts';
import type { Disorder } from '../in-process/index.ts';

export interface DisorderOptions {
  readonly seed: number;
  /** How likely an event comes a second time. Default 0.2. */
  readonly duplicate?: number;
  /** How likely an old one comes along. Default 0.1. */
  readonly replay?: number;
}

const remembered = 64;
/** By how many turns of the event loop an event is held up at most. */
const turnsMax = 8;

/** The same seed draws the same fates for the same sequence of publishes. */
export function createDisorder({ seed, duplicate = 0.2, replay = 0.1 }: DisorderOptions): Disorder {
  const random = mulberry32(seed);
  const old: DomainEvent[] = [];
  const heldUp = async (event: DomainEvent, turns: number, deliver: (event: DomainEvent) => Promise<void>): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    await deliver(event);
  };
  const turns = (): number => Math.floor(random() * (turnsMax + 1));
  return {
    async deliver(event, deliver) {
      const copies = [event];
      if (random() < duplicate) copies.push(event);
      const again = old[Math.floor(random() * old.length)];
      // Only of a type that the same consumers take: the caller has chosen them by the event's.
      if (random() < replay && again?.type === event.type) copies.push(again);
      old[Math.floor(random() * remembered)] = event;
      await Promise.all(copies.map((copy) => heldUp(copy, turns(), deliver)));
    },
  };
}
