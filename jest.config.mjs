import { base, notCovered } from './jest.base.mjs';
import { adapterFolders } from './packages/shared/src/testing/servers/real-suites.ts';

/** Every test that needs no server of its own. What only a server exercises is measured where there is one: jest.real.config.mjs. */
export default {
  ...base,
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.real\\.test\\.ts$'],
  collectCoverageFrom: [
    '{packages,services,all-in-one,distributed,ops}/**/src/**/*.ts',
    ...Object.values(adapterFolders).map((folder) => `!${folder}/**`),
    ...notCovered,
  ],
  coverageThreshold: { global: { lines: 90, branches: 90 } },
  maxWorkers: 2,
};
