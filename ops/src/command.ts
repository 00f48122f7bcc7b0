import { parseArgs } from 'node:util';
import { type ServiceBehindGateway, servicesBehindGateway } from '@commonpurse/shared/service';

/** What an operator has asked for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'status'; readonly json: boolean }
  | { readonly name: 'parked list'; readonly services: readonly ServiceBehindGateway[] | 'all'; readonly json: boolean }
  | { readonly name: 'parked replay' | 'parked drop'; readonly service: ServiceBehindGateway; readonly ids: readonly string[] | 'all' }
  | { readonly name: 'rebuild'; readonly service: ServiceBehindGateway; readonly wait: boolean }
  | { readonly name: 'make-admin'; readonly email: string }
  | { readonly name: 'rotate-keys'; readonly compromised: boolean }
  | { readonly name: 'reseal' };

/** One line that says what is wrong with how it was asked. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const flags = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  all: { type: 'boolean' },
  compromised: { type: 'boolean' },
  'no-wait': { type: 'boolean' },
} as const;
type Flag = keyof typeof flags;
type Given = Partial<Record<Flag, boolean | undefined>>;

/** Reads a command line. Throws `UsageError`. */
export function readCommand(argv: readonly string[]): Command {
  const { values, positionals } = parsed(argv);
  const [first, ...rest] = positionals;
  if (values.help === true || first === undefined || first === 'help') return { name: 'help' };
  if (!Object.hasOwn(readers, first)) throw new UsageError(`there is no command ${first}`);
  return readers[first]!(rest, values);
}

function parsed(argv: readonly string[]): { values: Given; positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split(/\.? To specify|\n/)[0]!.replace(/\.$/, ''));
  }
}

type Reader = (rest: readonly string[], given: Given) => Command;

const readers: Readonly<Record<string, Reader>> = {
  status: (rest, given) => {
    only('status', given, ['json']);
    nothingMore('status', rest);
    return { name: 'status', json: given.json === true };
  },
  parked: ([verb, ...rest], given) => readParked(verb, rest, given),
  rebuild: ([service, ...rest], given) => {
    only('rebuild', given, ['no-wait']);
    nothingMore('rebuild', rest);
    return { name: 'rebuild', service: serviceIn('rebuild', service), wait: given['no-wait'] !== true };
  },
  'make-admin': ([email, ...rest], given) => {
    only('make-admin', given, []);
    nothingMore('make-admin', rest);
    if (email === undefined || !/^\S+@\S+$/.test(email)) throw new UsageError('make-admin takes the address of an account');
    return { name: 'make-admin', email };
  },
  'rotate-keys': (rest, given) => {
    only('rotate-keys', given, ['compromised']);
    nothingMore('rotate-keys', rest);
    return { name: 'rotate-keys', compromised: given.compromised === true };
  },
  reseal: (rest, given) => {
    only('reseal', given, []);
    nothingMore('reseal', rest);
    return { name: 'reseal' };
  },
};

function readParked(verb: string | undefined, [service, ...ids]: readonly string[], given: Given): Command {
  if (verb === 'list') {
    only('parked list', given, ['json']);
    nothingMore('parked list', ids);
    const services = service === undefined ? 'all' : [serviceIn('parked list', service)];
    return { name: 'parked list', services, json: given.json === true };
  }
  if (verb !== 'replay' && verb !== 'drop') throw new UsageError('parked takes list, replay or drop');
  const name = `parked ${verb}` as const;
  only(name, given, ['all']);
  const of = serviceIn(name, service);
  if ((given.all === true) === ids.length > 0) throw new UsageError(`${name} takes either ids, as parked list shows them, or --all`);
  return { name, service: of, ids: given.all === true ? 'all' : [...new Set(ids)] };
}

function serviceIn(command: string, given: string | undefined): ServiceBehindGateway {
  const service = servicesBehindGateway.find((name) => name === given);
  if (service === undefined) throw new UsageError(`${command} takes a service: ${servicesBehindGateway.join(', ')}`);
  return service;
}

function only(command: string, given: Given, taken: readonly Flag[]): void {
  const [stray] = (Object.keys(given) as Flag[]).filter((flag) => !taken.includes(flag));
  if (stray !== undefined) throw new UsageError(`${command} takes no --${stray}`);
}

function nothingMore(command: string, rest: readonly string[]): void {
  if (rest.length > 0) throw new UsageError(`${command} does not know what to do with ${rest[0]}`);
}
