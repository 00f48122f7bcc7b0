/** Midnight falls on a quarter of an hour of UTC in every zone of today, so a day holds at least until the next one. */
const quarterMs = 15 * 60_000;
const days = new Map<string, { quarter: number; day: string; format: Intl.DateTimeFormat }>();

/** The day, `YYYY-MM-DD`, that an instant falls on in a time zone.
 *  @param timeZone an IANA name that was checked when the user chose it; there are only some hundreds, so all are remembered
 *  @param nowMs milliseconds since the epoch */
export function dayIn(timeZone: string, nowMs: number): string {
  const quarter = Math.floor(nowMs / quarterMs);
  const known = days.get(timeZone);
  if (known?.quarter === quarter) return known.day;
  const format = known?.format ?? new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const day = format.format(quarter * quarterMs);
  days.set(timeZone, { quarter, day, format });
  return day;
}
