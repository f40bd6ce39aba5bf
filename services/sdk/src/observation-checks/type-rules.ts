// What single record types must say, beyond their shape: one small rule a type.
// Holds: pure; a type without an entry has no rule of its own. Source: README.md#what-an-observation-is-checked-for

import { isAttributionHost } from '../attribution.ts';
import { PERSON } from '../features/normalise.ts';
import type { Fault } from '../fault.ts';
import type { Policy } from '../policy.ts';
import { checkId } from './envelope.ts';
import { fault } from './faults.ts';
import { checkPortions, checkRange, checkSpan, checkText, checkWord } from './report.ts';
import { toFields, toItems, toText, type Fields } from './shape.ts';

/** Values of one report; more go into numbered parts that share one token. */
const MAX_VALUES = 1_000;
const VALUE_LISTS = [
  'domains', 'ips', 'urls', 'hashes', 'emails', 'certificates', 'trackers', 'wallets', 'accounts', 'fuzzyHashes',
]; // prettier-ignore

/** Faults of the fields that belong to the type alone. */
export function checkTypeRules(type: string, value: Fields, policy: Policy): Fault[] {
  const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  return [...checkPersons(value), ...checkPlaceTimes(value), ...(rule?.(value, policy) ?? [])];
}

const RULES: Readonly<Record<string, (value: Fields, policy: Policy) => Fault[]>> = {
  IndicatorReport: (value) => [...checkParts(value), ...checkCount(value)],
  NetworkDetection: ({ severity, bytes }) => [
    ...checkRange('/severity', severity, 1, 4),
    ...checkRange('/bytes', bytes, 0),
  ],
  CyberIncident: ({ phase, outageSeconds }, policy) => [
    ...checkWord('/phase', phase, 'ElectoralPhase', policy),
    ...checkRange('/outageSeconds', outageSeconds, 0),
  ],
  InfluenceActivity: (value) => checkSpan('', value, 'startTime', 'stopTime'),
  CoordinatedSharing: ({ windowSeconds, participants }) => [
    ...checkRange('/windowSeconds', windowSeconds, 1),
    ...checkRange('/participants', participants, 1),
  ],
  AgencyPosition: checkPosition,
  LineageLink: ({ child, parent }) => [
    ...checkId('/child', child),
    ...checkId('/parent', parent),
    ...(toText(child) !== undefined && child === parent ? [fault('REFERS_TO_ITSELF', '/parent')] : []),
  ],
  StateMediaAccount: (value) => [
    ...checkText('/attributionBasis', value['attributionBasis']),
    ...checkText('/evidenceUrl', value['evidenceUrl']),
    ...checkSpan('', value, 'from', 'to'),
  ],
  StateMediaPost: (value) => [
    ...checkSpan('', value, 'postedAt', 'collectedAt'),
    ...COUNTS.flatMap((count) => checkRange(`/${count}`, value[count], 0)),
  ],
  StateMediaDailyAggregate: ({ posts, engagement, gaps }) => [
    ...checkRange('/posts', posts, 0),
    ...checkRange('/engagement', engagement, 0),
    ...toItems(gaps).flatMap((gap, index) => checkSpan(`/gaps/${index}`, toFields(gap), 'from', 'to')),
  ],
  AdDisclosure: (value, policy) => [
    ...checkPersonRef('/buyerRef', value['buyerRef']),
    ...checkSpan('', value, 'firstDisplayedAt', 'lastDisplayedAt'),
    ...checkSpan('', value, 'publishUntil', 'retainUntil'),
    ...toItems(value['flags']).flatMap((flag, index) => checkWord(`/flags/${index}`, flag, 'AdFlag', policy)),
  ],
  AdFinding: ({ kind, adRef, daysLate }, policy) => [
    ...checkWord('/kind', kind, 'FindingKind', policy),
    ...checkId('/adRef', adRef),
    ...checkRange('/daysLate', daysLate, 1),
  ],
  ForeignArrangement: (value) => [
    ...checkPersonRef('/registrantRef', value['registrantRef']),
    ...(toItems(value['activities']).length === 0 ? [fault('TOO_FEW', '/activities', 'at least 1')] : []),
    ...checkSpan('', value, 'enteredOn', 'registeredOn'),
  ],
  TrackedIncident: checkTrackedIncident,
  GoodPractice: ({ area, title, text, lang, noticesLinked }, policy) => [
    ...checkWord('/area', area, 'PracticeArea', policy),
    ...checkText('/title', title, MAX_PRACTICE_TITLE_CHARS),
    ...checkText('/text', text),
    ...checkText('/lang', lang),
    ...toItems(noticesLinked).flatMap((id, index) => checkId(`/noticesLinked/${index}`, id)),
  ],
  SourceGap: (value) => [
    ...checkSpan('', value, 'from', 'to'),
    ...checkText('/reason', value['reason'], MAX_GAP_REASON_CHARS),
  ],
  Recall: ({ reason, replacement }) => [...checkText('/reason', reason), ...checkId('/replacement', replacement)],
};

