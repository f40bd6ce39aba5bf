// @sitebus/sdk/testing: what an integrator's tests need, without a broker or a network.

// The bus in memory.
export { createTestBus, type TestBus, type TestBusOptions } from './test-bus.ts';
export type { FaultKind } from './memory-faults.ts';
export type { Grants } from './memory-access.ts';
export { createTestClock, TEST_EPOCH_MS, type TestClock } from './test-clock.ts';

// The contract and drafts.
export { loadContract, loadExample, SCHEMAS_DIR } from './contract-files.ts';
export { anObservation } from './an-observation.ts';

// How many cases a law draws.
export { propertyRuns } from './property-runs.ts';
