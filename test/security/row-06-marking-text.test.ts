// Row 6: the text form is read as it is written, refuses everything else, and takes linear time. Needs no broker.
// A run that failed is repeated with SITEBUS_SEED set to the seed it printed.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMarking, MarkingError, parse, parsePortion, print, printPortion } from '@sitebus/marking';
import { countSteps } from './counted-text.ts';
import { boundedMarkings, createDraw, drawMarking, runSeed } from './marking-draws.ts';

const home = { homeNation: 'CAN' };
const SEED = runSeed();
const stackTraceLimit = Error.stackTraceLimit;

beforeAll(() => {
  console.info(`SITEBUS_SEED=${SEED}`);
  Error.stackTraceLimit = 0; // a million refusals, and nobody reads where they were thrown
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

const MUTANTS = 1_000_000;

test('row 6: every marking of the universe is read back as it was, from banner and from portion', () => {
  for (const raw of boundedMarkings()) {
    const visible = createMarking({ ...raw, needToKnow: [] });
    expect(parse(print(visible, home), home)).toEqual(visible);
    expect(parsePortion(printPortion(visible, home), home)).toEqual(visible);
  }
});

test('row 6: a million mutated texts are read as they print, or refused with an index; nothing crashes', () => {
  const draw = createDraw(SEED);
  const texts = Array.from({ length: 500 }, () => print(createMarking(drawMarking(draw)), home));
  const seen = { read: 0, refused: 0 };
  const wrong: unknown[] = [];
  for (let count = 0; count < MUTANTS; count += 1) {
    const text = mutate(draw.oneOf(texts));
    try {
      if (print(parse(text, home), home) !== text) wrong.push(text);
      seen.read += 1;
    } catch (fault) {
      const { index } = fault as MarkingError;
      if (!(fault instanceof MarkingError) || index === undefined || index < 0 || index > text.length)
        wrong.push({ text, fault });
      seen.refused += 1;
    }
  }
  expect(wrong).toEqual([]);
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(MUTANTS / 100);

  function mutate(text: string): string {
    const at = draw.below(text.length + 1);
    const end = at + draw.below(6);
    const kind = draw.below(7);
    if (kind === 0) return text.slice(0, at) + text.slice(end);
    if (kind === 1) return text.slice(0, at) + draw.oneOf(FRAGMENTS) + text.slice(at);
    if (kind === 2) return text.slice(0, at) + draw.oneOf(FRAGMENTS) + text.slice(end);
    if (kind === 3) return text.slice(0, end) + text.slice(at);
    if (kind === 4) return text.slice(0, at) + draw.oneOf(texts).slice(at);
    if (kind === 5) return text.slice(0, at) + text.slice(at, end).toLowerCase() + text.slice(end);
    return text.slice(0, at) + String.fromCharCode(draw.below(0x1_0000)) + text.slice(at + 1);
  }
});

test.each<[string, (words: number) => string]>([
  ['one letter', (words) => 'A'.repeat(words * 8)],
  ['slashes', (words) => `SECRET${'/'.repeat(words * 8)}`],
  [
    'sub-compartments',
    (words) => `SECRET//SI-G ${list(words, (at) => String(1_000_000 + at), ' ')}//CANADIAN EYES ONLY`,
  ],
  ['compartments', (words) => `SECRET//SI-${list(words, (at) => String(1_000_000 + at), '-')}//CANADIAN EYES ONLY`],
  ['systems', (words) => `SECRET//${list(words, system, '/')}//CANADIAN EYES ONLY`],
  ['nations', (words) => `SECRET//REL TO ${NATIONS_BY_CODE.slice(0, words).join(', ')}`],
  ['nations and one fault at the end', (words) => `SECRET//REL TO ${NATIONS_BY_CODE.slice(0, words).join(', ')}, ZZZ`],
  ['a level that almost matches', (words) => 'PROTECTED '.repeat(words)],
])('row 6: twice the text takes at most twice the steps: %s', (_case, textOf) => {
  const steps = [16, 32, 64, 128, 220].map((words) => {
    const text = textOf(words);
    return { chars: text.length, steps: countSteps(text, (counted) => parse(counted, home)) };
  });
  for (const { chars, steps: taken } of steps) expect(taken).toBeLessThanOrEqual(120 + 4 * chars);
  for (const [at, { steps: taken }] of steps.slice(1, 4).entries())
    expect(taken).toBeLessThanOrEqual(2.5 * steps[at]!.steps);
});

const FRAGMENTS = [
  ...[
    '//',
    '/',
    ' ',
    ', ',
    '-',
    '(',
    ')',
    'SECRET',
    'PROTECTED B',
    'UNCLASSIFIED',
    'TLP:CLEAR',
    'TLP:',
    'AMBER',
    '+STRICT',
  ],
  ...[
    'ORCON',
    'REL TO ',
    'REL TO NONE',
    'CANADIAN EYES ONLY',
    'CAN',
    'GBR',
    'USA',
    'NOFORN',
    'FVEY',
    'SI',
    'TK',
    '-G',
    ' ABCD',
  ],
  ...['\n', '\u0000', 'Ѕ', 'е', '\u200b', '\ud800', '１', 'ı'],
];
const NATIONS_BY_CODE = assignedNations();

function list(words: number, word: (at: number) => string, separator: string): string {
  return Array.from({ length: words }, (_, at) => word(at)).join(separator);
}
function system(at: number): string {
  return `K${String.fromCharCode(65 + Math.floor(at / 10))}${at % 10}`;
}
function assignedNations(): string[] {
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
  return codes.filter((code) => code !== 'CAN' && parsesAlone(code));
}
function parsesAlone(code: string): boolean {
  try {
    return parse(`SECRET//REL TO ${code}`, home).relTo.includes(code);
  } catch {
    return false;
  }
}
