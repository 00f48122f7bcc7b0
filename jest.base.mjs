/** How every suite runs. ESM throughout; TypeScript is stripped by swc. */
export const suites = {
  testEnvironment: 'node',
  roots: ['<rootDir>/packages', '<rootDir>/services', '<rootDir>/all-in-one', '<rootDir>/distributed', '<rootDir>/ops', '<rootDir>/tests'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};

/** What every run has in common. */
export const base = {
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'json-summary', 'lcovonly'],
  // only a test that hangs gets there, on a slow machine too
  testTimeout: 600_000,
  // Workers end by themselves, but on a busy machine later than after Jest's half second: cut short then, they were reported as leaking.
  workerGracefulExitTimeout: 60_000,
  testSequencer: '<rootDir>/jest.sequencer.mjs',
};

export const notCovered = ['!**/*.{test,contract}.ts', '!**/node_modules/**'];
