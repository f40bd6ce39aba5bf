import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import type { ReadingContext } from '../reading.ts';
import { aReadingContext, createImportBench, draftsOf, fateLine } from '../testing/index.ts';
import { OBSERVATION_EXTENSION } from './group-source.ts';
import { MARKING_EXTENSION } from './markings.ts';
import { stixReader } from './reader.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

type Properties = Readonly<Record<string, unknown>>;
let counter = 0;
const GREEN = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
const OLD_WHITE = 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9';

function an(type: string, properties: Properties = {}): Properties & { readonly id: string } {
  counter += 1;
  return {
    type,
    spec_version: '2.1',
    id: `${type}--00000000-0000-4000-8000-${String(counter).padStart(12, '0')}`,
    created: '2031-09-01T00:00:00.000Z',
    modified: '2031-09-01T00:00:00.000Z',
    object_marking_refs: [GREEN],
    ...properties,
  };
}
const relation = (
  relationship_type: string,
  source: { id: string },
  target: { id: string },
  properties: Properties = {},
) => an('relationship', { relationship_type, source_ref: source.id, target_ref: target.id, ...properties });
const reportOf = (objects: readonly { id: string }[], properties: Properties = {}) =>
  an('report', {
    name: 'A report',
    published: '2031-09-02T00:00:00.000Z',
    object_refs: objects.map(({ id }) => id),
    ...properties,
  });

function read(objects: readonly unknown[], over: Partial<ReadingContext> = {}) {
  const context = aReadingContext(policy, { agency: 'gac', source: 'gac-opencti', format: 'stix', ...over });
  return stixReader.read(Buffer.from(JSON.stringify({ type: 'bundle', id: 'bundle--1', objects })), context);
}
const fieldsOf = (objects: readonly { id: string }[]): Properties =>
  draftsOf(read([...objects, reportOf(objects)]))[0]?.fields ?? {};

const SHA256 = 'b'.repeat(64);
const mapped: readonly [string, Properties & { id: string }, Properties][] = [
  ['a domain name', an('domain-name', { value: 'One.example' }), { domains: ['one.example'] }],
  ['an address', an('ipv6-addr', { value: '2001:db8::1' }), { ips: ['2001:db8::1'] }],
  [
    'a file',
    an('file', { hashes: { 'SHA-256': SHA256, SSDEEP: '3:ab:cd' } }),
    { hashes: [SHA256], fuzzyHashes: ['ssdeep:3:ab:cd'] },
  ],
  ['an account', an('user-account', { account_type: 'chirrup', account_login: '@Ann' }), { accounts: ['chirrup:ann'] }],
  [
    'an account without platform',
    an('user-account', { account_login: '@Ann' }),
    { accounts: [], context: ['user-account: @Ann'] },
  ],
  ['a certificate', an('x509-certificate', { hashes: { 'SHA-256': SHA256 } }), { certificates: [SHA256] }],
  [
    'a pattern',
    an('indicator', {
      pattern: "[domain-name:value = 'one.example' OR file:hashes.'SHA-256' = '" + SHA256 + "']",
      pattern_type: 'stix',
    }),
    { domains: ['one.example'], hashes: [SHA256] },
  ],
  [
    'a pattern of another language',
    an('indicator', { pattern: 'rule r {}', pattern_type: 'yara' }),
    { domains: [], context: ['pattern: rule r {}'] },
  ],
  ['malware', an('malware', { name: 'Moth' }), { context: ['malware: Moth'] }],
];
for (const [name, object, fields] of mapped) {
  test(`${name} becomes ${JSON.stringify(fields)}`, () => {
    expect(fieldsOf([object])).toMatchObject(fields);
  });
}

