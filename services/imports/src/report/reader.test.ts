import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import { deriveId } from '../ids.ts';
import type { NotCarried, ReadingContext } from '../reading.ts';
import { aReadingContext, createImportBench, draftsOf, fateLine } from '../testing/index.ts';
import { reportReader } from './reader.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

const aReport = (over: Readonly<Record<string, unknown>> = {}) => ({
  serial: 's-1',
  title: 'A page that is run from abroad',
  category: 'INFORMATION_MANIPULATION',
  dateOfInformation: '2031-09-11T15:00:00Z',
  lang: 'en',
  paragraphs: ['Somebody says so. (S//CANADIAN EYES ONLY)'],
  details: { method: 'a contractor' },
  ...over,
});

function read(content: unknown, over: Partial<ReadingContext> = {}) {
  return reportReader.read(
    Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
    aReadingContext(policy, { agency: 'csis', source: 'csis-reports', format: 'report', ...over }),
  );
}
const draftOf = (content: unknown, over: Partial<ReadingContext> = {}) => {
  const reading = read(content, over);
  expect(reading.fates.map(fateLine)).toEqual(['carried']);
  return draftsOf(reading)[0];
};
const refusalOf = (content: unknown, over: Partial<ReadingContext> = {}): string => {
  const [fate] = read(content, over).fates as NotCarried[];
  return `${fate?.line} ${fate?.pointer} ${fate?.code}`;
};

const MARKDOWN = `---
serial: 0107
category: INFORMATION_MANIPULATION
dateOfInformation: 2031-09-11
infoGrade: 2
sourceGrade: b
lang: en
values:
  domains: ["leak-river[.]example"]
details:
  method: a contractor
---

# A page that is run from abroad

(S//CANADIAN EYES ONLY) Somebody says
so.

The page is new. (U//TLP:AMBER)
`;

test('Markdown with front matter and JSON give the same observation', () => {
  const json = aReport({
    serial: '0107',
    dateOfInformation: '2031-09-11',
    infoGrade: 2,
    sourceGrade: 'B',
    values: { domains: ['leak-river.example'] },
    paragraphs: ['(S//CANADIAN EYES ONLY) Somebody says so.', 'The page is new. (U//TLP:AMBER)'],
  });
  expect(draftOf(MARKDOWN)).toEqual(draftOf(json));
  expect(draftOf(MARKDOWN)).toMatchObject({
    type: 'CovertActivity',
    native: { nativeId: '0107', revision: '1' }, // a nought in front is part of a serial
    origin: 'rep:csis/0107',
    observedAtMs: Date.UTC(2031, 8, 11),
    fields: { report: { title: 'A page that is run from abroad' }, domains: ['leak-river.example'] },
  });
});

test('each paragraph keeps its own marking, and the report protects all of them', () => {
  const draft = draftOf(MARKDOWN);
  const report = draft?.fields['report'] as { portions: readonly { text: string; marking: { classified: string } }[] };
  expect(report.portions.map(({ text, marking }) => [text, marking.classified])).toEqual([
    ['Somebody says so.', 'SECRET'],
    ['The page is new.', 'UNCLASSIFIED'],
  ]);
  expect(draft?.marking).toMatchObject({
    classified: 'SECRET',
    relTo: ['CAN'],
    tlp: 'AMBER',
    origins: ['csis'],
    owners: ['CAN'],
  });
});

test('a paragraph without a portion mark refuses the whole report, by line and pointer', () => {
  expect(refusalOf(MARKDOWN.replace(' (U//TLP:AMBER)', ''))).toBe('19 /paragraphs/1 PORTION_MISSING');
  expect(
    refusalOf([aReport(), aReport({ serial: 's-2', paragraphs: ['marked (U//TLP:CLEAR)', 'not'] })].slice(1)),
  ).toBe('1 /0/paragraphs/1 PORTION_MISSING');
});

test('a refused report costs only itself', () => {
  const fates = read([aReport(), aReport({ serial: 's-2', paragraphs: ['not'] }), aReport({ serial: 's-3' }), 7]).fates;
  expect(fates.map(fateLine)).toEqual(['carried', 'refused PORTION_MISSING', 'carried', 'refused NOT_AN_OBJECT']);
});

