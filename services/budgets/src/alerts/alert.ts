import type { Doc, Draft } from '@commonpurse/shared/documents';

type Channel = 'in-app' | 'email' | 'webhook';

export interface Alert {
  /** Of what is available in the period; above 0, at most one decimal. */
  readonly thresholdPercent: number;
  readonly channels: readonly Channel[];
}

/** What was seen when a threshold fired: enough to tell of it again at any later time. */
export interface Firing extends Alert {
  /** The version of the period's document that this firing made. */
  readonly version: number;
  /** Instant. */
  readonly at: string;
  readonly name: string;
  readonly period: { readonly start: string; readonly end: string };
  readonly spentMinor: number;
  readonly availableMinor: number;
  readonly currency: string;
}

/** What has happened in one period of one budget. `_id` is its `periodId`; absent until something has. */
export interface PeriodDoc extends Doc {
  readonly budgetId: string;
  readonly ownerId: string;
  readonly fired: readonly Firing[];
}

/** Whether `spentMinor` is at or above a share of what is available. Exact: tenths of a percent in whole numbers.
 *  Nothing is reached before something was spent, also when nothing is available. */
export function reached(thresholdPercent: number, spentMinor: number, availableMinor: number): boolean {
  if (spentMinor <= 0) return false;
  return BigInt(spentMinor) * 1000n >= BigInt(Math.round(thresholdPercent * 10)) * BigInt(Math.max(availableMinor, 0));
}

/** The alerts that spending has reached and that have not fired in this period, lowest first; each fires once, whatever the order of events. */
export function newlyCrossed(
  alerts: readonly Alert[],
  fired: readonly { readonly thresholdPercent: number }[],
  spentMinor: number,
  availableMinor: number,
): Alert[] {
  const before = new Set(fired.map((each) => each.thresholdPercent));
  return alerts
    .filter((alert) => !before.has(alert.thresholdPercent) && reached(alert.thresholdPercent, spentMinor, availableMinor))
    .toSorted((a, b) => a.thresholdPercent - b.thresholdPercent);
}

/** The period's next version, with one more threshold fired. */
export function withFiring(
  period: PeriodDoc | null,
  of: Pick<PeriodDoc, '_id' | 'budgetId' | 'ownerId'>,
  firing: Omit<Firing, 'version'>,
): Draft<PeriodDoc> {
  const version = (period?.version ?? 0) + 1;
  return { _id: of._id, version, budgetId: of.budgetId, ownerId: of.ownerId, fired: [...(period?.fired ?? []), { ...firing, version }] };
}
