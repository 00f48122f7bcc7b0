/** Every test that needs no server of its own. ESM throughout; TypeScript is stripped by swc. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/packages', '<rootDir>/services', '<rootDir>/all-in-one', '<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  collectCoverageFrom: ['{packages,services,all-in-one}/**/src/**/*.ts', '!**/*.{test,contract}.ts', '!**/node_modules/**'],
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'json-summary', 'lcovonly'],
  coverageThreshold: { global: { lines: 90, branches: 90 } },
  testTimeout: 180_000,
  maxWorkers: 2,
};
