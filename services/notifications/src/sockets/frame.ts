import type { JsonObject } from '@commonpurse/shared/documents';

/** A frame as it goes over the wire. */
export const frameText = (type: string, at: string, data: JsonObject, seq?: number): string =>
  JSON.stringify(seq === undefined ? { type, at, data } : { type, seq, at, data });

type ClientFrame = { readonly type: 'ping' } | { readonly type: 'resume'; readonly since: number };
/** Why a client's frame was not understood, as the `error` frame says. */
export interface FrameError {
  readonly type: 'error';
  readonly code: 'malformed' | 'unknown-frame' | 'since-invalid';
  readonly detail: string;
}

const wrong = (code: FrameError['code'], detail: string): FrameError => ({ type: 'error', code, detail });

/** Any binary message, whatever it holds. */
export const binaryFrame: FrameError = wrong('malformed', 'A frame is text');

/** What a client said. */
export function parseClientFrame(text: string): ClientFrame | FrameError {
  const frame = parsed(text);
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame))
    return wrong('malformed', 'A frame is a JSON object with a type');
  const { type, since, ...rest } = frame as Record<string, unknown>;
  if (type === 'ping' && since === undefined && Object.keys(rest).length === 0) return { type };
  if (type !== 'resume' || Object.keys(rest).length > 0) return wrong('unknown-frame', 'Only ping and resume are understood');
  if (!isSeq(since)) return wrong('since-invalid', 'since is a whole number, 0 or more');
  return { type, since };
}

const isSeq = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `since` of the address: undefined when absent, null when it is no number. */
export function parseSince(text: string | null): number | undefined | null {
  if (text === null) return undefined;
  const since = /^\d+$/.test(text) ? Number(text) : null;
  return isSeq(since) ? since : null;
}
