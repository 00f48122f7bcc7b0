import type { Scalar } from '../values.ts';
import { compareValues } from '../values.ts';

/** Fewer are sorted as fast by comparing. */
const COUNT_MIN = 64;
/** So many characters behind the common beginning are looked at; more seldom fit into a number. */
const SPAN = 16;
const ASCII = 128;

/** The values of a column as places in their order: equal values have equal ranks, from 0 to below `distinct`. */
export interface Ranks {
  readonly ranks: Uint32Array;
  readonly distinct: number;
}

/** Ranks strings that go on in ASCII behind their common beginning; null for other values. What follows it is packed into one number with the
 *  position, numbers are sorted natively, and only strings that are alike so far are compared. */
export function rankStrings(values: readonly Scalar[]): Ranks | null {
  if (values.length < COUNT_MIN || !values.every((value) => typeof value === 'string')) return null;
  const from = commonLength(values);
  const digits = digitsOf(values, from);
  if (!digits) return null;
  const weights = new Float64Array(values.length);
  for (let at = 0; at < weights.length; at++) weights[at] = digits.pack(values[at] as string) * values.length + at;
  weights.sort();
  return ranksOf(values, weights);
}

function commonLength(texts: readonly string[]): number {
  let beginning = texts[0] as string;
  for (const text of texts) while (!text.startsWith(beginning)) beginning = beginning.slice(0, -1);
  return beginning.length;
}

/** Characters as digits of a number: where only ten different ones occur, ten are told apart and no more, so that more characters fit.
 *  An end comes before every character; a shorter string packs as if its like followed, and equal numbers are compared. */
interface Digits {
  pack(text: string): number;
}

function digitsOf(texts: readonly string[], from: number): Digits | null {
  const seen = new Uint8Array(SPAN * ASCII);
  for (let nth = 0; nth < texts.length; nth++) {
    const text = texts[nth] as string;
    const end = Math.min(text.length - from, SPAN);
    for (let at = 0; at < end; at++) {
      const code = text.charCodeAt(from + at);
      if (code >= ASCII) return null;
      seen[at * ASCII + code] = 1;
    }
  }
  const radixes: number[] = [];
  let left = Number.MAX_SAFE_INTEGER / texts.length;
  for (let at = 0; at < SPAN; at++) {
    let radix = 1;
    for (let code = at * ASCII; code < (at + 1) * ASCII; code++) if (seen[code] === 1) seen[code] = radix++;
    if (radix > left) break;
    left /= radix;
    radixes.push(radix);
  }
  return {
    pack: (text) => {
      let value = 0;
      for (let at = 0; at < radixes.length; at++) {
        const place = from + at;
        value = value * (radixes[at] as number) + (place < text.length ? (seen[at * ASCII + text.charCodeAt(place)] as number) : 0);
      }
      return value;
    },
  };
}

function ranksOf(texts: readonly string[], weights: Float64Array): Ranks {
  const count = texts.length;
  const ranks = new Uint32Array(count);
  let distinct = 0;
  for (let place = 0, end = 0; place < count; place = end) {
    const beginning = quotient(weights[place] as number, count);
    const alike = beginning * count;
    for (end = place + 1; end < count && (weights[end] as number) < alike + count; end++);
    if (end === place + 1) {
      ranks[(weights[place] as number) - alike] = distinct++;
      continue;
    }
    const sorted = Array.from(weights.subarray(place, end), (weight) => weight - alike).sort((a, b) => compareValues(texts[a], texts[b]));
    for (const [nth, at] of sorted.entries()) {
      if (nth > 0 && texts[at] !== texts[sorted[nth - 1] as number]) distinct++;
      ranks[at] = distinct;
    }
    distinct++;
  }
  return { ranks, distinct };
}

/** Exact: the rounded quotient is at most one too high. */
function quotient(value: number, by: number): number {
  const whole = Math.floor(value / by);
  return whole * by > value ? whole - 1 : whole;
}
