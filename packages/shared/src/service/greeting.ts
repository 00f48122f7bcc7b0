import { relative } from 'node:path';

/** What a person who started the system reads when it is ready: where things are. */
export function greeting(places: Readonly<Record<string, string>>, tookMs: number): string {
  const width = Math.max(...Object.keys(places).map((name) => name.length)) + 4;
  return [
    `Commonpurse is ready (${Math.round(tookMs)} ms).`,
    '',
    ...Object.entries(places).map(([name, place]) => `  ${name.padEnd(width)} ${place}`),
    '',
    'Ctrl-C stops it; nothing that was acknowledged is lost, however it ends.',
  ].join('\n');
}

/** Relative where that is shorter to read. */
export const shownPath = (path: string): string => (relative('', path).startsWith('..') ? path : relative('', path) || '.');
