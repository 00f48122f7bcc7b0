import { DateTime } from 'luxon';

/** The day of late in each zone. */
const lately = new Map<string, { readonly minute: number; readonly day: string }>();

/** The day that an instant falls on in a time zone, `YYYY-MM-DD`. Zones are whole minutes away from UTC, so no day begins within a minute.
 *  @param timeZone an IANA name that was checked when its user chose it
 *  @param nowMs milliseconds since the epoch
 *  @throws RangeError where there is no such zone or instant */
export function dayIn(timeZone: string, nowMs: number): string {
  const minute = Math.floor(nowMs / 60_000);
  const known = lately.get(timeZone);
  if (known?.minute === minute) return known.day;
  const day = DateTime.fromMillis(nowMs, { zone: timeZone }).toISODate();
  if (day === null) throw new RangeError(`no day of ${nowMs} in ${timeZone}`);
  lately.set(timeZone, { minute, day });
  return day;
}