test.each([
  ['a mark that no marking has', { paragraphs: ['text (S//FOR FRIENDS)'] }, '/paragraphs/0 MARKING_UNREADABLE'],
  ['a classified mark without a release', { paragraphs: ['text (S)'] }, '/paragraphs/0 MARKING_UNREADABLE'],
  ['two marks', { paragraphs: ['(U//TLP:CLEAR) text (U//TLP:CLEAR)'] }, '/paragraphs/0 MARKING_UNREADABLE'],
  [
    'more paragraphs than a record holds',
    { paragraphs: Array(51).fill('text (U//TLP:CLEAR)') },
    '/paragraphs TOO_MANY',
  ],
  ['no paragraph', { paragraphs: [] }, '/paragraphs MISSING_PROPERTY'],
  ['a banner below a paragraph', { marking: 'PROTECTED B//CANADIAN EYES ONLY' }, '/marking MARKING_TOO_LOW'],
  ['no serial', { serial: '' }, '/serial MISSING_PROPERTY'],
  ['no title', { title: undefined }, '/title MISSING_PROPERTY'],
  ['no date', { dateOfInformation: undefined }, '/dateOfInformation MISSING_PROPERTY'],
  ['a date without meaning', { dateOfInformation: '03/04/2031' }, '/dateOfInformation BAD_INSTANT'],
  ['a grade outside the scale', { sourceGrade: 'G' }, '/sourceGrade GRADE_UNMAPPED'],
  ['a kind that is none', { kind: 'rumour' }, '/kind BAD_VALUE'],
  ['a type its source does not make', { type: 'CyberIncident' }, '/type BAD_TYPE'],
  ['a property that no rule reads', { colour: 'red' }, '/colour UNKNOWN_PROPERTY'],
  [
    'a property that no rule reads, further in',
    { values: { domain: ['one.example'] } },
    '/values/domain UNKNOWN_PROPERTY',
  ],
  [
    'values that its record has no place for',
    { values: { hashes: ['a'.repeat(40)] } },
    '/values/hashes UNKNOWN_PROPERTY',
  ],
  ['details of another record', { details: { method: 'x', purpose: 'y' } }, '/details/purpose UNKNOWN_PROPERTY'],
  ['details that are missing', { details: {} }, '/details/method MISSING_PROPERTY'],
  ['a value that is none', { values: { domains: ['one.example', 'not one'] } }, '/values/domains/1 BAD_VALUE'],
  ['a name where a token belongs', { values: { persons: ['Ada Quill'] } }, '/values/persons/0 PERSONAL_DATA'],
  [
    'a place that is none',
    { values: { places: [{ place: 'a hall', from: '2031-09-11', to: '2031-09-11' }] } },
    '/values/places/0/place BAD_VALUE',
  ],
  ['an origin without a serial', { origin: { agency: 'ally' } }, '/origin/serial MISSING_PROPERTY'],
  ['a page of origin that is none', { origin: { url: 'the internet' } }, '/origin/url BAD_VALUE'],
  [
    'a parent that nobody can have written',
    { derivedFrom: [{ agency: 'nobody', serial: '1' }] },
    '/derivedFrom/0/agency BAD_VALUE',
  ],
  ['a technique of no framework', { ttps: ['X1'] }, '/ttps/0 BAD_VALUE'],
  ['a definition that policy does not have', { definitionId: 'foreign-interference/99' }, '/definitionId BAD_VALUE'],
  ['an object where a text belongs', { title: { en: 'x' } }, '/title BAD_VALUE'],
])('a report with %s is refused by its pointer', (_name, over, is) => {
  expect(refusalOf(aReport(over))).toBe(`1 ${is}`);
});

test.each([
  ['csis', 'csis-reports', 'MALIGN_FINANCE', { purpose: 'hosting' }, 'FinancialActivity'],
  ['csis', 'csis-reports', 'CANDIDATE_THREAT', {}, 'ThreatToPerson'],
  ['csis', 'csis-reports', 'OTHER', { method: 'x' }, 'CovertActivity'],
  ['rcmp', 'rcmp-reports', 'INFORMATION_MANIPULATION', { kind: 'CONTENT' }, 'InfluenceActivity'],
  [
    'rcmp',
    'rcmp-reports',
    'VOTER_SUPPRESSION',
    { falseClaim: 'Tuesday', correctInformation: 'Monday' },
    'VotingInterference',
  ],
  ['cse', 'cse-reports', 'PHISHING', {}, 'CyberIncident'],
  ['cse', 'cse-reports', 'MALIGN_FINANCE', { method: 'x' }, 'CovertActivity'],
])('a report of %s, %s, in category %s becomes what policy says', (agency, source, category, details, type) => {
  expect(draftOf(aReport({ category, details }), { agency, source })?.type).toBe(type);
});

