// The twelve checks of the scenario, people and bad inputs included, as `npm run scenario:check -- --json` prints them.
// Holds: a process of its own, as whoever runs it has it; within the test runner the play takes four times as long.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { TITLES, type Checked } from './checks.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
let checked: readonly Checked[];

beforeAll(async () => {
  const args = ['--conditions=source', '--import', 'tsx', program, '--json'];
  const said = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: MAX_OUTPUT_BYTES }, (cause, stdout, stderr) => {
      if (stdout === '') reject(new Error(`the checks said nothing: ${stderr.slice(-2_000)}`, { cause }));
      else resolve(stdout);
    });
  });
  checked = (JSON.parse(said) as { readonly checks: readonly Checked[] }).checks;
}, 600_000);

test.each(TITLES.map((title, at) => [at + 1, title] as const))('check %i: %s', (number) => {
  expect(checked.find((each) => each.number === number)?.faults).toEqual([]);
});
