import { join } from 'node:path';
import { eventually } from '../../e2e/support/eventually.ts';
import { launch, type RunningSystem, temporaryFolder } from '../../e2e/support/launch.ts';
import { type Cast, castIn } from '../matrix/actors.ts';
import { routes } from '../matrix/routes.ts';
import { makers, type Thing } from '../matrix/things.ts';
import { type Door, type Doors, doorsOf } from './doors.ts';
import { type Answered, exchange, type Sent } from './exchange.ts';
import { keyOf, type OpenApi, type Operation, openApiAt } from './open-api.ts';

/** A running system with people in it, and what they need to be attacked. */
export interface Ground {
  readonly system: RunningSystem;
  readonly doors: Doors;
  readonly openApi: OpenApi;
  readonly cast: Cast;
  /** What the owner has, one of each. */
  readonly owned: Readonly<Record<Thing, string>>;
  /** All that a request could change of the owner's, as the owner sees it. */
  everything(): Promise<unknown>;
  /** An operation's path, with the id of the owner's thing that it is about. */
  pathOf(operation: Operation): string;
  /** Asks through the gateway and at the service's own port; each answer with the door in front of it. */
  askEverywhere(method: string, path: string, sent?: Sent | SentTo): Promise<readonly Heard[]>;
}
/** Where what is sent depends on the door. */
export type SentTo = (door: Door['name']) => Promise<Sent>;
interface Heard {
  readonly door: string;
  readonly answer: Answered;
}

export async function ground(env: Readonly<Record<string, string>> = {}): Promise<Ground> {
  const dataDir = await temporaryFolder();
  const system = await launch({ dataDir, env: { LOG_DIR: logsIn(dataDir), ...env } });
  const [doors, openApi] = await Promise.all([doorsOf(system), openApiAt(system.url)]);
  const cast = await castIn(system, doors);
  const owned = {} as Record<Thing, string>;
  for (const thing of Object.keys(makers) as Thing[]) owned[thing] = await makers[thing](cast.owner, system);
  // nothing more comes by itself: each of the three budgets has told of both its thresholds
  await eventually(
    () => cast.owner.get('/notifications?limit=200'),
    ({ body }) => body.items.length === 6,
  );
  return {
    system,
    doors,
    openApi,
    cast,
    owned,
    everything: () => everythingOf(cast),
    pathOf: (operation) => operation.path.replace('{id}', () => owned[routes[keyOf(operation)]!.of!]),
    askEverywhere: (method, path, sent = {}) =>
      Promise.all(
        doors.to(path).map(async ({ name, url }) => {
          const told = typeof sent === 'function' ? await sent(name) : sent;
          return { door: name, answer: await exchange(url, method, path, told) };
        }),
      ),
  };
}

/** Where every process of a system writes its logs. */
export const logsIn = (dataDir: string): string => join(dataDir, 'logs');

const lists = ['/records', '/budgets', '/notifications', '/records/imports', '/auth/sessions', '/users/profile', '/users/shared-by-me'];

async function everythingOf({ owner }: Cast): Promise<unknown> {
  const answers = await Promise.all(lists.map((path) => owner.get(path === '/users/profile' ? path : `${path}?limit=200`)));
  return answers.map(({ status, body }) => {
    if (status !== 200) throw new Error(JSON.stringify(body));
    // when a session was last used is what asking changes
    return (body.items ?? [body]).map((item: Record<string, unknown>) => ({ ...item, lastUsedAt: '' }));
  });
}
