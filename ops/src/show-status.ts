import type { InstanceStatus } from '@commonpurse/shared/service';
import type { Answer } from './ask-instances.ts';
import { ago, table } from './table.ts';

/** A line for each instance, and below what is wrong or under way. */
export function showStatus(answers: readonly Answer[], nowMs: number): string[] {
  const heads = ['INSTANCE', 'STATE', 'VERSION', 'PARKED', 'QUEUED', 'TO TELL', 'READ'];
  const rows = answers.map(({ instance, status, ready }) => [
    instance.name,
    ready ? 'ready' : 'not ready',
    status?.version ?? '-',
    numberOr(status?.parked),
    numberOr(status?.queued),
    numberOr(status?.outboxPending),
    status === null ? '-' : readUpTo(status, nowMs),
  ]);
  const remarks = answers.flatMap(remarksOn);
  return [...table([heads, ...rows]), ...(remarks.length > 0 ? ['', ...remarks] : [])];
}

const numberOr = (value: number | null | undefined): string => (value === null || value === undefined ? '-' : String(value));

/** Of each producer when its feed was read to the end. */
function readUpTo({ feeds }: InstanceStatus, nowMs: number): string {
  const producers = [...new Set(feeds.map(({ producer }) => producer))];
  const told = producers.map((producer) => {
    const instants = feeds.filter((feed) => feed.producer === producer).map(({ at }) => at);
    const oldest = instants.includes(null) ? null : instants.toSorted()[0]!;
    return `${producer} ${oldest === null ? 'from the beginning' : ago(oldest, nowMs)}`;
  });
  return told.join(', ') || '-';
}

function remarksOn({ instance: { name, service }, status, wrong }: Answer): string[] {
  if (status === null) return wrong === null ? [] : [`${name}: ${wrong}`];
  const parts = Object.entries(status.parts).flatMap(([part, state]) => (state === 'ok' ? [] : [`${name}: ${part}: ${state}`]));
  const { rebuild, parked } = status;
  const isUnderWay = rebuild !== null && rebuild.phase !== 'done';
  return [
    ...(!status.ready && parts.length === 0 ? [`${name}: is starting or stopping`] : []),
    ...parts,
    ...(isUnderWay ? [`${name}: is being rebuilt since ${rebuild.startedAt} (${rebuild.phase})`] : []),
    ...((parked ?? 0) > 0 ? [`${name}: see npm run ops -- parked list ${service}`] : []),
  ];
}
