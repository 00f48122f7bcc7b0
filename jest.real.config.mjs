import { existsSync } from 'node:fs';
import { base, notCovered, suites } from './jest.base.mjs';
import { adapterFolders, chooseSuites, journeys, serverVariables } from './packages/shared/src/testing/servers/real-suites.ts';

/** The tests against real servers whose addresses are in the environment; `npm run test:real` sees to those. Each keeps to databases, queues and keys
 *  of its own; those that take a server down run alone. */
const covered = Object.keys(serverVariables)
  .filter((server) => process.env[serverVariables[server]])
  .map((server) => adapterFolders[server])
  .filter((folder) => existsSync(new URL(folder, import.meta.url)));

const { chosen } = chooseSuites(process.env);
const beside = chosen.filter((kind) => kind !== 'faults').map((kind) => `**/*.${kind}.real.test.ts`);
// what npm test runs too is on the system spread out here: SYSTEM says so
if (chosen.includes('servers')) beside.push(...journeys.map((pattern) => `**/${pattern}`));
const alone = chosen.includes('faults') ? ['**/*.faults.real.test.ts'] : [];

export default {
  ...base,
  projects: [
    { ...suites, testMatch: beside },
    { ...suites, testMatch: alone, runner: '<rootDir>/jest.alone.mjs' },
  ].filter(({ testMatch }) => testMatch.length > 0),
  collectCoverageFrom: [...covered.map((folder) => `${folder}/**/*.ts`), ...notCovered],
  coverageDirectory: 'coverage/real',
  // each by itself: one adapter must not hide behind another
  coverageThreshold: Object.fromEntries(covered.map((folder) => [`./${folder}/`, { lines: 90, branches: 90 }])),
  maxWorkers: 2,
};
