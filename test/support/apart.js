// One test file among others of the same suite. Holds: its hooks are for its own tests; its tests are named after it; one that
// cannot be loaded, or has no test, fails for itself, as it would alone.
import { describe, test } from '@jest/globals';
import { OPEN_BLOCK } from './open-block.js';

/** Registers what `load` registers, in a block of that name. */
export async function apart(file, load) {
  const block = globalThis[OPEN_BLOCK](() => describe(file, () => {}));
  try {
    await load();
    if (block.isEmpty()) test('it has a test', () => Promise.reject(new Error('a test file without a test')));
  } catch (error) {
    test('it can be loaded', () => Promise.reject(error));
  } finally {
    block.close();
  }
}