test('a technique is told by the shape of its id, actors and targets by their relations', () => {
  const disarm = an('attack-pattern', {
    name: 'Flooding',
    external_references: [{ source_name: 'mitre-attack', external_id: 'T0049' }],
  });
  const attack = an('attack-pattern', { name: 'Phishing', x_mitre_id: 'T1566' });
  const campaign = an('campaign', { name: 'Paper Lantern' });
  const paper = an('identity', { name: 'The Évening Paper', identity_class: 'organization' });
  const place = an('location', { name: 'Harrow Lake', country: 'XVA' });
  const objects = [
    disarm,
    attack,
    campaign,
    paper,
    place,
    relation('targets', campaign, paper),
    relation('located-at', paper, place),
  ];
  expect(fieldsOf(objects)['report']).toMatchObject({
    ttps: [
      { framework: 'ATTACK', id: 'T1566' },
      { framework: 'DISARM', id: 'T0049' },
    ],
    actorClaims: [{ actor: 'Paper Lantern', basis: 'RELAYED' }],
    targets: [{ kind: 'OTHER', ref: 'org:the-evening-paper' }],
    labels: ['country:XVA'],
  });
});

const settled: readonly [string, () => readonly unknown[], readonly string[]][] = [
  [
    'a relationship whose end is missing',
    () => {
      const d = an('domain-name', { value: 'one.example' });
      return [d, relation('related-to', d, { id: 'malware--x' })];
    },
    ['carried', 'refused DANGLING_REF'],
  ],
  [
    'a type nobody knows',
    () => [an('x-thing'), an('domain-name', { value: 'one.example' })],
    ['skipped UNKNOWN_TYPE', 'carried'],
  ],
  [
    'a marking ref that points to nothing',
    () => [
      an('domain-name', {
        value: 'one.example',
        object_marking_refs: ['marking-definition--00000000-0000-4000-8000-0000000000ff'],
      }),
    ],
    ['refused MARKING_UNREADABLE'],
  ],
  [
    'a private person',
    () => [an('identity', { name: 'Ada', identity_class: 'individual' }), an('domain-name', { value: 'one.example' })],
    ['refused PERSONAL_DATA', 'carried'],
  ],
  [
    'a definition',
    () => [
      { type: 'marking-definition', id: OLD_WHITE, definition_type: 'tlp', definition: { tlp: 'white' } },
      an('domain-name', { value: 'one.example' }),
    ],
    ['skipped DEFINITION', 'carried'],
  ],
  ['a revoked report', () => [an('report', { revoked: true, object_refs: [] })], ['withdrawn']],
  [
    'an older version beside a newer',
    () => {
      const d = an('domain-name', { value: 'one.example' });
      return [d, { ...d, modified: '2031-09-02T00:00:00.000Z' }];
    },
    ['skipped OLDER_VERSION', 'carried'],
  ],
  [
    'something that is no object',
    () => [7, an('domain-name', { value: 'one.example' })],
    ['refused NOT_AN_OBJECT', 'carried'],
  ],
];
for (const [name, objects, fates] of settled) {
  test(`${name} ends as ${fates.join(', ')}`, () => {
    expect(read(objects()).fates.map(fateLine)).toEqual(fates);
  });
}

test('an unmarked object of a source without a decision for that is refused, its marked neighbour is not', () => {
  const without = {
    ...policy,
    importDecisions: policy.importDecisions.filter(({ condition }) => condition !== 'UNMARKED'),
  };
  const reading = read(
    [an('domain-name', { value: 'one.example', object_marking_refs: [] }), an('domain-name', { value: 'two.example' })],
    { policy: without },
  );
  expect(reading.fates.map(fateLine)).toEqual(['refused MARKING_REQUIRED', 'carried']);
});

test('object-level and granular markings join, and the old TLP:WHITE is CLEAR', () => {
  const granular = an('domain-name', {
    value: 'one.example',
    object_marking_refs: [OLD_WHITE],
    granular_markings: [{ marking_ref: RED, selectors: ['value'] }],
  });
  const drafts = draftsOf(
    read([granular, an('domain-name', { value: 'two.example', object_marking_refs: [OLD_WHITE] })]),
  );
  expect(drafts.map(({ marking, fields }) => [marking.tlp, fields['domains']]).sort()).toEqual([
    ['CLEAR', ['two.example']],
    ['RED', ['one.example']],
  ]);
});

const OURS = {
  extension_type: 'property-extension',
  classified: 'SECRET',
  protected: 'NONE',
  rel_to: ['CAN', 'GBR'],
  tlp: 'CLEAR',
  orcon: false,
  owners: ['CAN'],
  origins: ['cse'],
  banner: 'SECRET//REL TO CAN, GBR',
};
const ourMarking = (over: Properties = {}) => ({
  type: 'marking-definition',
  id: 'marking-definition--00000000-0000-4000-8000-00000000aaaa',
  extensions: { [MARKING_EXTENSION]: { ...OURS, ...over } },
});
const markedByUs = (over: Properties = {}) => [
  ourMarking(over),
  an('domain-name', { value: 'one.example', object_marking_refs: [ourMarking().id] }),
];

