import { expect } from '@jest/globals';
import type { TestAnswer } from '@commonpurse/shared/testing';
import { eventually } from './eventually.ts';
import { launch } from './launch.ts';
import { type Person, signUp } from './person.ts';
import { importFile } from './upload.ts';

export const expense = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2024-03-02', category: 'Groceries' };
export const { type: _type, ...editable } = expense;
export const plan = { name: 'Food', amount: '10.00', currency: 'EUR', period: 'monthly', startDate: '2024-03-01' };
export const statement = 'Date,Description,Amount,Currency\n2024-03-04,Bakery,-3.20,EUR\n2024-03-05,Cinema,-9.00,EUR\n';

/** Ann, who has one of everything, and Bob, who has nothing. */
export interface Household {
  readonly ann: Person;
  readonly bob: Person;
  /** Ids of what Ann has, by kind. */
  readonly has: Readonly<Record<string, string>>;
  /** `:record` in a path becomes the id of Ann's record, and so on. */
  filled(path: string): string;
  /** Everything of Ann's that a request could change; imports aside, where a failed one is kept to be looked at. */
  everything(): Promise<unknown>;
}

export async function household(): Promise<Household> {
  const system = await launch();
  const ann = await signUp(system, 'ann@home.example', { baseCurrency: 'EUR' });
  const bob = await signUp(system, 'bob@home.example');
  const create = async (path: string, body: unknown): Promise<string> => {
    const answer = await ann.post(path, body);
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body.id;
  };
  const has: Record<string, string> = { ann: ann.id };
  has['record'] = await create('/records', expense);
  has['other'] = await create('/records', { ...expense, amount: '1.00' });
  has['deleted'] = await create('/records', expense);
  expect((await ann.call('DELETE', `/records/${has['deleted']}`)).status).toBe(204);
  has['budget'] = await create('/budgets', plan);
  has['import'] = (await importFile(ann, Buffer.from(statement), { defaults: { category: 'Outings' } })).id;
  const alerts = await eventually(
    () => ann.get('/notifications'),
    ({ body }) => body.items.length === 2,
  );
  has['notification'] = alerts.body.items[0].id;
  has['session'] = (await ann.get('/auth/sessions')).body.items[0].id;
  const lists = [
    '/records?count=true',
    '/budgets?count=true',
    '/notifications?count=true',
    '/users/profile',
    `/records/${has['record']}/history`,
  ];
  return {
    ann,
    bob,
    has,
    filled: (path) => path.replaceAll(/:([a-z]+)/g, (_, name: string) => has[name]!),
    everything: async () => {
      const [sessions, ...answers] = await Promise.all(['/auth/sessions', ...lists].map(async (path) => (await ann.get(path)).body));
      return [sessions.items.map(({ id }: { id: string }) => id), ...answers];
    },
  };
}

/** One refusal as RFC 9457 has it, told by exactly these codes at these paths. */
export function expectProblem(
  answer: TestAnswer,
  status: number,
  code: string,
  errors?: readonly { path?: unknown; code: unknown }[],
): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: answer.text });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toEqual({
    type: `/problems/${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    requestId: answer.headers['x-request-id'],
    ...(status === 400 || code === 'unreadable-file' ? { errors: expect.any(Array) } : {}),
  });
  for (const error of errors ?? [])
    expect(answer.body.errors).toContainEqual({ path: expect.any(String), message: expect.any(String), ...error });
  for (const error of answer.body.errors ?? [])
    expect(error).toEqual({ path: expect.any(String), code: expect.any(String), message: expect.any(String) });
}
