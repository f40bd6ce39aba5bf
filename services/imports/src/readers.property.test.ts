import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Policy } from '@sitebus/sdk';
import { eveReader } from './eve/reader.ts';
import { accountsReader } from './gac/accounts.ts';
import { coShareReader } from './gac/coshare.ts';
import { domainsReader } from './gac/domains.ts';
import { influenceReader } from './gac/influence.ts';
import { postsReader } from './gac/posts.ts';
import { deriveId } from './ids.ts';
import { mispReader } from './misp/reader.ts';
import type { FormatReader, Reading } from './reading.ts';
import { reportReader } from './report/reader.ts';
import { stixReader } from './stix/reader.ts';
import { aReadingContext, createImportBench, draftsOf } from './testing/index.ts';
import { tipsReader } from './tips/reader.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

const READERS: readonly { readonly reader: FormatReader; readonly agency: string; readonly source: string }[] = [
  { reader: mispReader, agency: 'cse', source: 'cse-misp' },
  { reader: stixReader, agency: 'cse', source: 'cse-stix' },
  { reader: influenceReader, agency: 'gac', source: 'gac-influence' },
  { reader: postsReader, agency: 'gac', source: 'gac-posts' },
  { reader: accountsReader, agency: 'gac', source: 'gac-accounts' },
  { reader: domainsReader, agency: 'gac', source: 'gac-domains' },
  { reader: coShareReader, agency: 'gac', source: 'gac-co-share' },
  { reader: eveReader, agency: 'cse', source: 'cse-eve' },
  { reader: reportReader, agency: 'csis', source: 'csis-reports' },
  { reader: tipsReader, agency: 'rcmp', source: 'rcmp-tips' },
];

function read({ reader, agency, source }: (typeof READERS)[number], content: Buffer): Reading {
  return reader.read(content, aReadingContext(policy, { agency, source, format: reader.format }));
}
const NAMESPACE = '6a0f5a52-6c1d-5d0e-8e57-11d1c0de0001';
const written = (reading: Reading): string[] =>
  draftsOf(reading)
    .map((draft) => `${deriveId(NAMESPACE, draft.native)} ${JSON.stringify(draft)}`)
    .sort();

/** JSON whose keys and values are those the readers look for, in places where they do not expect them. */
function nearJson(): fc.Arbitrary<unknown> {
  const words = [
    'Event',
    'response',
    'Attribute',
    'Object',
    'Tag',
    'name',
    'type',
    'value',
    'category',
    'uuid',
    'timestamp',
    'date',
    'deleted',
    'distribution',
    'SharingGroup',
    'objects',
    'id',
    'object_refs',
    'object_marking_refs',
    'granular_markings',
    'source_ref',
    'target_ref',
    'sighting_of_ref',
    'relationship_type',
    'created_by_ref',
    'hashes',
    'pattern',
    'extensions',
    'labels',
    'external_references',
    'serial',
    'title',
    'kind',
    'observedAt',
    'texts',
    'urls',
    'account',
    'platform',
    'event_type',
    'alert',
    'flow_id',
    'dns',
    'paragraphs',
    'values',
    'details',
    'received_at',
    'firsthand',
    '__proto__',
    'constructor',
    'toString',
  ];
  const values = [
    'bundle',
    'report',
    'note',
    'relationship',
    'sighting',
    'channel',
    'narrative',
    'incident',
    'alert',
    'position',
    'recall',
    'text (S//CANADIAN EYES ONLY)',
    'indicator',
    'identity',
    'domain',
    'domain|ip',
    'url',
    'tlp:green',
    'tlp:ex:chr',
    'a--1',
    'b--2',
    'one.example',
    'one[.]example|192.0.2.1',
    "[a:b = 'c']",
    '2031-09-01T10:00:00Z',
    '\ud800',
    '\u0000',
    '4',
    '',
    ' ',
  ];
  return fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.constantFrom(...values),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('node'), { maxLength: 5 }),
      fc.dictionary(fc.constantFrom(...words), tie('node'), { maxKeys: 8 }),
    ),
  })).node;
}

test('any bytes and any JSON give every reader’s items one fate each, never an exception', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', maxLength: 400 }).map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    nearJson().map((value) => Buffer.from(JSON.stringify(value))),
    nearJson().map((value) => Buffer.from(JSON.stringify({ type: 'bundle', objects: [value, value] }))),
    nearJson().map((value) =>
      Buffer.from(
        JSON.stringify({ Event: { uuid: 'u', Tag: [{ name: 'tlp:green' }], Attribute: [value], Object: [value] } }),
      ),
    ),
  );
  fc.assert(
    fc.property(anything, (content) => {
      for (const each of READERS) {
        for (const fate of read(each, content).fates)
          expect(['carried', 'withdrawn', 'refused', 'skipped']).toContain(fate.status);
      }
    }),
    { numRuns: 150 },
  );
});

