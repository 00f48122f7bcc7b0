import { addDays, later } from './day.ts';

/** The days from the first to the last, both counted. */
export interface Days {
  readonly start: string;
  readonly end: string;
}

/** The same days, each once, in as few stretches as there can be, the first one first. */
export function joinDays(stretches: readonly Days[]): Days[] {
  const joined: Days[] = [];
  for (const { start, end } of stretches.toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = joined.at(-1);
    if (last === undefined || start > addDays(last.end, 1)) joined.push({ start, end });
    else joined[joined.length - 1] = { start: last.start, end: later(last.end, end) };
  }
  return joined;
}
