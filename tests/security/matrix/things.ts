import { eventually } from '../../e2e/support/eventually.ts';
import { expense, plan, statement } from '../../e2e/support/household.ts';
import type { RunningSystem } from '../../e2e/support/launch.ts';
import { type Person, signIn } from '../../e2e/support/person.ts';
import { importFile } from '../../e2e/support/upload.ts';

/** What an id in a path can stand for. */
export type Thing = 'record' | 'deleted record' | 'budget' | 'import' | 'notification' | 'session' | 'share' | 'key' | 'user';

async function created(owner: Person, path: string, body: unknown): Promise<string> {
  const answer = await owner.post(path, body);
  if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`);
  return answer.body.id;
}
const aRecord = (owner: Person): Promise<string> => created(owner, '/records', expense);

/** Makes one for its owner; answers its id. */
export const makers: Readonly<Record<Thing, (owner: Person, system: RunningSystem) => Promise<string>>> = {
  record: aRecord,
  'deleted record': async (owner) => {
    const id = await aRecord(owner);
    const { status } = await owner.call('DELETE', `/records/${id}`);
    if (status !== 204) throw new Error(`not deleted: ${status}`);
    return id;
  },
  budget: (owner) => created(owner, '/budgets', plan),
  import: async (owner) => (await importFile(owner, Buffer.from(statement), { defaults: { category: 'Outings' } })).id,
  notification: async (owner) => {
    await aRecord(owner);
    const budgetId = await created(owner, '/budgets', { ...plan, amount: '1.00' });
    const { body } = await eventually(
      () => owner.get('/notifications?limit=200'),
      (inbox) => inbox.body.items.some(({ data }: { data: { budgetId?: string } }) => data.budgetId === budgetId),
    );
    return body.items.find(({ data }: { data: { budgetId?: string } }) => data.budgetId === budgetId).id;
  },
  user: async ({ id }) => id,
  key: (owner) => created(owner, '/auth/api-keys', { name: 'mine', scopes: ['records:read'] }),
  share: (owner) =>
    created(owner, '/users/share-permission', { granteeEmail: 'third@elsewhere.example', access: 'view', scope: { kind: 'records' } }),
  session: async (owner, system) => {
    const before = new Set((await sessionsOf(owner)).map(({ id }) => id));
    await signIn(system, owner.email);
    return (await sessionsOf(owner)).find(({ id }) => !before.has(id))!.id;
  },
};

const sessionsOf = async (owner: Person): Promise<{ id: string }[]> => (await owner.get('/auth/sessions?limit=200')).body.items;
