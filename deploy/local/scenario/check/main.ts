// `npm run scenario:check`: the twelve checks, a line each; `--json`: the same for a machine. Ends with 1 where one has failed.

import { fileURLToPath } from 'node:url';
import { loadCommonValues } from '@sitebus/fusion';
import { loadContract } from '@sitebus/sdk/testing';
import { checkScenario } from './checks.ts';

const source = fileURLToPath(new URL('../in/', import.meta.url));
const lists = fileURLToPath(new URL('../../../../schemas/policy/common-values/', import.meta.url));
const checked = await checkScenario({ source, ...(await loadContract()), commonValues: await loadCommonValues(lists) });
const isWhole = checked.every(({ faults }) => faults.length === 0);
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ passed: isWhole, checks: checked })}\n`);
else
  for (const { number, title, faults } of checked)
    process.stdout.write(
      [
        `${faults.length === 0 ? 'pass' : 'FAIL'} ${String(number).padStart(2)}  ${title}\n`,
        ...faults.map((fault) => `         ${fault}\n`),
      ].join(''),
    );
process.exit(isWhole ? 0 : 1);
