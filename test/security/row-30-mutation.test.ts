// Row 30 on the decision itself: each small change of `dominates` fails a test of the kernel. The whole kernel:
// `npm run test:mutation`.
import { expect, test } from '@jest/globals';
import { mutateMarking } from '../mutation/survivors.ts';

test('row 30: every mutant of the dominance check is killed', async () => {
  const { mutants, unseen, noticed } = await mutateMarking('dominates');
  expect(mutants).toBeGreaterThan(30);
  expect({ unseen, noticed }).toEqual({ unseen: [], noticed: [] });
}, 600_000);
