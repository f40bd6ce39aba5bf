// Mutation testing of the marking kernel: its code is changed in small ways, and each change must fail a test.
// Holds: runs on a copy that has the room, the contract its tests read, and nothing else. survivors.ts says by the environment
// what to change (MUTATE: files, or places in them), which tests to ask (MUTATE_TESTS: names) and where to report.

import { join } from 'node:path';
import jestConfig from '../../jest.config.js';

const [unit] = jestConfig.projects;
const places = process.env['MUTATE']?.split(',') ?? ['**/*.ts'];
const tests = process.env['MUTATE_TESTS']?.split(',') ?? ['**/*'];

export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  mutate: [
    ...places.map((place) => `services/marking/src/${place}`),
    '!services/marking/src/**/*.test.ts',
    '!services/marking/src/testing/**',
  ],
  ignorePatterns: ['**', '!services/marking/**', '!schemas/**', '!package.json'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A change that only makes tests slow on a busy machine is not yet found out.
  timeoutFactor: 4,
  timeoutMS: 15_000,
  jest: {
    projectType: 'custom',
    enableFindRelatedTests: false, // every test of the room is, by its index
    config: {
      ...unit,
      displayName: undefined,
      testEnvironment: 'node', // ours is not in the copy
      modulePathIgnorePatterns: [],
      testMatch: tests.map((name) => `<rootDir>/services/marking/src/${name}.test.ts`),
      testPathIgnorePatterns: ['/readme\\.test\\.ts$'], // it starts a process, in which nothing is changed
      testSequencer: join(import.meta.dirname, 'cheap-first.js'),
    },
  },
  tempDirName: '.sitebus/mutation',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: process.env['MUTATE_REPORT'] ?? '.sitebus/mutation/report.json' },
  disableTypeChecks: false,
};
