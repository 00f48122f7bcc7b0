import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyObject } from 'node:crypto';
import { internalKeyOf, signInternal } from '@commonpurse/shared/http';
import type { Behind, Doors } from './doors.ts';
import { type Answered, exchange } from './exchange.ts';
import { jsonOf } from './requests.ts';

/** What services sign their calls of each other with. */
export const internalKeyIn = async (dataDir: string): Promise<KeyObject> =>
  internalKeyOf((await readFile(join(dataDir, 'keys', 'internal.key'), 'utf8')).trim());

/** Calls a service as the gateway would. */
export async function asService(doors: Doors, to: Behind, method: string, path: string, body?: unknown): Promise<Answered> {
  const token = signInternal({ from: 'gateway', to, key: await internalKeyIn(doors.dataDir), nowMs: Date.now() });
  return exchange(doors.service[to], method, path, { token, ...(body === undefined ? {} : jsonOf(body)) });
}

/** All that a service has published since the beginning, as another one reads it. */
export async function eventsOf(doors: Doors, from: Behind): Promise<unknown[]> {
  const events: unknown[] = [];
  let after = '';
  for (;;) {
    const { status, body, text } = await asService(doors, from, 'GET', `/internal/changes?limit=1000${after}`);
    // who publishes nothing has no such thing
    if (status === 404) return events;
    if (status !== 200) throw new Error(text);
    events.push(...body.events);
    if (body.next === null) return events;
    after = `&after=${encodeURIComponent(body.next)}`;
  }
}
