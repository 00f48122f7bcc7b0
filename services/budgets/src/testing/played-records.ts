import { accessTo, type Viewer } from '@commonpurse/shared/access';
import type { RecordState } from '@commonpurse/shared/contracts';
import { type Clock, instantOf, PeerUnavailable, systemClock } from '@commonpurse/shared/service';
import type { FakePeer } from '@commonpurse/shared/testing';

/** Stands for the records service where only what it has matters: what it tells of that, and when, is for the test to say. */
export interface PlayedRecords {
  readonly peer: FakePeer;
  /** The paths that it was asked, but for its feed. */
  readonly asked: readonly string[];
  /** Takes these states for the newest of their records. */
  write(...states: readonly RecordState[]): void;
  /** false: it answers nothing but its feed. */
  available: boolean;
}

export function playRecords(clock: Clock = systemClock): PlayedRecords {
  const newest = new Map<string, RecordState>();
  const asked: string[] = [];
  const played: PlayedRecords = {
    available: true,
    asked,
    write: (...states) => {
      for (const state of states) newest.set(state.id, state);
    },
    peer: ({ path, body }) => {
      if (path.startsWith('/internal/changes')) return { events: [], next: null, now: instantOf(clock) };
      asked.push(path);
      if (!played.available) throw new PeerUnavailable('records are away');
      const { pathname, searchParams } = new URL(path, 'http://records');
      if (pathname === '/internal/records/spending') return { spent: spentBy([...newest.values()], searchParams) };
      return { version: versionFor(newest, body as VersionQuestion) };
    },
  };
  return played;
}

interface VersionQuestion {
  readonly id: string;
  readonly ownerId: string;
  readonly viewer: Viewer;
}

function versionFor(newest: ReadonlyMap<string, RecordState>, { id, ownerId, viewer }: VersionQuestion): number | null {
  const record = newest.get(id);
  const visible = record?.ownerId === ownerId && accessTo(viewer, { kind: 'record', ...record }) !== 'none';
  return visible ? record.version : null;
}

function spentBy(states: readonly RecordState[], asked: URLSearchParams) {
  const stretches = asked
    .get('days')!
    .split(',')
    .map((days) => days.split('..') as [string, string]);
  return states
    .filter(({ ownerId, type, deleted }) => ownerId === asked.get('ownerId') && type === 'expense' && !deleted)
    .filter(({ date }) => stretches.some(([from, to]) => date >= from && date <= to))
    .map(({ date: day, category, currency, amountMinor }) => ({ day, category, currency, sumMinor: amountMinor, count: 1 }));
}
