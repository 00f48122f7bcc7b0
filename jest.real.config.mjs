import { existsSync } from 'node:fs';
import { base, notCovered } from './jest.base.mjs';
import { adapterFolders, chooseSuites, journeys, serverVariables } from './packages/shared/src/testing/servers/real-suites.ts';

/** The tests against real servers whose addresses are in the environment; `npm run test:real` sees to those. One after the other: a suite
 *  may take a server down. */
const covered = Object.keys(serverVariables)
  .filter((server) => process.env[serverVariables[server]])
  .map((server) => adapterFolders[server])
  .filter((folder) => existsSync(new URL(folder, import.meta.url)));

const { chosen } = chooseSuites(process.env);
export default {
  ...base,
  // what npm test runs too is on the system spread out here: SYSTEM says so
  testMatch: [
    ...chosen.map((kind) => `**/*.${kind}.real.test.ts`),
    ...(chosen.includes('servers') ? journeys.map((pattern) => `**/${pattern}`) : []),
  ],
  collectCoverageFrom: [...covered.map((folder) => `${folder}/**/*.ts`), ...notCovered],
  coverageDirectory: 'coverage/real',
  // each by itself: one adapter must not hide behind another
  coverageThreshold: Object.fromEntries(covered.map((folder) => [`./${folder}/`, { lines: 90, branches: 90 }])),
  maxWorkers: 1,
};
