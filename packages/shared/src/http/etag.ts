import { Refusal, invalid } from './refusal.ts';

export const etagOf = (version: number): string => `"${version}"`;

const entityTag = /^(W\/)?"([\x21\x23-\x7e]*)"$/;
/** No document ever has version 0: a condition that nothing can meet. */
const never = 0;

/** The version an `If-Match` header asks for; null when absent or `*`; 0, which nothing has, for weak and foreign tags.
 *  Of a list the highest: versions only grow, so no older one can be the current one too. Malformed: 400. */
export function ifMatchOf(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null;
  const versions = header.split(',').map((part) => {
    const tag = entityTag.exec(part.trim());
    if (!tag) throw invalid('/If-Match', 'header-invalid', 'If-Match takes entity tags such as "3", or *');
    return tag[1] === undefined && /^[1-9]\d{0,14}$/.test(tag[2]!) ? Number(tag[2]) : never;
  });
  return Math.max(...versions);
}

/** Throws 412 unless the condition holds for this version. */
export function checkIfMatch(version: number, ifMatch: number | null): void {
  if (ifMatch !== null && ifMatch !== version) {
    throw new Refusal('version-mismatch', 'It was changed in the meantime; read it again', { headers: { ETag: etagOf(version) } });
  }
}

/** Whether `If-None-Match` names this version (weak comparison, RFC 9110). */
export function noneMatches(header: string | undefined, version: number): boolean {
  if (header === undefined) return false;
  const current = etagOf(version);
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === current);
}
