// How many cases a property test draws, from one setting for all of them.
// Holds: a suite draws what its time allows; with PROPERTY_RUNS every law of every machine draws that many instead, so that the
// thousands that a law is held to are drawn by one command (test/properties) and not by every run of the unit tests.

/**
 * @param usual what the law draws in the unit suite.
 * @returns PROPERTY_RUNS where it is set. Throws where that is no positive integer: a law must not pass on nothing.
 */
export function propertyRuns(usual: number): number {
  const set = process.env['PROPERTY_RUNS'];
  if (set === undefined || set === '') return usual;
  const runs = Number(set);
  if (!Number.isSafeInteger(runs) || runs < 1) throw new Error('PROPERTY_RUNS is no positive integer');
  return runs;
}
