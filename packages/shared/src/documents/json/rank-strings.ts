import type { Scalar } from '../values.ts';
import { comparePlainValues } from '../values.ts';

/** Fewer are sorted as fast by comparing. */
const COUNT_MIN = 64;
const CHARACTER_BITS = 7;

/** The values of a column as places in their order: equal values have equal ranks, from 0 to below `distinct`. */
export interface Ranks {
  readonly ranks: Uint32Array;
  readonly distinct: number;
}

/** Ranks strings of ASCII alone; null for other values. What follows their common beginning is packed into one number with the position,
 *  numbers are sorted natively, and only strings that are alike so far are compared. */
export function rankStrings(values: readonly Scalar[]): Ranks | null {
  if (values.length < COUNT_MIN || !values.every(isAscii)) return null;
  const texts = values as readonly string[];
  const bits = 53 - Math.ceil(Math.log2(texts.length));
  const taken = Math.floor(bits / CHARACTER_BITS);
  const from = commonLength(texts);
  const weights = new Float64Array(texts.length);
  for (let at = 0; at < weights.length; at++) weights[at] = packed(texts[at] as string, from, taken) * texts.length + at;
  weights.sort();
  return ranksOf(texts, weights);
}

const isAscii = (value: Scalar): boolean => typeof value === 'string' && !/[^\0-\x7f]/.test(value);

function commonLength(texts: readonly string[]): number {
  let beginning = texts[0] as string;
  for (const text of texts) while (!text.startsWith(beginning)) beginning = beginning.slice(0, -1);
  return beginning.length;
}

/** An end comes before every character: a shorter string packs as if zeros followed, and equal numbers are compared. */
function packed(text: string, from: number, taken: number): number {
  let value = 0;
  for (let at = from; at < from + taken; at++) value = value * 128 + (at < text.length ? text.charCodeAt(at) : 0);
  return value;
}

function ranksOf(texts: readonly string[], weights: Float64Array): Ranks {
  const count = texts.length;
  const ranks = new Uint32Array(count);
  const alike: number[] = [];
  let distinct = 0;
  const settle = (): void => {
    if (alike.length > 1) alike.sort((a, b) => comparePlainValues(texts[a], texts[b]));
    for (let nth = 0; nth < alike.length; nth++) {
      const at = alike[nth] as number;
      if (nth === 0 || texts[at] !== texts[alike[nth - 1] as number]) distinct++;
      ranks[at] = distinct - 1;
    }
    alike.length = 0;
  };
  let before = -1;
  for (let place = 0; place < count; place++) {
    const weight = weights[place] as number;
    let beginning = Math.floor(weight / count);
    if (beginning * count > weight) beginning--;
    if (beginning !== before) settle();
    before = beginning;
    alike.push(weight - beginning * count);
  }
  settle();
  return { ranks, distinct };
}
