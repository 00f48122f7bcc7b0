import { Refusal, invalid } from './refusal.ts';

export const etagOf = (version: number): string => `"${version}"`;

const tag = String.raw`(W/)?"([\x21\x23-\x7e]*)"`;
const entityTag = new RegExp(tag, 'g');
/** One or more; a list's empty elements are ignored (RFC 9110, section 5.6.1.2). */
const entityTags = new RegExp(String.raw`^(?:[ \t,]*${tag}(?=[ \t]*(?:,|$)))+[ \t,]*$`);
/** The versions of which one has to be the current one; null: any will do. */
export type IfMatch = readonly number[] | null;

/** What an `If-Match` header asks for; null when absent or `*`. Weak and foreign tags are no version. Malformed: 400. */
export function ifMatchOf(header: string | undefined): IfMatch {
  if (header === undefined || header.trim() === '*') return null;
  if (!entityTags.test(header)) throw invalid('/If-Match', 'header-invalid', 'If-Match takes entity tags such as "3", or *');
  return [...header.matchAll(entityTag)].flatMap(([, weak, opaque]) =>
    weak === undefined && /^[1-9]\d{0,14}$/.test(opaque!) ? [Number(opaque)] : [],
  );
}

/** Throws 412 unless the condition holds for this version. */
export function checkIfMatch(version: number, ifMatch: IfMatch): void {
  if (ifMatch !== null && !ifMatch.includes(version)) {
    throw new Refusal('version-mismatch', 'It was changed in the meantime; read it again', { headers: { ETag: etagOf(version) } });
  }
}

/** Whether `If-None-Match` names this version (weak comparison, RFC 9110). */
export function noneMatches(header: string | undefined, version: number): boolean {
  if (header === undefined) return false;
  const current = etagOf(version);
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === current);
}