const MAX_PRACTICE_TITLE_CHARS = 160;
const MAX_GAP_REASON_CHARS = 1_000;
/** Of one incident. */
const MAX_SOURCES = 5;

const COUNTS = ['likes', 'shares', 'comments', 'views'];

function checkPersons(value: Fields): Fault[] {
  return toItems(value['persons']).flatMap((person, index) =>
    typeof person === 'string' && !PERSON.test(person) ? [fault('PERSON_NOT_TOKEN', `/persons/${index}`)] : [],
  );
}

function checkPersonRef(pointer: string, value: unknown): Fault[] {
  return typeof value === 'string' && !PERSON.test(value) ? [fault('PERSON_NOT_TOKEN', pointer)] : [];
}

function checkPlaceTimes(value: Fields): Fault[] {
  return toItems(value['placeTimes']).flatMap((at, index) =>
    checkSpan(`/placeTimes/${index}`, toFields(at), 'from', 'to'),
  );
}

function checkParts({ part, parts }: Fields): Fault[] {
  const last = typeof parts === 'number' && parts >= 1 ? parts : 1;
  return [...checkRange('/parts', parts, 1), ...checkRange('/part', part, 1, last)];
}

function checkCount(value: Fields): Fault[] {
  const values = VALUE_LISTS.reduce((sum, list) => sum + toItems(value[list]).length, 0);
  return values > MAX_VALUES ? [fault('TOO_MANY', '', `at most ${MAX_VALUES} values; number further parts`)] : [];
}

/** A dissent carries text; every position cites a definition. */
function checkPosition(value: Fields): Fault[] {
  const { lo, hi } = toFields(value['likelihood']);
  return [
    ...checkId('/about', value['about']),
    ...checkText('/definitionId', value['definitionId']),
    ...checkPortions('/portions', value['portions'], value['stance'] === 'DISSENT' ? 1 : 0),
    ...checkRange('/seen/version', toFields(value['seen'])['version'], 0),
    ...checkRange('/likelihood/lo', lo, 0, 100),
    ...checkRange('/likelihood/hi', hi, typeof lo === 'number' ? lo : 0, 100),
  ];
}

/** A catalogue of press reports repeats: an incident enters on a public attribution that policy counts, or not at all. */
function checkTrackedIncident(value: Fields, policy: Policy): Fault[] {
  const { title, text, tools, sources } = value;
  const named = toItems(sources);
  const isAttributed = named.some((source) => {
    const { url, attribution } = toFields(source);
    return attribution === true && isAttributionHost(toText(url) ?? '', policy.partners.attributionHosts);
  });
  return [
    ...checkText('/title', title),
    ...checkText('/text', text),
    ...(toItems(tools).length === 0 ? [fault('TOO_FEW', '/tools', 'at least 1')] : []),
    ...toItems(tools).flatMap((tool, index) => checkWord(`/tools/${index}`, tool, 'Tool', policy)),
    ...(isAttributed ? [] : [fault('ATTRIBUTION_REQUIRED', '/sources')]),
    ...(named.length > MAX_SOURCES ? [fault('TOO_MANY', '/sources', `at most ${MAX_SOURCES}`)] : []),
    ...checkSpan('', value, 'start', 'end'),
  ];
}
