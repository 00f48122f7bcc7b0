import type { Grant, ShareScope } from '@commonpurse/shared/contracts';
import {
  fakeClock,
  startTestService,
  type TestAnswer,
  type TestClient,
  type TestService,
  type TestUser,
} from '@commonpurse/shared/testing';
import { RecordsConfig } from '../config.ts';
import { createRecordsService } from '../service.ts';

/** Ada, in euros, where it is tomorrow already, who has lunch, rent and wages; Bob, in dollars and UTC; and a stranger. It is noon UTC of
 *  2026-03-14. No event is ever published here: what holds, holds without a bus. */
export interface Household {
  readonly system: TestService;
  readonly ada: TestUser;
  readonly bob: TestUser;
  readonly as: Readonly<Record<'ada' | 'bob' | 'stranger', TestClient>>;
  /** What Ada has, by name, as GET shows it. */
  readonly has: Readonly<Record<'lunch' | 'rent' | 'wages', TestAnswer['body']>>;
  share(scope: ShareScope, facts?: Partial<Grant>): Promise<Grant>;
  revoke(): Promise<void>;
}

export const lunch = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2026-03-10', category: 'Food', description: 'Lunch' };
export const rent = { type: 'expense', amount: '800.00', currency: 'EUR', date: '2026-03-01', category: 'Rent', description: 'Flat' };
const wages = { type: 'income', amount: '3000.00', currency: 'EUR', date: '2026-03-02', source: 'Work', description: 'March' };
export const food: ShareScope = { kind: 'records', types: ['expense'], categories: ['Food'] };

export async function startHousehold(): Promise<Household> {
  const clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));
  const system = await startTestService((deps) => createRecordsService({ ...deps, config: RecordsConfig.parse({}) }), { clock });
  const ada = await system.user({ displayName: 'Ada', baseCurrency: 'EUR', timeZone: 'Pacific/Kiritimati' });
  const bob = await system.user({ displayName: 'Bob' });
  const as = { ada: system.as(ada), bob: system.as(bob), stranger: system.as(await system.user()) };
  const made = async (body: object) => (await as.ada.post('/records', body)).body;
  return {
    system,
    ada,
    bob,
    as,
    has: { lunch: await made(lunch), rent: await made(rent), wages: await made(wages) },
    share: async (scope, facts = {}) => (await system.auth.grant(ada, bob, { scope, ...facts })).grant,
    revoke: async () => void (await system.auth.revokeGrants(ada, bob)),
  };
}
