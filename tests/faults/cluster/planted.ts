import type { ServiceName } from '@commonpurse/shared/service';
import type { Cluster } from './cluster.ts';
import type { Fault, Step } from './schedule.ts';

/** A mistake that a run must find: which service has it, and which faults bring it to light. */
interface Planted {
  readonly name: string;
  readonly service: ServiceName;
  readonly faults: (instance: string) => readonly Fault[];
  /** How many writes are acknowledged between two of them. Default 15. */
  readonly after?: number;
}
const kill =
  (at: Extract<Fault, { kind: 'kill' }>['at']) =>
  (instance: string): readonly Fault[] => [{ kind: 'kill', instance, at, again: false }];

export const plantedMistakes: readonly Planted[] = [
  { name: 'records-tell-before-commit', service: 'records', faults: kill('at random') },
  // what the last kill of a round loses must not be made good by later changes of the same records: it is to be at work again by then
  { name: 'budgets-ack-before-effect', service: 'budgets', faults: kill('effect to ack'), after: 150 },
  { name: 'budgets-without-version-guard', service: 'budgets', faults: () => [{ kind: 'stray', what: 'replay' }] },
  { name: 'records-without-sweep', service: 'records', faults: kill('commit to reply') },
  // a connection that breaks between two events loses none
  {
    name: 'records-without-confirms',
    service: 'records',
    faults: (instance) => [{ kind: 'wire', instance, mode: 'reset', ms: 200, at: 'before publish' }],
  },
  { name: 'records-without-owner', service: 'records', faults: kill('at random') },
];

export const programOf = ({ name }: Planted): string => `tests/faults/cluster/planted/${name}.main.ts`;

/** Its faults, in turn. */
export function stepsOf({ service, faults, after = 15 }: Planted): (cluster: Cluster) => Step {
  let turn = 0;
  return ({ instances }) => {
    const names = instances.filter((instance) => instance.service === service).map(({ name }) => name);
    const of = names.flatMap(faults);
    turn += 1;
    return { after, fault: of[turn % of.length]! };
  };
}
