import { pointerOf } from './json-pointer.ts';
import type { FieldError } from './refusal.ts';

const depthMax = 64;
/** More than any object has that is asked for; a body has room for a hundred thousand, and each would be looked at by all that follows. */
const namesMax = 1000;
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

/** Either the value or what is wrong with the text. */
type StrictJson = { readonly value: unknown } | { readonly error: FieldError };

interface Frame {
  /** The names seen so far; null in an array. */
  readonly names: Set<string> | null;
  /** Name or position of the value being read. */
  at: string | number;
}

/** JSON as RFC 8259 has it, minus everything that two readers could understand differently: duplicate names, numbers that a double
 *  can't hold or that are written with an exponent, NUL, lone surrogates, names that touch prototypes, more than 64 levels, more than 1,000
 *  names in one object.
 *  @param otherwise what is said of a text that is no JSON at all */
export function readStrictJson(text: string, otherwise = 'The body is not JSON'): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: { path: '', code: 'malformed-json', message: otherwise } };
  }
  const error = findFault(text);
  return error ? { error } : { value };
}

/** Walks a text that is known to be JSON, without recursion. */
function findFault(text: string): FieldError | null {
  const frames: Frame[] = [];
  let wantsName = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    const frame = frames.at(-1);
    if (char === quote) {
      const end = endOfString(text, i);
      const wrong = checkString(text, i, end, wantsName ? (frame?.names ?? null) : null, frames);
      if (wrong) return wrong;
      i = end - 1;
      wantsName = false;
    } else if (char === openBrace || char === openBracket) {
      if (frames.length === depthMax) return fault(frames, 'too-deep', `No more than ${depthMax} levels`);
      frames.push({ names: char === openBrace ? new Set() : null, at: 0 });
      wantsName = char === openBrace;
    } else if (char === closeBrace || char === closeBracket) {
      frames.pop();
      wantsName = false;
    } else if (char === comma && frame) {
      wantsName = frame.names !== null;
      if (typeof frame.at === 'number') frame.at += 1;
    } else if (char === minus || (char >= zero && char <= nine)) {
      const end = endOfNumber(text, i);
      const wrong = checkNumber(text.slice(i, end), frames);
      if (wrong) return wrong;
      i = end - 1;
    }
  }
  return null;
}

const [quote, backslash, comma, minus, dot, zero, nine] = [34, 92, 44, 45, 46, 48, 57];
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];

/** Position right after the closing quote. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  for (; text.charCodeAt(i) !== quote; i += 1) if (text.charCodeAt(i) === backslash) i += 1;
  return i + 1;
}

function endOfNumber(text: string, start: number): number {
  let i = start + 1;
  for (; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    const inside = (char >= zero && char <= nine) || char === dot || char === minus || char === 43 || char === 101 || char === 69;
    if (!inside) break;
  }
  return i;
}

/** A string that is a name when `names` is given. Only escapes can smuggle in what the UTF-8 decoder has refused already. */
function checkString(text: string, start: number, end: number, names: Set<string> | null, frames: Frame[]): FieldError | null {
  const raw = text.slice(start + 1, end - 1);
  const escaped = raw.includes('\\');
  const decoded = escaped ? (JSON.parse(text.slice(start, end)) as string) : raw;
  const frame = frames.at(-1);
  if (names && frame) frame.at = decoded;
  if (escaped && (decoded.includes('\0') || !decoded.isWellFormed())) {
    if (names && frame) frame.at = '';
    return fault(frames, 'invalid-character', 'NUL and lone surrogates are not text');
  }
  if (!names) return null;
  if (names.has(decoded)) return fault(frames, 'duplicate-field', 'The same name occurs twice');
  if (forbiddenNames.has(decoded)) return fault(frames, 'unknown-field', 'This name is not allowed');
  if (names.size === namesMax) return fault(frames, 'too-many-fields', `No more than ${namesMax} names in one object`);
  names.add(decoded);
  return null;
}

function checkNumber(raw: string, frames: Frame[]): FieldError | null {
  if (/[eE]/.test(raw)) return fault(frames, 'exponent-notation', 'Write the number without an exponent');
  const number = Number(raw);
  const whole = !raw.includes('.');
  const kept = whole ? Number.isSafeInteger(number) : Math.abs(number) <= Number.MAX_SAFE_INTEGER && keepsItsDigits(raw, number);
  return kept ? null : fault(frames, 'number-out-of-range', 'The number has more digits than can be kept exactly');
}

function keepsItsDigits(raw: string, number: number): boolean {
  const trimmed = withoutSpareZeros(raw);
  const significant = trimmed.replace(/^-?[0.]*/, '').replace('.', '');
  return significant.length <= 15 || String(number) === trimmed;
}

/** From behind, and by no regular expression: that one would look for the end anew from each zero on, and a body has room for a million. */
function withoutSpareZeros(raw: string): string {
  let end = raw.length;
  while (raw.charCodeAt(end - 1) === zero) end -= 1;
  if (raw.charCodeAt(end - 1) === dot) end -= 1;
  return raw.slice(0, end);
}

function fault(frames: readonly Frame[], code: string, message: string): FieldError {
  return { path: pointerOf(frames.map((frame) => frame.at)), code, message };
}
