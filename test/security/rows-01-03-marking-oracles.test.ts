// Rows 1 and 3: the oracle against outside vectors, and the kernel against three other ways to decide. Needs no broker.
// A run that failed is repeated with SITEBUS_SEED set to the seed it printed.

import { beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMarking, dominates } from '@sitebus/marking';
import { sharedData } from '../support/shared-data.ts';
import { isAccessible, parseAccessExpression } from './access-expression.ts';
import { boundedMarkings, createDraw, drawClearance, drawMarking, runSeed, toClearance } from './marking-draws.ts';
import { accessExpressions, createBitMasks, naiveSets, toAccessExpression } from './marking-oracles.ts';

const SEED = runSeed();

beforeAll(() => console.info(`SITEBUS_SEED=${SEED}`));

const folder = sharedData('data/conformance/accumulo-access');
const vectors = folder === undefined ? test.skip : test;

vectors('row 1: all 242 accumulo-access vectors are judged by the oracle as published', () => {
  const groups = JSON.parse(readFileSync(join(folder!, 'testdata.json'), 'utf8')) as {
    auths: string[][];
    tests: { expectedResult: string; expressions: string[] }[];
  }[];
  const judged = groups.flatMap(({ auths, tests }) =>
    tests.flatMap(({ expectedResult, expressions }) =>
      expressions.map((expression) => ({ expression, expectedResult, found: judge(expression, auths) })),
    ),
  );
  expect(judged.filter(({ expectedResult, found }) => found !== expectedResult)).toEqual([]);
  expect(judged).toHaveLength(242);
});

function judge(expression: string, auths: readonly string[][]): string {
  try {
    const parsed = parseAccessExpression(expression);
    return auths.every((tokens) => isAccessible(parsed, new Set(tokens))) ? 'ACCESSIBLE' : 'INACCESSIBLE';
  } catch (fault) {
    if (!(fault instanceof SyntaxError)) throw fault;
    return 'ERROR';
  }
}

const PAIRS = 1_000_000;

test('row 3: a marking is written as the expression the oracle reads', () => {
  const marking = {
    ...boundedMarkings()[0]!,
    classified: 'SECRET',
    compartments: ['SI'],
    relTo: ['CAN', 'GBR'],
  } as const;
  expect(toAccessExpression({ ...marking, needToKnow: [['a', 'b']] })).toBe(
    'L:SECRET&P:NONE&"T:CLEAR"&"C:SI"&(REL:CAN|REL:GBR)&(G:a|G:b)',
  );
});

test('row 3: kernel, bit masks, naive sets and access expressions agree on a million random pairs', () => {
  const draw = createDraw(SEED);
  const bitMasks = createBitMasks();
  const markings = Array.from({ length: 10_000 }, () => {
    const raw = drawMarking(draw);
    const demands = { kernel: createMarking(raw), bits: bitMasks.demand(raw), sets: naiveSets.demand(raw) };
    return { raw, ...demands, expression: accessExpressions.demand(raw) };
  });
  const clearances = Array.from({ length: 2_000 }, () => {
    const raw = drawClearance(draw);
    const held = { kernel: toClearance(raw), bits: bitMasks.holding(raw), sets: naiveSets.holding(raw) };
    return { raw, ...held, tokens: accessExpressions.holding(raw) };
  });
  const disagreements: unknown[] = [];
  const seen = { admitted: 0, denied: 0 };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const m = draw.oneOf(markings);
    const c = draw.oneOf(clearances);
    const nowMs = 999 + draw.below(4);
    const kernel = dominates(c.kernel, m.kernel, nowMs);
    const agree =
      bitMasks.admits(c.bits, m.bits, nowMs) === kernel &&
      naiveSets.admits(c.sets, m.sets, nowMs) === kernel &&
      accessExpressions.admits(c.tokens, m.expression, nowMs) === kernel;
    if (!agree && disagreements.length < 5)
      disagreements.push({ seed: SEED, clearance: c.raw, marking: m.raw, nowMs, kernel });
    seen[kernel ? 'admitted' : 'denied'] += 1;
  }
  expect(disagreements).toEqual([]);
  expect(Math.min(seen.admitted, seen.denied)).toBeGreaterThan(PAIRS / 50);
});
