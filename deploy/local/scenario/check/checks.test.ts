// The twelve checks of the scenario, people and bad inputs included: the same that `npm run scenario:check` prints.

import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { loadCommonValues } from '@sitebus/fusion';
import { loadContract } from '@sitebus/sdk/testing';
import { checkScenario, TITLES, type Checked } from './checks.ts';

const source = fileURLToPath(new URL('../in/', import.meta.url));
const lists = fileURLToPath(new URL('../../../../schemas/policy/common-values/', import.meta.url));
let checked: readonly Checked[];

beforeAll(async () => {
  checked = await checkScenario({ source, ...(await loadContract()), commonValues: await loadCommonValues(lists) });
}, 600_000);

test.each(TITLES.map((title, at) => [at + 1, title] as const))('check %i: %s', (number) => {
  expect(checked.find((each) => each.number === number)?.faults).toEqual([]);
});
