import type { Told } from './client.ts';
import { budgetMinor, thresholds } from './household.ts';

/** What a few cheap calls show of one member. */
interface Glance {
  /** By the progress of their budget. */
  readonly spentMinor: number;
  /** Thresholds whose alert is in the inbox. */
  readonly alerts: readonly number[];
  /** How far their feed goes. */
  readonly lastSeq: number;
}

/** Which figure is behind, and how far. */
export interface Late {
  readonly figure: 'progress' | 'alerts' | 'feed' | 'answer';
  readonly detail: string;
}

/** What a member is owed after these writes and is not shown. Only what is behind: what is too much, or wrong in itself, a whole look finds. */
export function lateFigures(told: Iterable<Pick<Told, 'description' | 'amountMinor' | 'version'>>, glance: Glance): Late[] {
  const all = [...told];
  const sumMinor = all.reduce((sum, { description, amountMinor }) => sum + (description === null ? 0 : amountMinor), 0);
  const missing = thresholds.filter((percent) => sumMinor * 100 >= percent * budgetMinor && !glance.alerts.includes(percent));
  // an alert is a frame with a notification beside it
  const frames = all.reduce((sum, { version }) => sum + version, 0) + 2 * glance.alerts.length;
  return [
    ...late('progress', glance.spentMinor !== sumMinor, `${glance.spentMinor} spent instead of ${sumMinor}`),
    ...late('alerts', missing.length > 0, `no alert at ${missing.join(', ')} %`),
    ...late('feed', glance.lastSeq < frames, `it goes to ${glance.lastSeq} instead of ${frames}`),
  ];
}

const late = (figure: Late['figure'], isLate: boolean, detail: string): Late[] => (isLate ? [{ figure, detail }] : []);
