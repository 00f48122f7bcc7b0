import { type Clock, PeerRefused, type Peers, type ServiceBehindGateway, servicesBehindGateway } from '@commonpurse/shared/service';
import { askInstances, explained, peersOf } from './ask-instances.ts';
import type { Command } from './command.ts';
import { followRebuild } from './follow-rebuild.ts';
import { dropParked, listParked, replayParked } from './handle-parked.ts';
import type { Located } from './locate-instances.ts';
import { showStatus } from './show-status.ts';

interface RunDeps {
  readonly located: Located;
  /** Looks for it again; null: nothing of it runs any more. */
  readonly relocate: () => Promise<Located | null>;
  readonly clock: Clock;
  /** A line of what was asked for. */
  readonly print: (line: string) => void;
}
interface Desk extends RunDeps {
  readonly peers: Peers;
}

/** Does what was asked for; whether all of it could be done. Rejects with one line where nothing could. */
export async function runCommand(deps: RunDeps, command: Exclude<Command, { name: 'help' }>): Promise<boolean> {
  const desk = { ...deps, peers: peersOf(deps.located, deps.clock) };
  const service = askedOf(command);
  if (service !== null && !isLocated(deps.located, service)) throw new Error(`${service.toUpperCase()}_URL: is required for this`);
  try {
    return await run(desk, command);
  } catch (error) {
    throw new Error(explained(error), { cause: error });
  }
}

const isLocated = ({ instances }: Located, service: ServiceBehindGateway): boolean =>
  instances.some((instance) => instance.service === service);

/** The one service that a command is for; null: for several. */
function askedOf(command: Exclude<Command, { name: 'help' }>): ServiceBehindGateway | null {
  if ('service' in command) return command.service;
  if ('services' in command) return command.services.length === 1 && command.services !== 'all' ? command.services[0]! : null;
  return command.name === 'status' ? null : 'auth';
}

function run(desk: Desk, command: Exclude<Command, { name: 'help' }>): Promise<boolean> {
  switch (command.name) {
    case 'status':
      return status(desk, command.json);
    case 'parked list':
      return list(desk, command.services, command.json);
    case 'parked replay':
      return replay(desk, command.service, command.ids);
    case 'parked drop':
      return drop(desk, command.service, command.ids);
    case 'rebuild':
      return rebuild(desk, command.service, command.wait);
    case 'make-admin':
      return makeAdmin(desk, command.email);
    case 'rotate-keys':
      return rotateKeys(desk, command.compromised);
    default:
      return reseal(desk);
  }
}

async function status({ located, clock, print }: Desk, json: boolean): Promise<boolean> {
  const answers = await askInstances(located, clock);
  if (json)
    print(
      JSON.stringify(
        answers.map(({ instance, status: told, ...rest }) => ({ ...instance, ...rest, status: told })),
        null,
        2,
      ),
    );
  else for (const line of showStatus(answers, clock.now())) print(line);
  return answers.every(({ ready }) => ready);
}

async function list({ located, peers, print }: Desk, asked: readonly ServiceBehindGateway[] | 'all', json: boolean): Promise<boolean> {
  const services = asked === 'all' ? servicesBehindGateway.filter((service) => isLocated(located, service)) : asked;
  const found = (await Promise.all(services.map((service) => listParked(peers, service)))).flat();
  if (json) print(JSON.stringify(found, null, 2));
  else if (found.length === 0) print('nothing is parked');
  else for (const { id, parkedAt, reason } of found) print(`${id}\n  since ${parkedAt}: ${reason.split('\n')[0]}`);
  return true;
}

const chosen = async ({ peers }: Desk, service: ServiceBehindGateway, ids: readonly string[] | 'all'): Promise<readonly string[]> =>
  ids === 'all' ? (await listParked(peers, service)).map(({ id }) => id) : ids;

async function replay(desk: Desk, service: ServiceBehindGateway, ids: readonly string[] | 'all'): Promise<boolean> {
  const { replayed, failed } = await replayParked(desk.peers, service, await chosen(desk, service, ids));
  desk.print(`${replayed} of ${replayed + failed.length} events were handled`);
  for (const { id, reason } of failed) desk.print(`${id}\n  not handled: ${reason.split('\n')[0]}`);
  return failed.length === 0;
}

async function drop(desk: Desk, service: ServiceBehindGateway, ids: readonly string[] | 'all'): Promise<boolean> {
  const wanted = await chosen(desk, service, ids);
  const dropped = await dropParked(desk.peers, service, wanted);
  desk.print(`${dropped} of ${wanted.length} events were dropped`);
  return dropped === wanted.length;
}

async function rebuild({ peers, relocate, clock, print }: Desk, service: ServiceBehindGateway, wait: boolean): Promise<boolean> {
  await peers.post(service, '/internal/ops/rebuild', {});
  const find = async (): Promise<Peers | null> => {
    const there = await relocate();
    return there === null ? null : peersOf(there, clock);
  };
  if (wait) await followRebuild({ find, service, clock, say: print });
  else print(`${service}: the rebuild has begun; status tells how it gets on`);
  return true;
}

async function makeAdmin({ peers, print }: Desk, email: string): Promise<boolean> {
  try {
    await peers.post('auth', '/internal/admins', { email });
  } catch (error) {
    if (error instanceof PeerRefused && error.status === 404)
      throw new Error(`no verified account has the address ${email}`, { cause: error });
    throw error;
  }
  print(`${email} is an administrator`);
  return true;
}

async function rotateKeys({ peers, print }: Desk, compromised: boolean): Promise<boolean> {
  const { kid, signsFrom } = await peers.post<{ kid: string; signsFrom: string }>('auth', '/internal/signing-keys', { compromised });
  print(`the key ${kid} signs from ${signsFrom}`);
  return true;
}

interface Resealed {
  readonly resealed: number;
  readonly unreadable: number;
}

async function reseal({ peers, print }: Desk): Promise<boolean> {
  const { resealed, unreadable } = await peers.post<Resealed>('auth', '/internal/secrets/reseal', {}, { timeoutMs: 600_000 });
  print(`${resealed} secrets were sealed anew`);
  if (unreadable > 0) print(`${unreadable} can not be read with these ENCRYPTION_KEYS and stay as they are; the log of auth names them`);
  return unreadable === 0;
}
