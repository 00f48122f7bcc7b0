import { z } from 'zod';
import { NameField } from '@commonpurse/shared/contracts';
import { issue } from '@commonpurse/shared/http';
import { isCurrency } from '@commonpurse/shared/money';

/** How others see the person: no line breaks or control characters, which would let a name write into mails and logs. */
export const DisplayName = NameField.refine(
  (name) => !/[\p{Cc}\u2028\u2029]/u.test(name),
  issue('control-character', 'Leave out line breaks and control characters'),
).meta({ example: 'Ada Lovelace' });

/** BCP 47 language tag, in its canonical case. */
export const Locale = z
  .string()
  // `Intl` takes the square of a tag's length: nothing else looks at one that is too long.
  .max(35, { abort: true })
  .overwrite((tag) => canonicalLocale(tag) ?? tag)
  .refine((tag) => canonicalLocale(tag) !== null, issue('locale-invalid', 'This is not a language tag, such as en or de-AT'))
  .meta({ description: 'BCP 47 language tag', example: 'en' });

/** IANA zone name, in its canonical case where it is the name that `Intl` has for the zone; another one stays as it was typed. */
export const TimeZone = z
  .string()
  .max(64, { abort: true })
  .overwrite((zone) => canonicalZone(zone) ?? zone)
  .refine((zone) => canonicalZone(zone) !== null, issue('time-zone-invalid', 'This is not an IANA time zone, such as Europe/Vienna'))
  .meta({ description: 'IANA time zone', example: 'Europe/Vienna' });

export const BaseCurrency = z
  .string()
  .refine(isCurrency, issue('currency-unknown', 'This is not an ISO 4217 currency'))
  .meta({ description: 'ISO 4217 code', example: 'EUR' });

export const MonthStartDay = z.int().min(1).max(28).meta({ description: 'The day on which a month of budgets begins', example: 1 });

function canonicalLocale(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/** Names only: an offset such as `+01:00`, which `Intl` takes too, knows no summer time and is no place. */
function canonicalZone(zone: string): string | null {
  if (!/^[A-Za-z][\w+/-]*$/.test(zone)) return null;
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    // Some names resolve to another one (Asia/Calcutta, Asia/Kolkata): then the one that was typed stays.
    return resolved.toLowerCase() === zone.toLowerCase() ? resolved : zone;
  } catch {
    return null;
  }
}
