import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { internalKeyOf, signInternal } from '@commonpurse/shared/http';
import type { RunningSystem } from '../../e2e/support/launch.ts';
import type { Person } from '../../e2e/support/person.ts';
import type { Doors } from '../support/doors.ts';
import { exchange } from '../support/exchange.ts';
import { jsonOf } from '../support/requests.ts';

export const scopes = ['records', 'budgets', 'notifications']
  .flatMap((what) => [`${what}:read`, `${what}:write`])
  .concat('profile:read', 'shares:read');

/** API keys of one person. */
export interface KeyRing {
  /** What a program with such a key sends at a door: the key itself to the gateway, to a service what the gateway makes of it. */
  credentials(scopes: readonly string[], door: 'gateway' | 'service'): Promise<string>;
}

export function createKeyRing(owner: Person, system: RunningSystem, doors: Doors): KeyRing {
  const made = new Map<string, Promise<string>>();
  const make = async (wanted: readonly string[]): Promise<string> => {
    const { status, body, text } = await owner.post('/auth/api-keys', { name: 'of the matrix', scopes: wanted });
    if (status !== 201) throw new Error(text);
    return body.key;
  };
  const exchanged = async (key: string): Promise<string> => {
    const internalKey = internalKeyOf((await readFile(join(system.dataDir, 'keys', 'internal.key'), 'utf8')).trim());
    const token = signInternal({ from: 'gateway', to: 'auth', key: internalKey, nowMs: Date.now() });
    const { status, body, text } = await exchange(doors.service.auth, 'POST', '/internal/key-tokens', { ...jsonOf({ key }), token });
    if (status !== 200) throw new Error(text);
    return body.token;
  };
  return {
    credentials: async (wanted, door) => {
      const name = wanted.join(' ');
      if (!made.has(name)) made.set(name, make(wanted));
      const key = await made.get(name)!;
      return door === 'gateway' ? key : exchanged(key);
    },
  };
}
