import { afterAll, describe, expect, test } from '@jest/globals';
import { eventually } from './support/eventually.ts';
import { cleanUp, launch, type RunningSystem } from './support/launch.ts';
import { type Person, personAt, signUp } from './support/person.ts';

afterAll(cleanUp);

const expense = { type: 'expense', amount: '0.01', currency: 'EUR', date: '2024-04-02', category: 'Groceries' };

/** Eight writers, until the system says no more; what was acknowledged. */
function writeOn(person: Person): { acknowledged: Map<string, string>; done: Promise<unknown> } {
  const acknowledged = new Map<string, string>();
  const writer = async (name: number): Promise<void> => {
    for (let n = 0; ; n += 1) {
      const answer = await person.post('/records', { ...expense, description: `writer ${name} number ${n}` }).catch(() => null);
      if (answer?.status !== 201) return;
      acknowledged.set(answer.body.id, answer.body.description);
    }
  };
  return { acknowledged, done: Promise.all(Array.from({ length: 8 }, (_, name) => writer(name))) };
}

async function expectAllThere(system: RunningSystem, person: Person, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  const again = await system.restart();
  const personAgain = personAt(again, person.email, person);
  for (const [id, description] of acknowledged)
    expect(await personAgain.get(`/records/${id}`)).toMatchObject({ status: 200, body: { description } });
  const { total } = (await personAgain.get('/records?count=true&limit=1')).body;
  // each writer had at most one more under way, which nobody was told about
  expect(total).toBeGreaterThanOrEqual(acknowledged.size);
  expect(total).toBeLessThanOrEqual(acknowledged.size + 8);
  await again.kill();
}

describe('an end that was asked for', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s under load ends with 0, as none does that takes ten seconds, and what was acknowledged is there',
    async (signal) => {
      const system = await launch();
      const ann = await signUp(system, 'ann@home.example');
      const { acknowledged, done } = writeOn(ann);
      await eventually(
        async () => acknowledged.size,
        (size) => size >= 100,
      );
      expect(await system.stop(signal)).toBe(0);
      await done;
      await expectAllThere(system, ann, acknowledged);
    },
  );
});
