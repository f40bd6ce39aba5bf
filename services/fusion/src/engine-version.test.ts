// Whether the engine still says what it said when its version was recorded: a fixed history, and the hash of its outputs.
// Rules are the test's own, so that policy may change without it. SITEBUS_RECORD_OUTPUTS=1 records anew.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ENGINE_VERSION, outputsHashOf } from './cut.ts';
import { canonicalJson } from './engine/publishing/content-hash.ts';
import { createState } from './engine/state.ts';
import { step } from './engine/step.ts';
import { aHistory } from './testing/histories.ts';
import { VIEW, someRules } from './testing/observations.ts';

const RECORDED = new URL('testing/engine-outputs.json', import.meta.url);

/** What lies in the file. */
interface Recorded {
  readonly engineVersion: number;
  readonly inputs: string;
  readonly outputs: string;
}

/** Forty histories, drawn from one seed. */
function recordNow(): Recorded & { readonly versions: number } {
  const inputs = createHash('sha256');
  const outputs = createHash('sha256');
  let versions = 0;
  for (const history of fc.sample(aHistory(), { seed: 2031, numRuns: 40 })) {
    const state = createState(VIEW, someRules());
    inputs.update(JSON.stringify(history));
    for (const cut of history) {
      const { changes } = step(state, cut);
      versions += changes.assessments.length;
      // in any order of keys: only what is encoded counts
      outputs.update(outputsHashOf(changes)).update(canonicalJson([changes.assessments, changes.alerts]));
    }
  }
  return { engineVersion: ENGINE_VERSION, inputs: inputs.digest('hex'), outputs: outputs.digest('hex'), versions };
}

test('the engine says what it said when its version was recorded', async () => {
  const { versions, ...now } = recordNow();
  expect(versions).toBeGreaterThan(150);
  const before = JSON.parse(await readFile(RECORDED, 'utf8').catch(() => '{}')) as Partial<Recorded>;
  if (process.env['SITEBUS_RECORD_OUTPUTS'] === '1') {
    if (before.inputs === now.inputs && before.outputs !== now.outputs && before.engineVersion === ENGINE_VERSION)
      throw new Error('outputs changed: raise ENGINE_VERSION (cut.ts) first, then record the hash');
    await writeFile(RECORDED, `${JSON.stringify(now, null, 2)}\n`);
    return;
  }
  expect({ what: whatDiffers(before, now), ...now }).toEqual({ what: 'nothing', ...before });
});

function whatDiffers(before: Partial<Recorded>, now: Recorded): string {
  const record = 'record the hash with SITEBUS_RECORD_OUTPUTS=1';
  if (before.inputs !== now.inputs) return `the history of the test is another: ${record}`;
  if (before.outputs !== now.outputs) return `outputs changed: raise ENGINE_VERSION and ${record}`;
  return before.engineVersion === now.engineVersion ? 'nothing' : `ENGINE_VERSION changed: ${record}`;
}
