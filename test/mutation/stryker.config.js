// Mutation testing of the marking kernel: its code is changed in small ways, and each change must fail a test.
// Holds: runs on a copy that has the room, the contract its tests read, and nothing else. MUTATE narrows it to some files.

import { join } from 'node:path';
import jestConfig from '../../jest.config.js';

const [unit] = jestConfig.projects;
const files = process.env['MUTATE']?.split(',') ?? ['**/*'];

export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  mutate: [
    ...files.map((file) => `services/marking/src/${file}.ts`),
    '!services/marking/src/**/*.test.ts',
    '!services/marking/src/testing/**',
  ],
  ignorePatterns: ['**', '!services/marking/**', '!schemas/**', '!package.json'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A change that only makes tests slow on a busy machine is not yet found out.
  timeoutFactor: 4,
  jest: {
    projectType: 'custom',
    config: {
      ...unit,
      displayName: undefined,
      testEnvironment: 'node', // ours is not in the copy
      modulePathIgnorePatterns: [],
      testMatch: ['<rootDir>/services/marking/src/**/*.test.ts'],
      testPathIgnorePatterns: ['/readme\\.test\\.ts$'], // it starts a process, in which nothing is changed
      testSequencer: join(import.meta.dirname, 'cheap-first.js'),
    },
  },
  tempDirName: '.sitebus/mutation',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: '.sitebus/mutation/report.json' },
  disableTypeChecks: false,
};
