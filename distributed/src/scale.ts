import { type ServiceBehindGateway, servicesBehindGateway } from '@commonpurse/shared/service';

/** How many instances of each service run. */
export type Scale = Readonly<Record<ServiceBehindGateway, number>>;

const instancesMax = 9;

/** Reads `--scale records=2,notifications=2` (also `--scale=...`, also several times). Throws an error of one line that says what is wrong. */
export function scaleIn(args: readonly string[]): Scale {
  const scale: Record<string, number> = Object.fromEntries(servicesBehindGateway.map((name) => [name, 1]));
  for (const part of partsIn(args)) {
    const [, name = '', count = ''] = /^(\w+)=(\d+)$/.exec(part) ?? [];
    if (name === 'gateway') throw new Error('--scale: there is one gateway, at PORT');
    if (!Object.hasOwn(scale, name)) throw new Error(`--scale: ${part} is not like records=2 (${servicesBehindGateway.join(', ')})`);
    if (Number(count) < 1 || Number(count) > instancesMax) throw new Error(`--scale: ${name} can have 1 to ${instancesMax} instances`);
    scale[name] = Number(count);
  }
  return scale as Scale;
}

function partsIn(args: readonly string[]): string[] {
  const lists: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [option, inline] = args[at]!.split(/=(.*)/s, 2) as [string, string?];
    if (option !== '--scale') throw new Error(`${args[at]} is no option; there is --scale records=2,notifications=2`);
    lists.push(inline ?? args[(at += 1)] ?? '');
  }
  return lists.flatMap((list) => list.split(','));
}
