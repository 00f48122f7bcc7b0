import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Bus, DomainEvent, EventType, ParkedEvent, Parking, Subscription } from './bus.ts';
import { eventOf, InvalidEvent } from './event.ts';
import type { RetryPolicy } from './retry-policy.ts';

interface BusUnderTest {
  readonly bus: Bus;
  /** A second connection to the same broker, as another instance has it; the same one where everything is one process. */
  readonly other: Bus;
  close(): Promise<void>;
}
interface BusOptions {
  /** Short, so that a real clock may run. */
  readonly retries: RetryPolicy;
  readonly prefetch: number;
}

const Note = z.strictObject({ text: z.string(), tags: z.array(z.string()) });
type Note = z.infer<typeof Note>;
const NoteWritten: EventType<Note> = { type: 'contract.note-written', source: 'contract', schema: Note };
const NoteRead: EventType<Note> = { type: 'contract.note-read', source: 'contract', schema: Note };

const note = (subject: string, version = 1, type = NoteWritten): DomainEvent<Note> =>
  eventOf(type, {
    subject,
    version,
    time: '2026-01-15T12:00:00.000Z',
    correlationid: 'request-1',
    actor: 'user-1',
    data: { text: `${subject} at ${version}`, tags: ['a'] },
  });
const numbered = (count: number): DomainEvent<Note>[] => Array.from({ length: count }, (_, n) => note(`note-${n}`));

