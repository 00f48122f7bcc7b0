import { mulberry32 } from '@commonpurse/shared/testing';
import { lastingInconsistencies } from '../consistency/inconsistencies.ts';
import { eventually } from '../e2e/support/eventually.ts';
import { launch, type RunningSystem } from '../e2e/support/launch.ts';
import { type Person, personAt, signUp } from '../e2e/support/person.ts';

/** What a writer was told of a record: its newest acknowledged version and description, or that it is deleted. A write that nobody
 *  answered may have happened or not, so both are kept. */
interface Told {
  readonly version: number;
  readonly description: string | null;
  /** What an unanswered write would have made of it. */
  unanswered?: string | null;
}
interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly records: number;
}

/** Kills the running system with -9 under eight writers, again and again; after each restart reads everything back and adds up the budget.
 *  Throws, saying what is missing or wrong. */
export async function killUnderLoad({ kills, seed }: { kills: number; seed: number }): Promise<KillReport> {
  const random = mulberry32(seed);
  let system = await launch();
  const ann = await signUp(system, 'ann@home.example', { baseCurrency: 'EUR' });
  const budget = await ann.post('/budgets', { name: 'All', amount: '1000.00', currency: 'EUR', period: 'yearly', startDate: '2024-01-01' });
  const told = new Map<string, Told>();
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const person = personAt(system, ann.email, ann);
    acknowledged += await writeUntilKilled({ system, person, told, random, enough: 20 + Math.floor(random() * 200) });
    system = await system.restart();
    await checkAll(personAt(system, ann.email, ann), told, budget.body.id);
  }
  const wrong = await lastingInconsistencies(system.url, [personAt(system, ann.email, ann)]);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  await system.stop();
  return { kills, acknowledged, records: told.size };
}

interface Load {
  readonly system: RunningSystem;
  readonly person: Person;
  readonly told: Map<string, Told>;
  readonly random: () => number;
  readonly enough: number;
}

async function writeUntilKilled({ system, person, told, random, enough }: Load): Promise<number> {
  let count = 0;
  const killed = new AbortController();
  const mine = [...told.keys()];
  const writer = async (name: number): Promise<void> => {
    for (let n = 0; !killed.signal.aborted; n += 1) {
      const id = random() < 0.5 ? mine[Math.floor(random() * mine.length)] : undefined;
      const one = id === undefined ? undefined : told.get(id);
      const busy = one === undefined || one.description === null || one.unanswered !== undefined || !claim(id!);
      if (
        busy
          ? await create(person, told, `writer ${name} number ${n}`)
          : await change({ person, told, id: id!, one, remove: random() < 0.3 })
      )
        count += 1;
      if (!busy) claimed.delete(id!);
    }
  };
  const claimed = new Set<string>();
  const claim = (id: string): boolean => !claimed.has(id) && claimed.add(id).has(id);
  const writers = Array.from({ length: 8 }, (_, name) => writer(name));
  await eventually(
    async () => count,
    (reached) => reached >= enough,
  );
  await system.kill();
  killed.abort();
  await Promise.all(writers);
  return count;
}

async function create(person: Person, told: Map<string, Told>, description: string): Promise<boolean> {
  const body = { type: 'expense', category: 'Food', amount: '0.01', currency: 'EUR', date: '2024-04-02', description };
  const answer = await person.post('/records', body).catch(() => null);
  if (answer === null) return false;
  if (answer.status !== 201) throw new Error(`create answered ${answer.text}`);
  told.set(answer.body.id, { version: 1, description });
  return true;
}

async function change({
  person,
  told,
  id,
  one,
  remove,
}: {
  person: Person;
  told: Map<string, Told>;
  id: string;
  one: Told;
  remove: boolean;
}): Promise<boolean> {
  const description = remove ? null : `${one.description!.split(' version')[0]} version ${one.version + 1}`;
  const headers = { 'if-match': `"${one.version}"` };
  one.unanswered = description;
  const answer = await person
    .call(remove ? 'DELETE' : 'PATCH', `/records/${id}`, { headers, ...(remove ? {} : { body: { description } }) })
    .catch(() => null);
  if (answer === null) return false;
  if (answer.status !== (remove ? 204 : 200))
    throw new Error(`${remove ? 'delete' : 'change'} of ${id} at ${one.version} answered ${answer.text}`);
  told.set(id, { version: one.version + 1, description });
  return true;
}

async function checkAll(person: Person, told: Map<string, Told>, budgetId: string): Promise<void> {
  const found = new Map<string, { version: number; description: string; amount: string }>();
  for (let cursor = ''; ;) {
    const { body } = await person.get(`/records?limit=200${cursor}`);
    for (const record of body.items) found.set(record.id, record);
    if (body.nextCursor === null) break;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
  for (const [id, { version, description, unanswered }] of told) {
    const is = found.get(id)?.description ?? null;
    const may = unanswered === undefined ? [description] : [description, unanswered];
    if (!may.includes(is)) throw new Error(`${id} is ${is}, but ${may.join(' or ')} was acknowledged`);
    told.set(id, { version: found.get(id)?.version ?? version + 1, description: is });
  }
  for (const [id, { version, description }] of found) if (!told.has(id)) told.set(id, { version, description });
  const spent = ([...found.values()].reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0) / 100).toFixed(2);
  await eventually(
    async () => (await person.get(`/budgets/${budgetId}/progress?date=2024-04-15`)).body.spent,
    (is) => is === spent,
  );
}