test('our own marking definition is read whole', () => {
  const [draft] = draftsOf(read(markedByUs(), { agency: 'cse', source: 'cse-stix' }));
  expect(draft?.marking).toMatchObject({
    classified: 'SECRET',
    relTo: ['CAN', 'GBR'],
    owners: ['CAN'],
    origins: ['cse'],
  });
});

test.each([
  ['a banner that contradicts the fields', { banner: 'UNCLASSIFIED//TLP:CLEAR' }],
  ['no level', { classified: undefined }],
  ['no release', { rel_to: undefined }],
  ['a level that is none', { classified: 'COSMIC' }],
  ['a classified level released to all', { rel_to: 'ALL', banner: undefined }],
])('our own marking definition with %s is refused', (_name, over) => {
  expect(read(markedByUs(over), { agency: 'cse', source: 'cse-stix' }).fates.map(fateLine)).toEqual([
    'skipped DEFINITION',
    'refused MARKING_UNREADABLE',
  ]);
});

test('an incident takes the values of its report, and our extension says what STIX has no property for', () => {
  const incident = an('incident', {
    name: 'Letters published',
    extensions: {
      [OBSERVATION_EXTENSION]: { category: 'HACK_AND_LEAK', phase: 'CAMPAIGN_IT', authenticity_of_leak: 'ALTERED' },
    },
  });
  const domain = an('domain-name', { value: 'leak.example' });
  const objects = [incident, domain, relation('related-to', incident, domain)];
  const drafts = draftsOf(read([...objects, reportOf(objects)]));
  expect(drafts.map(({ type }) => type)).toEqual(['CyberIncident']);
  expect(drafts[0]?.fields).toMatchObject({
    domains: ['leak.example'],
    authenticityOfLeak: 'ALTERED',
    phase: 'CAMPAIGN_IT',
    report: { category: 'HACK_AND_LEAK' },
  });
});

test('a value marked above its incident stays out of it', () => {
  const incident = an('incident', { name: 'Letters published' });
  const secret = an('domain-name', { value: 'leak.example', object_marking_refs: [RED] });
  const drafts = draftsOf(read([incident, secret, reportOf([incident, secret])]));
  expect(drafts.map(({ type, marking, fields }) => [type, marking.tlp, fields['domains']])).toEqual([
    ['CyberIncident', 'GREEN', []],
    ['IndicatorReport', 'RED', ['leak.example']],
  ]);
});

test('our extension says of a medium what it looks like and that a machine made it, and of an identity whom it is', () => {
  const ours = { media: [`sha256:${SHA256.toUpperCase()}`, 'no hash'], synthetic: true };
  const medium = an('media-content', {
    title: 'Une voix',
    url: 'https://chirrup.example/posts/1',
    lang: 'fr',
    extensions: { [OBSERVATION_EXTENSION]: ours },
  });
  const party = an('identity', {
    name: 'Civic Renewal',
    extensions: { [OBSERVATION_EXTENSION]: { target_kind: 'PARTY', target_ref: 'party:civic-renewal' } },
  });
  const stranger = an('identity', { name: 'Harbour Office' });
  const targets = [party, stranger].map((identity) => relation('targets', medium, identity));
  const reading = read([medium, party, stranger, ...targets, reportOf([medium, party, stranger, ...targets])]);
  const drafts = draftsOf(reading);
  expect(drafts.map(({ type }) => type)).toEqual(['InfluenceActivity']); // targets are facts, and no report beside it
  expect(drafts[0]?.fields).toMatchObject({
    media: [`sha256:${SHA256}`],
    synthetic: true,
    texts: [{ text: 'Une voix', lang: 'fr' }],
    report: {
      labels: expect.arrayContaining(['media:no hash']),
      targets: [
        { kind: 'OTHER', ref: 'org:harbour-office', suppressedAs: null },
        { kind: 'PARTY', ref: 'party:civic-renewal', suppressedAs: null },
      ],
    },
  });
  expect(reading.fates.map(({ status }) => status)).toEqual(reading.fates.map(() => 'carried'));
});

