// What the report of a sighting must say, beyond its shape.
// Holds: pure; limits and vocabularies come from the contract and from policy. Source: README.md#what-an-observation-is-checked-for

import { toPointer, type Fault } from '../fault.ts';
import type { Policy } from '../policy.ts';
import { fault } from './faults.ts';
import { toFields, toItems, toNumber, toText, type Fields } from './shape.ts';

const MAX_TITLE_CHARS = 160;
const MAX_SO_WHAT_CHARS = 400;
const MAX_PORTIONS = 50;
/** From this impact on a report must say why it matters. */
const SO_WHAT_FROM_IMPACT = 40;
/** Technique ids by framework; membership in a version is checked only where an operator supplies its list. */
const TECHNIQUE: Readonly<Record<string, RegExp>> = { ATTACK: /^T1\d{3}(\.\d{3})?$/, DISARM: /^T0\d{3}(\.\d{3})?$/ };

/** Faults of `/report`; none for a record without one. */
export function checkReport(value: Fields, policy: Policy): Fault[] {
  if (value['report'] === undefined) return [];
  const report = toFields(value['report']);
  return [
    ...checkText('/report/title', report['title'], MAX_TITLE_CHARS),
    ...checkText('/report/mandateBasis', report['mandateBasis']),
    ...checkWords(report, policy),
    ...checkPortions('/report/portions', report['portions'], 1),
    ...checkTechniques(report['ttps']),
    ...checkClaims(report),
    ...checkSpan('/report', report, 'firstSeen', 'lastSeen'),
    ...checkSoWhat(report, policy),
    ...checkTearline(report),
    ...checkMetrics(report['metrics']),
  ];
}

/** A string that must say something, of at most so many characters. */
export function checkText(pointer: string, value: unknown, maxChars = Number.POSITIVE_INFINITY): Fault[] {
  const text = toText(value);
  if (text === undefined) return [];
  if (text.trim() === '') return [fault('BLANK', pointer)];
  return text.length > maxChars ? [fault('TOO_LONG', pointer, `at most ${maxChars} characters`)] : [];
}

/** A word of a growing vocabulary; the hint lists the words, which are public. */
export function checkWord(pointer: string, value: unknown, vocabulary: string, policy: Policy): Fault[] {
  const word = toText(value);
  const words = policy.vocabulary[vocabulary] ?? [];
  if (word === undefined || words.includes(word)) return [];
  return [fault('UNKNOWN_WORD', pointer, `${vocabulary}: ${words.join(' ')}`)];
}

/** Paragraphs: how many, and none of them empty. Their markings are checked with the envelope's. */
export function checkPortions(pointer: string, value: unknown, min: number): Fault[] {
  const portions = toItems(value);
  if (!Array.isArray(value) && value !== undefined) return [];
  return [
    ...(portions.length < min ? [fault('TOO_FEW', pointer, `at least ${min}`)] : []),
    ...(portions.length > MAX_PORTIONS ? [fault('TOO_MANY', pointer, `at most ${MAX_PORTIONS}`)] : []),
    ...portions.flatMap((portion, index) => checkText(`${pointer}/${index}/text`, toFields(portion)['text'])),
  ];
}

/** An end that lies before its begin. */
export function checkSpan(pointer: string, fields: Fields, begin: string, end: string): Fault[] {
  const from = toNumber(fields[begin]);
  const to = toNumber(fields[end]);
  return from !== undefined && to !== undefined && to < from ? [fault('ENDS_BEFORE_BEGIN', `${pointer}/${end}`)] : [];
}

/** A number outside its bounds, both inclusive. */
export function checkRange(pointer: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): Fault[] {
  const number = toNumber(value);
  if (number === undefined || (number >= min && number <= max)) return [];
  return [fault('OUT_OF_RANGE', pointer, max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `${min} to ${max}`)];
}

function checkWords(report: Fields, policy: Policy): Fault[] {
  const inEach = (list: string, field: string, vocabulary: string): Fault[] =>
    toItems(report[list]).flatMap((item, index) =>
      checkWord(toPointer(['report', list, index, field]), toFields(item)[field], vocabulary, policy),
    );
  return [
    ...checkWord('/report/category', report['category'], 'Category', policy),
    ...checkWord('/report/sourceKind', report['sourceKind'], 'SourceKind', policy),
    ...toItems(report['tools']).flatMap((tool, index) => checkWord(`/report/tools/${index}`, tool, 'Tool', policy)),
    ...inEach('actorClaims', 'basis', 'ClaimBasis'),
    ...inEach('targets', 'kind', 'TargetKind'),
    ...inEach('ttps', 'framework', 'TtpFramework'),
  ];
}

function checkTechniques(value: unknown): Fault[] {
  return toItems(value).flatMap((ttp, index) => {
    const { framework, id } = toFields(ttp);
    const pattern =
      typeof framework === 'string' && Object.hasOwn(TECHNIQUE, framework) ? TECHNIQUE[framework] : undefined;
    const fits = pattern === undefined || typeof id !== 'string' || pattern.test(id);
    return fits ? [] : [fault('TTP_MALFORMED', `/report/ttps/${index}/id`, 'ATTACK T1nnn(.nnn), DISARM T0nnn(.nnn)')];
  });
}

function checkClaims(report: Fields): Fault[] {
  const last = toItems(report['portions']).length - 1;
  return toItems(report['actorClaims']).flatMap((claim, index) =>
    checkRange(`/report/actorClaims/${index}/portion`, toFields(claim)['portion'], 0, Math.max(last, 0)),
  );
}

function checkSoWhat(report: Fields, { impact }: Policy): Fault[] {
  const soWhat = toText(report['soWhat']);
  const category = toText(report['category']) ?? '';
  if (soWhat === undefined) return [];
  if (soWhat.trim() !== '') return checkText('/report/soWhat', soWhat, MAX_SO_WHAT_CHARS);
  const needed = Object.hasOwn(impact, category) && (impact[category] ?? 0) >= SO_WHAT_FROM_IMPACT;
  return needed ? [fault('SO_WHAT_REQUIRED', '/report/soWhat')] : [];
}

function checkTearline({ releasePlan, noTearlineReason }: Fields): Fault[] {
  const silent = (toText(noTearlineReason) ?? '').trim() === '';
  return releasePlan === 'NO_TEARLINE' && silent ? [fault('TEARLINE_REASON_REQUIRED', '/report/noTearlineReason')] : [];
}

function checkMetrics(value: unknown): Fault[] {
  const { reach, engagement, coverageGaps } = toFields(value);
  return [
    ...checkRange('/report/metrics/reach', reach, 0),
    ...checkRange('/report/metrics/engagement', engagement, 0),
    ...toItems(coverageGaps).flatMap((gap, index) =>
      checkSpan(`/report/metrics/coverageGaps/${index}`, toFields(gap), 'from', 'to'),
    ),
  ];
}
