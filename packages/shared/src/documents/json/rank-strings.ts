import type { Scalar } from '../values.ts';

/** Fewer are sorted as fast by comparing. */
const COUNT_MIN = 64;
const CHARACTER_BITS = 7;

/** Of distinct strings of ASCII alone, the place of each in their order; null for other values. What follows their common beginning is
 *  packed into one number with the position, numbers are sorted natively, and only strings that are alike so far are compared. */
export function rankStrings(values: readonly Scalar[]): Uint32Array | null {
  if (values.length < COUNT_MIN || !values.every(isAscii)) return null;
  const texts = values as readonly string[];
  const bits = 53 - Math.ceil(Math.log2(texts.length));
  const taken = Math.floor(bits / CHARACTER_BITS);
  const from = commonLength(texts);
  const weights = new Float64Array(texts.length);
  for (let at = 0; at < weights.length; at++) weights[at] = packed(texts[at] as string, from, taken) * texts.length + at;
  weights.sort();
  return placesOf(texts, weights);
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

function placesOf(texts: readonly string[], weights: Float64Array): Uint32Array {
  const count = texts.length;
  const places = new Uint32Array(count);
  let alike: number[] = [];
  let before = -1;
  const settle = (behind: number): void => {
    if (alike.length > 1) alike.sort((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
    for (let at = 0; at < alike.length; at++) places[alike[at] as number] = behind - alike.length + at;
    alike = [];
  };
  for (let place = 0; place < count; place++) {
    const weight = weights[place] as number;
    let beginning = Math.floor(weight / count);
    if (beginning * count > weight) beginning--;
    if (beginning !== before) settle(place);
    before = beginning;
    alike.push(weight - beginning * count);
  }
  settle(count);
  return places;
}
