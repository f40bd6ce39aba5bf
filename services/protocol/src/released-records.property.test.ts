// T1 to T3 and G3: what the records that go down hold, and what they cannot hold. Properties answer with a boolean, and
// compare JSON: each runs ten thousand times.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMarking, isAtLeast } from '@sitebus/marking';
import {
  fromWire,
  toWire,
  type CitedRecord,
  type HandedDown,
  type TearlineDraft,
  type WireMarking,
} from '@sitebus/sdk';
import { downgradedRecords, recallOf, tearlineRecords, VALUE_FIELDS, type RecordValue } from './released-records.ts';
import { CITED, HIGH, LOW, RUNS } from './testing/drawn-commands.ts';

const AT = 1_947_589_200_000;
const text = JSON.stringify;
const word = () => fc.constantFrom('a', 'Bonjour', '…', 'ballot-mirror.example', '10.0.0.1');
const SI = toWire(createMarking({ ...fromWire(HIGH), compartments: ['SI'] }));

const someDraft = (): fc.Arbitrary<TearlineDraft> =>
  fc.record({
    text: word(),
    lang: fc.constantFrom('en', 'fr'),
    title: word(),
    category: fc.constantFrom('OTHER', 'PHISHING'),
    soWhat: word(),
    values: fc.array(fc.record({ kind: fc.constantFrom(...Object.keys(VALUE_FIELDS)), value: word() }), {
      maxLength: 4,
    }),
    marking: fc.constant(LOW),
    contentHash: word(),
  });
const someSource = (): fc.Arbitrary<CitedRecord> =>
  fc.constantFrom(
    CITED,
    { ...CITED, id: 'another', agency: 'csis', cell: 'ts-can', topic: 'obs.ts-can.csis', partition: 3, offset: '12' },
    { ...CITED, id: 'a third', contentHash: 'x', marking: SI },
  );
const someIds = (): fc.Arbitrary<HandedDown> =>
  fc.nat(5).map((n) => ({ id: `lower ${n}`, linkId: `link ${n}`, origin: `origin ${n}` }));

test('T1: the published record is the same whatever the source was: it holds the draft, what was drawn for it, and constants', () => {
  fc.assert(
    fc.property(someDraft(), someSource(), someSource(), someIds(), (draft, one, another, ids) => {
      const { lower } = tearlineRecords(draft, one, ids, AT);
      const lists = lower as Record<string, readonly string[]>;
      const values = Object.values(VALUE_FIELDS).flatMap((field) => lists[field] ?? []);
      return (
        text(lower) === text(tearlineRecords(draft, another, ids, AT).lower) &&
        text([...values].sort()) === text(draft.values.map(({ value }) => value).sort())
      );
    }),
    { numRuns: RUNS },
  );
});

test('T2: the record above names the lower as child and the source as parent, under a marking that protects both', () => {
  fc.assert(
    fc.property(someDraft(), someSource(), someIds(), (draft, source, ids) => {
      const { link, lower } = tearlineRecords(draft, source, ids, AT);
      const marking = fromWire((link['envelope'] as { marking: WireMarking }).marking);
      return (
        text([link['type'], link['child'], link['parent'], link['basis']]) ===
          text(['LineageLink', ids.id, source.id, 'TEARLINE']) &&
        isAtLeast(marking, fromWire(source.marking)) &&
        isAtLeast(marking, fromWire(draft.marking)) &&
        !text(lower).includes(source.id) // the higher cites the lower, never the reverse
      );
    }),
    { numRuns: RUNS },
  );
});

test('T3: two tearlines of one source look like two of two sources', () => {
  const two = <T>(one: fc.Arbitrary<T>) => fc.tuple(one, one);
  fc.assert(
    fc.property(two(someDraft()), two(someSource()), two(someIds()), ([a, b], [one, another], [first, second]) => {
      const ofOne = [tearlineRecords(a, one, first, AT).lower, tearlineRecords(b, one, second, AT).lower];
      const ofTwo = [tearlineRecords(a, one, first, AT).lower, tearlineRecords(b, another, second, AT).lower];
      return (
        text(ofOne) === text(ofTwo) &&
        (ofOne[0]?.['origin'] === ofOne[1]?.['origin']) === (first.origin === second.origin)
      );
    }),
    { numRuns: RUNS },
  );
});

const PART = toWire(
  createMarking({ classified: 'UNCLASSIFIED', tlp: 'GREEN', owners: ['CAN'], origins: ['csis', 'cse'] }),
);
const LOWERED = toWire(createMarking({ ...fromWire(LOW), origins: ['cse', 'csis'] }));

interface Sighting {
  readonly envelope: Record<string, unknown> & { readonly lineage: unknown };
  readonly report: { readonly title: string; readonly portions: readonly { text: string; marking: WireMarking }[] };
  readonly domains: readonly string[];
}

const someValue = (): fc.Arbitrary<RecordValue> =>
  fc
    .record({
      derivedFrom: fc.subarray(['above', 'beside']),
      sourceToken: fc.option(word()),
      portions: fc.array(fc.record({ text: word(), marking: fc.constantFrom(HIGH, PART) }), { minLength: 1, maxLength: 3 }),
      domains: fc.array(word(), { maxLength: 3 }),
    })
    .map(({ derivedFrom, sourceToken, portions, domains }) => ({
      envelope: {
        id: CITED.id, agency: 'cse', observedAt: 1, recordedAt: 2, marking: HIGH, sourceGrade: 'B', infoGrade: 2,
        lineage: { derivedFrom, sourceToken }, supersedes: 'other', recalls: null,
      },
      report: { title: 'title', portions },
      domains,
    })); // prettier-ignore

test('G3: a downgrade makes another record of the same content and token; the one it is made from stays as it was', () => {
  const isBeside = (id: string): boolean => id === 'beside';
  fc.assert(
    fc.property(someValue(), someIds(), (value, ids) => {
      const before = text(value);
      const made = downgradedRecords({ type: 'IndicatorReport', value }, CITED, LOWERED, ids, AT, isBeside);
      const lower = made.lower as unknown as Sighting;
      const was = value as unknown as Sighting;
      const { derivedFrom, sourceToken } = value.envelope.lineage;
      return (
        text(value) === before &&
        text(lower.envelope) ===
          text({
            id: ids.id, agency: 'cse', observedAt: 1, marking: LOWERED, sourceGrade: 'B', infoGrade: 2,
            lineage: { derivedFrom: derivedFrom.filter(isBeside), sourceToken }, supersedes: null, recalls: null,
          }) &&
        text([lower.domains, lower.report.title]) === text([was.domains, was.report.title]) &&
        text(lower.report.portions.map((each) => each.text)) === text(was.report.portions.map((each) => each.text)) &&
        lower.report.portions.every(({ marking }) => isAtLeast(fromWire(LOWERED), fromWire(marking)))
      );
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('a paragraph that was lower than the new marking stays as it was', () => {
  const value = fc.sample(someValue(), 1)[0]!;
  const portions = [{ text: 'a', marking: PART }];
  const made = downgradedRecords({ type: 'IndicatorReport', value: { ...value, report: { portions } } }, CITED, LOWERED, { id: 'a', linkId: 'b', origin: null }, AT, () => false); // prettier-ignore
  expect(made.lower).toMatchObject({ report: { portions } });
});

test('a withdrawal recalls the lower record, under its marking', () => {
  expect(recallOf('a', 'b', LOW, 'wrong', AT)).toMatchObject({
    type: 'Recall',
    envelope: { id: 'a', recalls: 'b', marking: LOW },
    reason: 'wrong',
  });
});
