import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAtLeast } from '@sitebus/marking';
import { fromWire, type Observation, type Policy } from '@sitebus/sdk';
import { aReadingContext, createImportBench, draftsOf, fateLine } from '../testing/index.ts';
import { readerObeysItsLaws } from '../testing/reader-laws.ts';
import { reportReader } from './reader.ts';

const MARKS = [
  '(U//TLP:CLEAR)',
  '(U//TLP:AMBER)',
  '(PB//CANADIAN EYES ONLY)',
  '(S//CANADIAN EYES ONLY)',
  '(S//REL TO CAN, GBR)',
] as const;
const words = fc.string({
  unit: fc.constantFrom('a', 'é', ' ', ':', '#', '-', '"', "'", '{', '&', '*', '!', '🦦'),
  maxLength: 14,
});
const text = words.map((inner) => `t${inner}t`);
const paragraph = fc
  .tuple(text, fc.constantFrom(...MARKS), fc.boolean())
  .map(([said, mark, leads]) => (leads ? `${mark} ${said}` : `${said} ${mark}`));
const body = fc.record({
  title: text,
  category: fc.constantFrom('INFORMATION_MANIPULATION', 'OTHER'),
  dateOfInformation: fc.constantFrom('2031-09-11', '2031-09-11T15:00:00-04:00'),
  sourceGrade: fc.constantFrom(undefined, 'A', 'f'),
  soWhat: text,
  values: fc.record({
    domains: fc.subarray(['one.example', 'two[.]example', 'élection.example']),
    accounts: fc.subarray(['chirrup:otter', 'Parlure:@Loutre']),
    texts: fc.array(text, { maxLength: 2 }),
  }),
  details: fc.record({ method: text, onBehalfOf: fc.constantFrom(undefined, 'XVA') }),
  paragraphs: fc.array(paragraph, { minLength: 1, maxLength: 4 }),
});
const reports = fc
  .array(body, { minLength: 1, maxLength: 6 })
  .map((list) => list.map((each, n) => ({ serial: `s-${n}`, ...each })));

readerObeysItsLaws<unknown>({
  reader: reportReader,
  agency: 'csis',
  source: 'csis-reports',
  good: reports,
  bad: fc
    .tuple(
      body,
      fc.constantFrom<Readonly<Record<string, unknown>>>(
        { paragraphs: ['no mark'] },
        { serial: '' },
        { colour: 'red' },
        { values: { persons: ['Ada Quill'] } },
        { category: 'CANDIDATE_THREAT', details: { method: 'none of this record' } },
        { kind: 'recall' },
      ),
    )
    .map(([report, over]) => ({ serial: 's-bad', ...report, ...over })),
  fileOf: (items) => Buffer.from(JSON.stringify(items)),
});

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});
const read = (content: string) =>
  reportReader.read(
    Buffer.from(content),
    aReadingContext(policy, { agency: 'csis', source: 'csis-reports', format: 'report' }),
  );

test('a report says the same as JSON and as Markdown', () => {
  fc.assert(
    fc.property(reports, ([report]) => {
      const { paragraphs, ...named } = report ?? { paragraphs: [] };
      const front = Object.entries(named).flatMap(([key, value]) =>
        value === undefined ? [] : `${key}: ${JSON.stringify(value)}`,
      );
      const markdown = ['---', ...front, '---', ...paragraphs.flatMap((each) => ['', each])].join('\n');
      const readings = [read(JSON.stringify(report)), read(markdown)];
      expect(readings.map(({ fates }) => fates.map(fateLine))).toEqual([['carried'], ['carried']]);
      const [json, md] = readings.map(draftsOf);
      expect(md).toEqual(json);
    }),
    { numRuns: 300 },
  );
});

test('whichever paragraph loses its mark, the report is refused there; otherwise its marking protects each of them', () => {
  fc.assert(
    fc.property(body, fc.nat(), (report, place) => {
      const at = place % report.paragraphs.length;
      const spoiled = report.paragraphs.map((each, n) => (n === at ? 'nobody marked this' : each));
      expect(read(JSON.stringify({ serial: 's', ...report, paragraphs: spoiled })).fates[0]).toMatchObject({
        status: 'refused',
        code: 'PORTION_MISSING',
        pointer: `/paragraphs/${at}`,
      });
      const [draft] = draftsOf(read(JSON.stringify({ serial: 's', ...report })));
      const { portions } = draft?.fields['report'] as Observation<'CovertActivity'>['report'];
      expect(portions).toHaveLength(report.paragraphs.length);
      for (const { marking } of portions)
        expect(draft !== undefined && isAtLeast(draft.marking, fromWire(marking))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
