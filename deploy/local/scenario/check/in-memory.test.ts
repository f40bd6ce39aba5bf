// The scenario against its ground truth, on an in-memory bus: what is one matter in each view, and what is not.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadCommonValues } from '@sitebus/fusion';
import { loadContract } from '@sitebus/sdk/testing';
import { expectedMatters, mattersOf } from './matters.ts';
import { MATTERS, type TrueView } from './ground-truth.ts';
import { playInMemory, type PlayedInMemory } from './in-memory.ts';

const source = fileURLToPath(new URL('../in/', import.meta.url));
const lists = fileURLToPath(new URL('../../../../schemas/policy/common-values/', import.meta.url));
let played: PlayedInMemory;

beforeAll(async () => {
  played = await playInMemory({ source, ...(await loadContract()), commonValues: await loadCommonValues(lists) });
}, 120_000);
afterAll(() => played.stop());

const views = Object.keys(MATTERS) as TrueView[];

test('every file is taken in whole', () => {
  expect(played.refused.filter(({ answer }) => answer.status === 'refused')).toEqual([]);
});

test.each(views)('in %s, exactly the rows that belong together are one matter', (view) => {
  const here = new Set(played.rows.map(({ row }) => row));
  const truth = MATTERS[view].map((matter) => matter.filter((row) => here.has(row))).filter(({ length }) => length > 1);
  expect(mattersOf(played.assessments(view), played.rowOf)).toEqual(expectedMatters(truth));
});
