import { DateTime } from 'luxon';

/** The day of late in each zone. */
const lately = new Map<string, { readonly minute: number; readonly day: string }>();

/** The day that an instant falls on in a time zone, `YYYY-MM-DD`. Zones are whole minutes away from UTC, so no day begins within a minute.
 *  @param timeZone an IANA name that was checked when its user chose it
 *  @param nowMs milliseconds since the epoch
 *  @throws RangeError where there is no such zone or instant */
export function dayIn(timeZone: string, nowMs: number): string {
  const zone = zones.get(timeZone) ?? zoneNamed(timeZone);
  const minute = Math.floor(nowMs / 60_000);
  const known = lately.get(zone);
  if (known?.minute === minute) return known.day;
  const day = DateTime.fromMillis(nowMs, { zone }).toISODate();
  if (day === null) throw new RangeError(`no day of ${nowMs} in ${timeZone}`);
  lately.set(zone, { minute, day });
  return day;
}

/** The zone of each spelling. Of a zone 60 KB are kept for good, here and by Luxon. There are some 400, but a name may be written in capitals
 *  and small letters as its user likes: so nothing is kept by the spelling but this, and not of any number of them. */
const zones = new Map<string, string>();
const spellingsMax = 10_000;

/** @throws RangeError where there is no such zone */
function zoneNamed(spelling: string): string {
  const zone = new Intl.DateTimeFormat('en', { timeZone: spelling }).resolvedOptions().timeZone;
  if (zones.size >= spellingsMax) zones.clear();
  zones.set(spelling, zone);
  return zone;
}