test('a narrative takes its channels, at most forty a part', () => {
  const narrative = an('narrative', { name: 'The harbour was sold', narrative_types: ['economy'] });
  const channels = Array.from({ length: 41 }, (_, index) => an('channel', { name: `chirrup.example/voice_${index}` }));
  const objects = [narrative, ...channels, ...channels.map((channel) => relation('publishes', channel, narrative))];
  const drafts = draftsOf(read([...objects, reportOf(objects)]));
  expect(drafts.map(({ type, fields }) => [type, fields['kind'], (fields['accounts'] as string[]).length])).toEqual([
    ['InfluenceActivity', 'NARRATIVE', 40],
    ['InfluenceActivity', 'NARRATIVE', 1],
  ]);
  expect(drafts[0]?.fields).toMatchObject({
    narrativeTypes: ['economy'],
    texts: [{ text: 'The harbour was sold', lang: 'und' }],
  });
});

test('a channel in no narrative is an observation of its own, with the channels it amplifies', () => {
  const [page, site] = [an('channel', { name: 'vk.example/page' }), an('channel', { name: 'local-news.example' })];
  const objects = [page, site, relation('amplifies', page, site)];
  const drafts = draftsOf(read([...objects, reportOf(objects)]));
  expect(drafts.map(({ fields }) => [fields['kind'], fields['accounts'], fields['domains']])).toEqual([
    ['CHANNEL', ['vk:page'], ['local-news.example']],
    ['CHANNEL', [], ['local-news.example']],
  ]);
});

test('an event keeps its times, a medium its address, and a placeholder is no address', () => {
  const event = an('event', {
    name: 'A debate',
    start_time: '2031-09-01T10:00:00Z',
    stop_time: '2031-09-01T12:00:00Z',
    event_types: ['debate'],
  });
  const [medium, placeholder] = [
    an('media-content', { title: 'A petition', url: 'petition.example/sign' }),
    an('media-content', { title: 'A tweet', url: 'to be filled in' }),
  ];
  const objects = [event, medium, placeholder];
  const drafts = draftsOf(read([...objects, reportOf(objects)]));
  const byKind = drafts.map(({ fields }) => [fields['kind'], fields['urls'], fields['startTime']]);
  expect(byKind).toEqual([
    ['EVENT', [], Date.UTC(2031, 8, 1, 10)],
    ['CONTENT', ['https://petition.example/sign'], null],
    ['CONTENT', [], null],
  ]);
});

test('a note about a report is a paragraph of the report', () => {
  const domain = an('domain-name', { value: 'one.example' });
  const report = reportOf([domain], { description: 'What was seen.' });
  const note = an('note', { content: 'What was added.', object_refs: [report.id] });
  const drafts = draftsOf(read([domain, report, note]));
  expect(drafts.map(({ native }) => native.nativeId)).toEqual([report.id]);
  expect(drafts[0]?.fields['report']).toMatchObject({
    portions: [{ text: 'What was seen.' }, { text: 'What was added.' }],
  });
});

test('objects in no container make one report per creator, whose name is not in it', () => {
  const creator = an('identity', { name: 'Some desk', identity_class: 'organization' });
  const drafts = draftsOf(
    read([
      creator,
      an('domain-name', { value: 'one.example', created_by_ref: creator.id }),
      an('domain-name', { value: 'two.example' }),
    ]),
  );
  expect(drafts.map(({ fields }) => fields['domains']).sort()).toEqual([['one.example'], ['two.example']]);
  expect(JSON.stringify(drafts)).not.toContain('Some desk');
});

test('a sighting gives its report times and a count', () => {
  const domain = an('domain-name', { value: 'one.example' });
  const sighting = an('sighting', {
    sighting_of_ref: domain.id,
    first_seen: '2031-08-01T00:00:00Z',
    last_seen: '2031-08-02T00:00:00Z',
    count: 7,
  });
  const fields = fieldsOf([domain, sighting]);
  expect(fields).toMatchObject({
    context: ['sighting: one.example, count 7'],
    report: { firstSeen: Date.UTC(2031, 7, 1), lastSeen: Date.UTC(2031, 7, 2) },
  });
});