/** Called once by each adapter's test: in process and RabbitMQ must not be tellable apart. `open` starts with no consumer and no message. */
export function describeBus(name: string, open: (options: BusOptions) => Promise<BusUnderTest>): void {
  describe(`Bus contract: ${name}`, () => {
    const tries = 3;
    let under: BusUnderTest;
    let bus: Bus;
    beforeEach(async () => {
      under = await open({ retries: { tries, delayMs: (failures) => failures * 2 }, prefetch: 4 });
      bus = under.bus;
    });
    afterEach(() => under.close());

    test('an event reaches every consumer that wants its type, whole', async () => {
      const heard: Record<string, DomainEvent[]> = { one: [], two: [], three: [] };
      await bus.consume('one', [on(NoteWritten, (event) => heard.one?.push(event))], memoryParking());
      await under.other.consume('two', [on(NoteWritten, (event) => heard.two?.push(event))], memoryParking());
      await bus.consume('three', [on(NoteRead, (event) => heard.three?.push(event))], memoryParking());
      const event = note('a');
      await bus.publish(event);
      await until(() => heard.one?.length === 1 && heard.two?.length === 1);
      expect(heard.one?.[0]).toEqual(event);
      expect(heard.two?.[0]).toEqual(event);
      expect(heard.three).toEqual([]);
    });

    test('with nobody there a publish resolves: who comes later catches up from the feed', async () => {
      await expect(bus.publish(note('a'))).resolves.toBeUndefined();
    });

    test('instances of one consumer share its events', async () => {
      const heard: string[][] = [[], []];
      const gate = Promise.withResolvers<void>();
      for (const [at, connection] of [bus, under.other].entries()) {
        const handle = async (event: DomainEvent): Promise<void> => {
          heard[at]?.push(event.id);
          await gate.promise;
        };
        await connection.consume('shared', [{ event: NoteWritten, from: 'now', handle }], memoryParking());
      }
      const published = Promise.all(numbered(8).map((event) => bus.publish(event)));
      // events that come at once may come together, so one instance may have more of them than it runs at once: both are held until each has some
      await until(() => heard.every(({ length }) => length > 0));
      gate.resolve();
      await published;
      await until(() => heard.flat().length === 8);
      expect(new Set(heard.flat()).size).toBe(8);
    });

    test('no more than the prefetch run at once, and none waits for ever', async () => {
      let running = 0;
      let most = 0;
      let done = 0;
      const all = Promise.withResolvers<void>();
      const handle = async (): Promise<void> => {
        most = Math.max(most, (running += 1));
        // however slowly they come, as many run together as may
        if (running === 4) all.resolve();
        await all.promise;
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        done += 1;
      };
      await bus.consume('slow', [{ event: NoteWritten, from: 'now', handle }], memoryParking());
      await Promise.all(numbered(40).map((event) => bus.publish(event)));
      await until(() => done === 40);
      expect(most).toBe(4);
    });

    test('a handler that rejects is called again and its publish confirmed in the end', async () => {
      let calls = 0;
      const parking = memoryParking();
      await bus.consume('flaky', [on(NoteWritten, () => failFirst((calls += 1), 2))], parking);
      await bus.publish(note('a'));
      await until(() => calls === 3);
      expect(await parking.list()).toEqual([]);
    });

    test('what failed as often as allowed is parked with its reason, and does not come again', async () => {
      let calls = 0;
      const parking = memoryParking();
      await bus.consume('broken', [on(NoteWritten, () => failFirst((calls += 1), Infinity))], parking);
      const event = note('a');
      await bus.publish(event);
      await until(() => parking.parked.length === 1);
      expect(calls).toBe(tries);
      expect(parking.parked[0]).toMatchObject({ event, reason: expect.stringContaining('not now') });
    });

    test('events that wait for their next try hold up nobody', async () => {
      const heard = new Set<string>();
      const parking = memoryParking();
      const handle = (event: DomainEvent): unknown => (event.subject.startsWith('poison') ? failFirst(1, 1) : heard.add(event.subject));
      await bus.consume('mixed', [on(NoteWritten, handle)], parking);
      const poison = Array.from({ length: 8 }, (_, n) => note(`poison-${n}`));
      await Promise.all([...poison, ...numbered(20)].map((event) => bus.publish(event)));
      await until(() => heard.size === 20 && parking.parked.length === 8);
    });

    test('a consumer that fails takes nothing from another', async () => {
      let heard = 0;
      await bus.consume('broken', [on(NoteWritten, () => failFirst(1, 1))], memoryParking());
      await bus.consume('sound', [on(NoteWritten, () => (heard += 1))], memoryParking());
      await bus.publish(note('a'));
      await until(() => heard === 1);
    });

    test('an event that is not as its contract says is refused when published', async () => {
      const bent = { ...note('a'), data: { text: 5 } };
      await expect(bus.publish(bent)).rejects.toThrow(InvalidEvent);
    });

    test('an event that its consumer can not read is parked at once', async () => {
      const stricter: EventType<Note> = { ...NoteWritten, schema: Note.extend({ text: z.string().max(1) }) };
      let calls = 0;
      const parking = memoryParking();
      await bus.consume('stricter', [on(stricter, () => (calls += 1))], parking);
      await bus.publish(note('a'));
      await until(() => parking.parked.length === 1);
      expect(calls).toBe(0);
      expect(parking.parked[0]?.reason).toContain('InvalidEvent');
    });

    test('what a consumer does to an event is not seen by another', async () => {
      const heard: Note[] = [];
      const meddle = (event: DomainEvent): void => {
        (event.data as { text: string }).text = 'meddled';
      };
      await bus.consume('meddler', [on(NoteWritten, meddle)], memoryParking());
      await bus.consume('reader', [on(NoteWritten, (event) => heard.push(event.data as Note))], memoryParking());
      const event = note('a');
      await bus.publish(event);
      await until(() => heard.length === 1);
      expect(heard[0]).toEqual({ text: 'a at 1', tags: ['a'] });
    });

    test('closing waits for what runs, and takes no more', async () => {
      const gate = Promise.withResolvers<void>();
      let begun = 0;
      let ended = 0;
      const handle = async (): Promise<void> => {
        begun += 1;
        await gate.promise;
        ended += 1;
      };
      const consumption = await bus.consume('closing', [{ event: NoteWritten, from: 'now', handle }], memoryParking());
      const published = Promise.allSettled([bus.publish(note('a'))]);
      await until(() => begun === 1);
      const closed = consumption.close();
      gate.resolve();
      await closed;
      expect(ended).toBe(1);
      await published;
      await Promise.allSettled([bus.publish(note('b'))]);
      expect(begun).toBe(1);
    });

    test('tells how many events wait for a consumer', async () => {
      const gate = Promise.withResolvers<void>();
      const consumption = await bus.consume('waiting', [{ event: NoteWritten, from: 'now', handle: () => gate.promise }], memoryParking());
      expect(await consumption.waiting()).toBe(0);
      const published = Promise.all(numbered(30).map((event) => bus.publish(event)));
      await until(async () => (await consumption.waiting()) > 1);
      gate.resolve();
      await published;
      await until(async () => (await consumption.waiting()) === 0);
    });

    test('what one instance had not begun is done by another', async () => {
      const heard = new Set<string>();
      const gate = Promise.withResolvers<void>();
      const handle = async (event: DomainEvent): Promise<void> => {
        await gate.promise;
        heard.add(event.id);
      };
      const first = await bus.consume('moving', [{ event: NoteWritten, from: 'now', handle }], memoryParking());
      const published = Promise.all(numbered(30).map((event) => bus.publish(event)));
      await under.other.consume('moving', [{ event: NoteWritten, from: 'now', handle }], memoryParking());
      const closed = first.close();
      gate.resolve();
      await closed;
      await published;
      await until(() => heard.size === 30);
    });

    test('works and says so', async () => {
      expect(await bus.health()).toBeNull();
    });
  });
}

const on = (event: EventType<Note>, handle: (event: DomainEvent) => unknown): Subscription => ({
  event,
  from: 'now',
  handle: async (arrived) => void handle(arrived),
});

function failFirst(call: number, failing: number): void {
  if (call <= failing) throw new Error('not now');
}

/** Enough for a bus, which only parks. */
export function memoryParking(): Parking & { readonly parked: ParkedEvent[] } {
  const parked: ParkedEvent[] = [];
  return {
    parked,
    park: async (event, reason) => void parked.push({ id: String(parked.length), consumer: '', event, reason, parkedAt: '' }),
    list: async () => parked,
    drop: async () => undefined,
  };
}

/** Turns of the event loop, not time: a real broker takes its own. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
