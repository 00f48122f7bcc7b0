import { base, notCovered, suites } from './jest.base.mjs';
import { adapterFolders } from './packages/shared/src/testing/servers/real-suites.ts';

/** Every test that needs no server of its own. What only a server exercises is measured where there is one: jest.real.config.mjs. */
export default {
  ...base,
  ...suites,
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.real\\.test\\.ts$'],
  collectCoverageFrom: [
    '{packages,services,all-in-one,distributed,ops}/**/src/**/*.ts',
    ...Object.values(adapterFolders).map((folder) => `!${folder}/**`),
    ...notCovered,
  ],
  coverageThreshold: { global: { lines: 90, branches: 90 } },
  maxWorkers: 2,
  // Anew after each suite: a worker seldom lets go of what it has loaded for one, and V8 tells the coverage of all of it after each, so that the last
  // suites took three times as long as the first ones. With a limit above 0 a worker may be ended in the middle of the next suite.
  workerIdleMemoryLimit: 0,
};
