import type { Person } from '../../e2e/support/person.ts';
import type { Doors } from '../support/doors.ts';
import { asService } from '../support/services.ts';

export const scopes: readonly string[] = ['records', 'budgets', 'notifications']
  .flatMap((what) => [`${what}:read`, `${what}:write`])
  .concat('profile:read', 'shares:read');

/** API keys of one person. */
interface KeyRing {
  /** What a program with such a key sends at a door: the key itself to the gateway, to a service what the gateway makes of it. */
  credentials(scopes: readonly string[], door: 'gateway' | 'service'): Promise<string>;
}

export function createKeyRing(owner: Person, doors: Doors): KeyRing {
  const made = new Map<string, Promise<string>>();
  const make = async (wanted: readonly string[]): Promise<string> => {
    const { status, body, text } = await owner.post('/auth/api-keys', { name: 'of the matrix', scopes: wanted });
    if (status !== 201) throw new Error(text);
    return body.key;
  };
  const exchanged = async (key: string): Promise<string> => {
    const { status, body, text } = await asService(doors, 'auth', 'POST', '/internal/key-tokens', { key });
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
