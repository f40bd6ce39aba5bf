// One project a level of test (README, "Tests"). Only the levels that need a real broker start one:
// test/support/broker-up.ts brings up Kafka and the registry once for all suites of a run.
import { availableParallelism } from 'node:os';
import { GROUPS_DIR } from './test/support/unit-groups.js';

const base = {
  testEnvironment: '<rootDir>/test/support/plain-context.js',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['/dist/', '/.sitebus/'],
  // eventsource-parser ships its TypeScript under the same condition `source` that our workspaces use.
  transformIgnorePatterns: ['/node_modules/(?!eventsource-parser/)'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};
const broker = {
  globalSetup: '<rootDir>/test/support/broker-up.ts',
  globalTeardown: '<rootDir>/test/support/broker-down.ts',
};
const level = (displayName, extra = {}) => ({
  ...base,
  ...extra,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
});

const unit = {
  ...base,
  displayName: 'unit',
  testMatch: ['<rootDir>/services/**/src/**/*.test.ts', '<rootDir>/deploy/**/*.test.ts'],
};
/** The same files as run.js groups them. */
const unitGroups = {
  ...unit,
  modulePathIgnorePatterns: ['/dist/', '/\\.sitebus/(?!unit(?:/|$))'],
  testMatch: [`<rootDir>/${GROUPS_DIR}/*.test.js`],
};

export default {
  // At least two: one worker would be jest's own process, whose memory grows with every suite until it does little else.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  workerIdleMemoryLimit: '1GB',
  projects: [
    process.env.UNIT_GROUPS ? unitGroups : unit,
    level('architecture'),
    level('contract', broker),
    level('integration', broker),
    level('security', broker),
    level('e2e', broker),
    level('chaos', broker),
  ],
  // No test is timed: this only ends what hangs, on a machine that is busy with other things. None of them sets a shorter one.
  testTimeout: 600_000,
  testSequencer: '<rootDir>/test/support/suite-order.js',
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
};
