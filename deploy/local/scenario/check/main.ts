// `npm run scenario:check`: the twelve checks, a line each; `--json`: the same for a machine, with what was recorded. Ends with 1
// where one has failed.

import { fileURLToPath } from 'node:url';
import { loadCommonValues } from '@sitebus/fusion';
import { loadContract } from '@sitebus/sdk/testing';
import { judge, recordScenario } from './checks.ts';

const source = fileURLToPath(new URL('../in/', import.meta.url));
const lists = fileURLToPath(new URL('../../../../schemas/policy/common-values/', import.meta.url));
const { recorded, unrecorded } = await recordScenario({
  source,
  ...(await loadContract()),
  commonValues: await loadCommonValues(lists),
});
const checked = judge(recorded, unrecorded);
const isWhole = checked.every(({ faults }) => faults.length === 0);
const lines = checked.flatMap(({ number, title, faults }) => [
  `${faults.length === 0 ? 'pass' : 'FAIL'} ${String(number).padStart(2)}  ${title}\n`,
  ...faults.map((fault) => `         ${fault}\n`),
]);
const isForMachine = process.argv.includes('--json');
const said = isForMachine ? `${JSON.stringify({ passed: isWhole, checks: checked, recorded })}\n` : lines.join('');
process.stdout.write(said, () => process.exit(isWhole ? 0 : 1)); // whoever reads a pipe slowly has had all of it