test('a category that policy makes nothing of is refused, not guessed at', () => {
  expect(refusalOf(aReport({ category: 'AD_VIOLATION' }), { agency: 'rcmp', source: 'rcmp-reports' })).toBe(
    '1 /category BAD_TYPE',
  );
});

test('what a report says of itself comes before what policy says of its source', () => {
  const said = {
    soWhat: 'now',
    mandateBasis: 'a warrant',
    sourceKind: 'LIAISON',
    releasePlan: 'NO_TEARLINE',
    noTearlineReason: 'one source',
    definitionId: 'foreign-interference',
  };
  expect(draftOf(aReport(said))?.fields['report']).toMatchObject(said);
  const { soWhat, mandateBasis, sourceKind, releasePlan } = aReadingContext(policy, {
    agency: 'csis',
    source: 'csis-reports',
    format: 'report',
  }).mapping;
  expect(draftOf(aReport())?.fields['report']).toMatchObject({ soWhat, mandateBasis, sourceKind, releasePlan });
});

test('failure 16: a liaison report has the origin of whoever wrote it first, so that two services are one source', () => {
  const origin = { agency: 'Ally', serial: '77' };
  expect(draftOf(aReport({ origin }))?.origin).toBe('rep:ally/77');
  expect(
    draftOf(aReport({ origin, category: 'PHISHING', details: {} }), { agency: 'cse', source: 'cse-reports' })?.origin,
  ).toBe('rep:ally/77');
  expect(draftOf(aReport({ origin: { url: 'HTTPS://One.example/a#top' } }))?.origin).toBe('url:https://one.example/a');
  expect(draftOf(aReport({ origin: { url: 'Chirrup:@Otter' } }))?.origin).toBe('url:chirrup:otter');
});

test('groups narrow a report to those who need to know', () => {
  const draft = draftOf(aReport({ paragraphs: ['text (U//TLP:AMBER)'], groups: ['community'] }));
  expect(draft?.marking.needToKnow).toEqual([['community']]);
});

test('a banner may protect more than the paragraphs do', () => {
  expect(draftOf(aReport({ marking: 'SECRET//ORCON/CANADIAN EYES ONLY' }))?.marking.orcon).toBe(true);
});

test('a revised report is a newer revision of the same thing', () => {
  const first = draftOf(aReport())?.native;
  const second = draftOf(aReport({ revisedAt: '2031-09-12T10:00:00Z' }))?.native;
  expect([second?.nativeId, second?.part]).toEqual([first?.nativeId, first?.part]);
  expect(second?.revision).not.toBe(first?.revision);
  expect(second?.revisedAtMs).toBeGreaterThan(first?.revisedAtMs ?? Infinity);
});

test('a report names another by agency and serial, and means its id', () => {
  const parent = draftOf(aReport({ serial: 'cse-9', category: 'PHISHING', details: {} }), {
    agency: 'cse',
    source: 'cse-reports',
  });
  const namespace = policy.agencies.find(({ id }) => id === 'cse')?.namespace ?? '';
  const child = draftOf(aReport({ derivedFrom: [{ agency: 'cse', serial: 'cse-9' }] }));
  expect(parent).toBeDefined();
  expect(child?.derivedFrom).toEqual([deriveId(namespace, parent!.native)]);
});

const ID = '613caf82-0168-5488-8bd0-8af7e5e8109e';
const aPosition = (over: Readonly<Record<string, unknown>> = {}) => ({
  kind: 'position',
  serial: 'p-1',
  dateOfInformation: '2031-09-14T11:00:00Z',
  about: ID,
  seen: { view: 's-can', version: 2 },
  stance: 'DISSENT',
  definitionId: 'ordinary-diplomacy',
  likelihood: { lexiconId: 'icd203', term: 'likely' },
  paragraphs: ['We read it as ordinary diplomacy. (S//CANADIAN EYES ONLY)'],
  ...over,
});

test('a position keeps stance, definition and the numbers of its term, and has no origin', () => {
  const draft = draftOf(aPosition());
  expect(draft).toMatchObject({
    type: 'AgencyPosition',
    fields: {
      about: ID,
      stance: 'DISSENT',
      definitionId: 'ordinary-diplomacy',
      likelihood: { term: 'likely', lo: 55, hi: 80 },
    },
  });
  expect(draft?.origin).toBeUndefined();
});

