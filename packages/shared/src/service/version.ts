import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
}

/** Of the code that runs: all packages have the same. */
export const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest;