const attribute = fc.record({
  type: fc.constantFrom(
    'domain',
    'ip-dst',
    'url',
    'sha1',
    'text',
    'domain|ip',
    'email-dst',
    'threat-actor',
    'unheard-of',
  ),
  category: fc.constantFrom('Network activity', 'Person', 'External analysis'),
  value: fc.constantFrom(
    'one.example',
    'two.example',
    '192.0.2.1',
    'https://one.example/a',
    'a'.repeat(40),
    'one.example|192.0.2.1',
    'some words',
  ),
  to_ids: fc.boolean(),
  Tag: fc.constantFrom([], [{ name: 'tlp:red' }], [{ name: 'tlp:ex:chr' }]),
});
const eventOf = (attributes: readonly unknown[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      Event: {
        uuid: '5d2f3b0e-1111-4222-8333-444455556666',
        info: 'x',
        date: '2031-09-19',
        timestamp: '1947574800',
        Tag: [{ name: 'tlp:green' }],
        Attribute: attributes,
      },
    }),
  );
const misp = { reader: mispReader, agency: 'cse', source: 'cse-misp' };

test('the order of MISP attributes changes neither ids nor content', () => {
  const shuffled = fc
    .array(attribute, { minLength: 2, maxLength: 12 })
    .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
  fc.assert(
    fc.property(shuffled, ([list, other]) =>
      expect(written(read(misp, eventOf(other)))).toEqual(written(read(misp, eventOf(list)))),
    ),
  );
});

test('a refused attribute costs only itself: without it the rest is the same, but for what it alone said', () => {
  fc.assert(
    fc.property(fc.array(attribute, { maxLength: 10 }), fc.nat(10), (list, place) => {
      const bad = { type: 'domain', category: 'Person', value: 'ada.example', to_ids: true, Tag: [] };
      const at = Math.min(place, list.length);
      const withBad = read(misp, eventOf([...list.slice(0, at), bad, ...list.slice(at)]));
      expect(withBad.fates[at + 1]?.status).toBe('refused');
      expect(written(withBad)).toEqual(written(read(misp, eventOf(list))));
    }),
  );
});

const stix = { reader: stixReader, agency: 'cse', source: 'cse-stix' };
const id = (type: string, n: number): string => `${type}--00000000-0000-4000-8000-00000000000${n}`;
const object = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('domain-name', 'malware', 'channel', 'narrative', 'incident', 'campaign', 'identity', 'x-odd'),
      fc.nat(3),
    )
    .map(([type, n]) => ({ type, id: id(type, n), name: `n${n}`, value: `host-${n}.example` })),
  fc
    .tuple(
      fc.constantFrom('report', 'note', 'grouping'),
      fc.nat(3),
      fc.array(fc.tuple(fc.constantFrom('domain-name', 'channel', 'narrative', 'report', 'note'), fc.nat(3)), {
        maxLength: 4,
      }),
    )
    .map(([type, n, refs]) => ({ type, id: id(type, n), name: 'r', object_refs: refs.map(([of, m]) => id(of, m)) })),
  fc
    .tuple(
      fc.constantFrom('publishes', 'amplifies', 'uses', 'targets', 'related-to'),
      fc.constantFrom('channel', 'narrative', 'campaign'),
      fc.constantFrom('channel', 'domain-name', 'identity'),
      fc.nat(3),
      fc.nat(9),
    )
    .map(([kind, from, to, n, own]) => ({
      type: 'relationship',
      id: id('relationship', own),
      relationship_type: kind,
      source_ref: id(from, n),
      target_ref: id(to, n),
    })),
);

test('the order of STIX objects changes neither ids nor content', () => {
  const bundles = fc
    .uniqueArray(object, { minLength: 2, maxLength: 14, selector: (each) => each.id })
    .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
  const bundleOf = (objects: readonly unknown[]): Buffer => Buffer.from(JSON.stringify({ type: 'bundle', objects }));
  fc.assert(
    fc.property(bundles, ([list, other]) => {
      expect(written(read(stix, bundleOf(other)))).toEqual(written(read(stix, bundleOf(list))));
    }),
    { numRuns: 150 },
  );
});