test.each([
  ['without a definition', { definitionId: undefined }, '/definitionId MISSING_PROPERTY'],
  ['that cites what policy does not define', { definitionId: 'a-hunch/1' }, '/definitionId BAD_VALUE'],
  ['on what nobody named', { about: 'that one' }, '/about BAD_VALUE'],
  ['without what was seen', { seen: undefined }, '/seen MISSING_PROPERTY'],
  ['on a view that is none', { seen: { view: 'x', version: 1 } }, '/seen/view BAD_VALUE'],
  ['with a term of no lexicon', { likelihood: { lexiconId: 'icd203', term: 'maybe' } }, '/likelihood/term BAD_VALUE'],
  ['without text or marking', { stance: 'CONCUR', paragraphs: undefined }, '/marking MARKING_REQUIRED'],
  ['with values', { values: {} }, '/values UNKNOWN_PROPERTY'],
])('a position %s is refused', (_name, over, is) => {
  expect(refusalOf(aPosition(over))).toBe(`1 ${is}`);
});

test('a lineage link names child and parent and states its own marking', () => {
  const link = {
    kind: 'lineage-link',
    serial: 'l-1',
    dateOfInformation: '2031-09-14',
    child: ID,
    parent: { agency: 'csis', serial: 's-1' },
    basis: 'TEARLINE',
  };
  expect(draftOf({ ...link, marking: 'SECRET//CANADIAN EYES ONLY' })).toMatchObject({
    type: 'LineageLink',
    fields: { child: ID, basis: 'TEARLINE' },
  });
  expect(refusalOf(link)).toBe('1 /marking MARKING_REQUIRED');
  expect(refusalOf({ ...link, marking: 'SECRET//CANADIAN EYES ONLY', basis: 'HUNCH' })).toBe('1 /basis BAD_VALUE');
});

test('a recall withdraws a thing by format and name, or one record by its id', () => {
  const recall = { kind: 'recall', serial: 'r-1', reason: 'an account that does not belong' };
  expect(
    read({ ...recall, recalls: { format: 'platform-report', nativeId: '2231' }, replacement: ID }).fates[0],
  ).toMatchObject({
    status: 'withdrawn',
    withdrawal: { format: 'platform-report', nativeId: '2231', reason: recall.reason, replacement: ID },
  });
  expect(read({ ...recall, recalls: ID.toUpperCase() }).fates[0]).toMatchObject({ withdrawal: { recordId: ID } });
  expect(refusalOf(recall)).toBe('1 /recalls MISSING_PROPERTY');
  expect(refusalOf({ ...recall, reason: ' ', recalls: ID })).toBe('1 /reason MISSING_PROPERTY');
});

test.each([
  ['neither JSON nor Markdown', 'serial: x', '1  UNREADABLE'],
  ['with front matter that does not end', '---\nserial: x\n', '1  UNREADABLE'],
  ['with front matter that is a list', '---\n- a\n---\n', '1  UNREADABLE'],
  ['with a key given twice', '---\nserial: a\nserial: b\n---\n', '3  UNREADABLE'],
  ['with an alias', '---\na: &x [1]\nb: *x\n---\n', '1  UNREADABLE'],
  ['with a tag', '---\nserial: !!binary x\n---\n', '2  UNREADABLE'],
  ['with front matter that nobody would write', `---\na: ${'['.repeat(60_000)}\n---\n`, '2  UNREADABLE'],
  ['with front matter longer than any', `---\na: ${'x'.repeat(70_000)}\n---\n`, '1  UNREADABLE'],
  ['with paragraphs in the front matter', '---\nserial: x\nparagraphs: [a]\n---\n', '3  UNREADABLE'],
  ['nested without end', `[${'['.repeat(9_000)}${']'.repeat(9_000)}]`, '1 /0 NOT_AN_OBJECT'],
])('a file %s is one refused item', (_name, content, is) => {
  expect(refusalOf(content)).toBe(is);
});

test('a key named __proto__ or constructor is a property like another', () => {
  expect(refusalOf('---\n__proto__: x\nserial: y\n---\ntext (U)\n')).toBe('1 /dateOfInformation MISSING_PROPERTY');
  expect(refusalOf(JSON.stringify(aReport({ constructor: 'x' })))).toBe('1 /constructor UNKNOWN_PROPERTY');
});
