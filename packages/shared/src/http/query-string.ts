import { pointerOf } from './json-pointer.ts';
import { type FieldError, Refusal, invalid } from './refusal.ts';

/** The parameters of a request target, decoded; throws where two readers could understand it differently. */
export function queryOf(url: string): Record<string, string> {
  const parameters = Object.create(null) as Record<string, string>;
  const mark = url.indexOf('?');
  if (mark === -1) return parameters;
  for (const pair of url.slice(mark + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1), name);
    if (name in parameters) throw invalid(pointerOf([name]), 'repeated-parameter', 'The parameter occurs twice');
    parameters[name] = value;
  }
  return parameters;
}

/** Refuses every parameter: for routes that take none. */
export function refuseParameters(parameters: Record<string, string>): void {
  const names = Object.keys(parameters);
  if (names.length === 0) return;
  const errors: FieldError[] = names.map((name) => ({
    path: pointerOf([name]),
    code: 'unknown-parameter',
    message: 'There is no such parameter',
  }));
  throw new Refusal('validation-failed', 'There is no such parameter', { errors });
}

function decode(text: string, name?: string): string {
  const decoded = percentDecode(text);
  if (decoded === null) throw invalid(pointerOf(name === undefined ? [] : [name]), 'invalid-encoding', 'Percent-encode the query as UTF-8');
  if (decoded.includes('\0')) throw invalid(pointerOf(name === undefined ? [] : [name]), 'invalid-character', 'NUL is not text');
  return decoded;
}

function percentDecode(text: string): string | null {
  // Raw bytes above ASCII reach us as Latin-1: what they were meant to be can't be known.
  if (/[^\x20-\x7e]/.test(text)) return null;
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
