import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { HEARTBEAT_KEY } from '@sitebus/kit';
import { cellOf } from '@sitebus/marking';
import { fromWire, PEOPLE_TOPIC, sourceTokenOf, type ItemAnswer, type Observation } from '@sitebus/sdk';
import { createAgencyService, type AgencyService, type AgencyServiceParts } from './agency-service.ts';
import { mispReader } from './misp/reader.ts';
import { stixReader } from './stix/reader.ts';
import { createImportBench, importAll, somebodyOf, type ImportBench } from './testing/index.ts';

async function aService(
  over: Partial<AgencyServiceParts> = {},
): Promise<{ readonly bench: ImportBench; readonly service: AgencyService }> {
  const bench = await createImportBench();
  const service = createAgencyService({ ...bench, agency: 'cse', readers: [mispReader, stixReader], ...over });
  await service.start();
  return { bench, service };
}

const UUID = '5d2f3b0e-1111-4222-8333-444455556666';
const OTHER_UUID = '6d2f3b0e-1111-4222-8333-444455556666';
const anEvent = (over: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    Event: {
      uuid: UUID,
      info: 'A page',
      date: '2031-09-19',
      timestamp: '1947574800',
      Orgc: { uuid: 'aaaaaaaa-1111-4222-8333-444455556666' },
      Tag: [{ name: 'tlp:green' }],
      Attribute: [{ type: 'domain', category: 'Network activity', value: 'one.example', to_ids: true }],
      ...over,
    },
  });
const later = {
  timestamp: '1947578400',
  Attribute: [{ type: 'domain', category: 'Network activity', value: 'two.example', to_ids: true }],
};

const envelopes = (bench: ImportBench): readonly Observation['envelope'][] =>
  bench.observations().map(({ value }) => value.envelope as unknown as Observation['envelope']);
const statuses = (answers: readonly ItemAnswer[]): string[] =>
  answers.map((answer) =>
    answer.status === 'accepted'
      ? `accepted${answer.known === true ? ' known' : ''}`
      : `${answer.status} ${answer.code}`,
  );
const misp = async (service: AgencyService, content: string): Promise<string[]> =>
  statuses((await importAll(service, 'misp', 'cse-misp', content)).answers);

test('an imported event lies in the cell of its marking, with id, token and CloudEvents headers', async () => {
  const { bench, service } = await aService();
  const { answers, summary } = await importAll(service, 'misp', 'cse-misp', anEvent());
  const [record] = bench.bus.records('obs.partner.cse');
  const [envelope] = envelopes(bench);
  expect(summary).toEqual({ items: 2, accepted: 2, refused: 0, skipped: 0 });
  expect(answers).toEqual([
    { line: 1, pointer: '/Event', status: 'accepted', id: envelope?.id, cell: 'partner' },
    { line: 2, pointer: '/Event/Attribute/0', status: 'accepted', id: envelope?.id, cell: 'partner' },
  ]);
  expect(record?.key?.toString()).toMatch(new RegExp(`^${envelope?.id}:[0-9a-f]{16}$`));
  expect(record?.headers).toMatchObject({
    ce_id: envelope?.id,
    ce_source: 'urn:sitebus:agency:cse',
    ce_type: 'ca.sitebus.observation.IndicatorReport',
    ce_specversion: '1.0',
    'content-type': 'application/avro',
  });
  expect(envelope?.lineage.sourceToken).toBe(
    sourceTokenOf(bench.signerKey, `misp:aaaaaaaa-1111-4222-8333-444455556666/${UUID}`),
  );
  expect(envelope).toMatchObject({
    agency: 'cse',
    recordedAt: bench.clock.now(),
    observedAt: Date.UTC(2031, 8, 19),
    supersedes: null,
    recalls: null,
  });
});

test('the same file twice yields nothing new, and says so', async () => {
  const { bench, service } = await aService();
  expect(await misp(service, anEvent())).toEqual(['accepted', 'accepted']);
  bench.clock.advance(60_000);
  expect(await misp(service, anEvent())).toEqual(['accepted known', 'accepted known']);
  expect(bench.bus.records('obs.partner.cse')).toHaveLength(1);
});

test('a newer revision supersedes, an older one after it is skipped', async () => {
  const { bench, service } = await aService();
  await misp(service, anEvent());
  expect(await misp(service, anEvent(later))).toEqual(['accepted', 'accepted']);
  const [first, second] = [...envelopes(bench)].sort((a, b) =>
    a.supersedes === null ? -1 : b.supersedes === null ? 1 : 0,
  );
  expect(second?.supersedes).toBe(first?.id);
  expect(await misp(service, anEvent({ timestamp: '1947571200' }))).toEqual([
    'skipped OLDER_REVISION',
    'skipped OLDER_REVISION',
  ]);
  expect(envelopes(bench)).toHaveLength(2);
});

test('a newer revision under another marking recalls the older, in the older one’s cell', async () => {
  const { bench, service } = await aService();
  await misp(service, anEvent());
  await misp(service, anEvent({ ...later, Tag: [{ name: 'tlp:red' }] }));
  const [first] = envelopes(bench).filter(({ marking }) => marking.tlp === 'GREEN');
  const placed = bench
    .observations()
    .map(({ type, value }) => [
      type,
      cellOf(fromWire((value.envelope as unknown as Observation['envelope']).marking), bench.policy.cells)?.id,
      value.envelope['supersedes'],
      value.envelope['recalls'],
    ]);
  expect(placed).toHaveLength(3);
  expect(placed).toEqual(
    expect.arrayContaining([
      ['IndicatorReport', 'partner', null, null],
      ['IndicatorReport', 'pb-can', null, null],
      ['Recall', 'partner', null, first?.id],
    ]),
  );
});

test('a revision with other content under the same number is refused, and the file is kept', async () => {
  const { bench, service } = await aService();
  await misp(service, anEvent());
  expect(await misp(service, anEvent({ Attribute: [] }))).toEqual(['refused SAME_REVISION_OTHER_CONTENT']);
  expect(bench.bus.records('dead.ts-can.cse').map(({ headers }) => headers['codes'])).toEqual([
    'SAME_REVISION_OTHER_CONTENT',
  ]);
});

test('an event deleted at its source is recalled once, and one never taken in is skipped', async () => {
  const { bench, service } = await aService();
  await misp(service, anEvent());
  const gone = anEvent({ deleted: true, timestamp: '1947578400' });
  expect(await misp(service, gone)).toEqual(['accepted', 'skipped DELETED']);
  expect(await misp(service, gone)).toEqual(['skipped NOTHING_TO_RECALL', 'skipped DELETED']);
  expect(bench.observations().filter(({ type }) => type === 'Recall')).toHaveLength(1);
});

test('a part that a newer revision no longer has is recalled', async () => {
  const { bench, service } = await aService();
  const many = Array.from({ length: 1_001 }, (_, index) => ({
    type: 'domain',
    category: 'Network activity',
    value: `host-${index}.example`,
    to_ids: true,
  }));
  await misp(service, anEvent({ Attribute: many }));
  await misp(service, anEvent({ ...later, Attribute: many.slice(0, 10) }));
  const types = bench.observations().map(({ type }) => type);
  expect(types.sort()).toEqual(['IndicatorReport', 'IndicatorReport', 'IndicatorReport', 'Recall']);
});

test('refused bytes are kept whole in the highest cell the agency may write, and a redrive of them is accepted', async () => {
  const { bench, service } = await aService();
  const unmarked = anEvent({ Tag: [] });
  expect(await misp(service, unmarked)).toEqual(['refused MARKING_REQUIRED', 'refused MARKING_REQUIRED']);
  const [dead] = bench.bus.records('dead.ts-can.cse');
  const { gunzipSync } = await import('node:zlib');
  expect(gunzipSync(dead?.value ?? Buffer.alloc(0)).toString()).toBe(unmarked);
  expect(dead?.headers).toMatchObject({ format: 'misp', source: 'cse-misp', codes: 'MARKING_REQUIRED' });
  expect(bench.observations()).toEqual([]);
});

test.each([
  ['an unknown format', 'eve', 'cse-misp', 'FORMAT_UNKNOWN'],
  ['a source without a mapping', 'misp', 'nowhere', 'MAPPING_REQUIRED'],
])('%s refuses the file', async (_name, format, source, code) => {
  const { bench, service } = await aService();
  expect(statuses((await importAll(service, format, source, anEvent())).answers)).toEqual([`refused ${code}`]);
  const kept = bench.bus.records().filter(({ topic }) => topic.startsWith('dead.'));
  expect(kept).toHaveLength(code === 'FORMAT_UNKNOWN' ? 0 : 1); // nobody here knows what of it must not be kept
});

test('when the bus does not answer nothing is called accepted, and the next try writes the same bytes', async () => {
  const { bench, service } = await aService();
  bench.bus.failNext('produce');
  await expect(importAll(service, 'misp', 'cse-misp', anEvent())).rejects.toMatchObject({ retriable: true });
  const before = bench.bus.records('obs.partner.cse').length;
  bench.clock.advance(60_000);
  expect(await misp(service, anEvent())).toEqual(['accepted', 'accepted']);
  const [envelope] = envelopes(bench);
  expect([before, bench.bus.records('obs.partner.cse').length]).toEqual([0, 1]);
  expect(envelope?.recordedAt).toBe(bench.clock.now() - 60_000); // as the journal began it
});

test('an acknowledgement that is lost, and a restart, double nothing: the repeated record has the same key', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'journal-'));
  const journalPath = join(dir, 'cse.ndjson');
  const { bench, service } = await aService({ journalPath });
  bench.bus.failNext('ack');
  await expect(importAll(service, 'misp', 'cse-misp', anEvent())).rejects.toMatchObject({ retriable: true });
  await service.stop();
  bench.clock.advance(60_000);
  const again = createAgencyService({ ...bench, agency: 'cse', readers: [mispReader], journalPath });
  await again.start();
  expect(await misp(again, anEvent())).toEqual(['accepted', 'accepted']);
  expect(await misp(again, anEvent())).toEqual(['accepted known', 'accepted known']);
  const keys = bench.bus.records('obs.partner.cse').map(({ key }) => key?.toString());
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  await rm(dir, { recursive: true });
});

test('somebody of another agency may neither submit nor import', async () => {
  const { service } = await aService();
  await expect(service.submit([], somebodyOf('gac'))).rejects.toMatchObject({ code: 'NOT_YOUR_AGENCY' });
  await expect(
    service.importFile('misp', 'cse-misp', Buffer.from(''), somebodyOf('gac'))[Symbol.asyncIterator]().next(),
  ).rejects.toMatchObject({ code: 'NOT_YOUR_AGENCY' });
});

test('who does not read the answers to an import holds up nothing else of the agency', async () => {
  const { bench, service } = await aService();
  const ofImport = (uuid: string) =>
    service.importFile('misp', 'cse-misp', Buffer.from(anEvent({ uuid })), somebodyOf('cse'))[Symbol.asyncIterator]();
  const unread = ofImport(UUID);
  expect(await unread.next()).toMatchObject({ value: { line: 1, status: 'accepted' } }); // and no more of them
  expect(await misp(service, anEvent({ uuid: OTHER_UUID, Tag: [{ name: 'tlp:puce' }] }))).toContain('refused MARKING_UNREADABLE');
  const [letter] = (await service.deadLetters?.list(somebodyOf('cse'))) ?? [];
  const redriven = await service.deadLetters?.redrive(letter?.id ?? '', 'again', somebodyOf('cse'), []);
  expect(redriven?.words).toMatchObject([{ kind: 'redrive' }]);
  expect(await service.takeDue?.()).toEqual([]);
  expect(bench.bus.records('obs.partner.cse')).toHaveLength(1);
  expect(await unread.next()).toMatchObject({ value: { line: 2, status: 'accepted' } }); // they wait for their reader
  expect(await unread.next()).toMatchObject({ value: { summary: { items: 2, accepted: 2 } } });
  expect(await unread.next()).toMatchObject({ done: true });
}, 60_000); // prettier-ignore

const report = (over: Readonly<Record<string, unknown>> = {}) => ({
  title: 'A page',
  category: 'PHISHING',
  portions: [{ text: 'It imitates a sign-in.', lang: 'en', marking: 'UNCLASSIFIED//TLP:GREEN' }],
  stance: 'ASSERTS',
  sourceKind: 'TECHNICAL',
  mandateBasis: 'cyber',
  soWhat: 'It can be blocked.',
  releasePlan: 'READABLE_BY_PARTNERS',
  ...over,
});
const anItem = (over: Readonly<Record<string, unknown>> = {}, envelope: Readonly<Record<string, unknown>> = {}) => ({
  type: 'IndicatorReport',
  envelope: { observedAt: '2031-10-02T14:05:15.000Z', marking: 'UNCLASSIFIED//TLP:GREEN', ...envelope },
  report: report(),
  domains: ['one.example'],
  part: 1,
  parts: 1,
  ...over,
});

const marked = (axes: Readonly<Record<string, unknown>>) => ({
  classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'GREEN', orcon: false,
  owners: ['CAN'], origins: ['cse'], needToKnow: [], ...axes,
}); // prettier-ignore
const withPortion = (axes: Readonly<Record<string, unknown>>) => ({ report: report({ portions: [{ text: 'It imitates.', lang: 'en', marking: marked(axes) }] }) }); // prettier-ignore

test.each([
  ['another agency as its origin', {}, { marking: marked({ origins: ['rcmp'] }) }, 'NOT_YOUR_ORIGIN', '/envelope/marking/origins'],
  ['another agency beside itself', {}, { marking: marked({ origins: ['cse', 'rcmp'] }) }, 'NOT_YOUR_ORIGIN', '/envelope/marking/origins'],
  ['another nation as its owner', {}, { marking: marked({ owners: ['GBR'] }) }, 'NOT_YOUR_NATION', '/envelope/marking/owners'],
  ['another agency in a paragraph', withPortion({ origins: ['gac'] }), {}, 'NOT_YOUR_ORIGIN', '/report/portions/0/marking/origins'],
] as const)('a sender who names %s is refused, and nothing is written', async (_what, over, envelope, code, pointer) => {
  const { bench, service } = await aService();
  expect(await service.submit([anItem(over, envelope)], somebodyOf('cse'))).toMatchObject([{ status: 'refused', code, pointer }]);
  expect(envelopes(bench)).toEqual([]);
}); // prettier-ignore

test('a sender who names themselves, or nobody, is the origin, and the home nation the owner', async () => {
  const { bench, service } = await aService();
  const sent = [anItem({}, { marking: marked({}) }), anItem({}, { marking: marked({ owners: [], origins: [] }) })];
  expect(statuses(await service.submit(sent, somebodyOf('cse')))).toEqual(['accepted', 'accepted']);
  expect(envelopes(bench).map(({ marking }) => [marking.origins, marking.owners])).toEqual([[['cse'], ['CAN']], [['cse'], ['CAN']]]); // prettier-ignore
});

test('the guard alone may hand down what has several origins: their consents are verified there', async () => {
  const { bench, service } = await aService();
  const lower = anItem({}, { marking: marked({ origins: ['cse', 'rcmp'] }) });
  expect(await service.takeReleased?.(lower)).toMatchObject({ status: 'accepted' });
  expect(envelopes(bench)[0]?.marking.origins).toEqual(['cse', 'rcmp']);
});

test('an imported object whose marking names another agency as its origin is refused; under its own it is taken', async () => {
  const at = '2031-10-01T09:00:00.000Z';
  const bundleOf = (origins: readonly string[]) => {
    const definition = 'marking-definition--8e8fd5ea-5a36-4e5e-b5a5-2a0d7a3f7f10';
    const extension = { extension_type: 'property-extension', classified: 'UNCLASSIFIED', protected: 'NONE', rel_to: 'ALL', tlp: 'CLEAR', orcon: false, owners: ['CAN'], origins, banner: 'UNCLASSIFIED//TLP:CLEAR' }; // prettier-ignore
    const objects = [
      { type: 'marking-definition', id: definition, spec_version: '2.1', created: at, extensions: { 'extension-definition--3aafae74-5459-5d3e-84a0-9b2f1b0c649e': extension } },
      { type: 'indicator', id: 'indicator--3b0e3ed1-0c3e-4b6e-9f0a-6a4f6b0c9d01', spec_version: '2.1', created: at, modified: at, pattern: "[domain-name:value = 'one.example']", pattern_type: 'stix', valid_from: at, object_marking_refs: [definition] },
    ]; // prettier-ignore
    return JSON.stringify({ type: 'bundle', id: 'bundle--3b0e3ed1-0c3e-4b6e-9f0a-6a4f6b0c9d02', objects });
  };
  const { service } = await aService();
  const imported = async (origins: readonly string[]) =>
    statuses((await importAll(service, 'stix', 'cse-stix', bundleOf(origins))).answers);
  expect(await imported(['rcmp'])).toContain('refused NOT_YOUR_ORIGIN');
  expect(await imported(['rcmp'])).not.toContain('accepted');
  expect(await imported(['cse'])).toContain('accepted');
});

test('an observation as JSON is completed with id, agency, recorded time and token, and written once', async () => {
  const { bench, service } = await aService();
  const [answer] = await service.submit([anItem({ origin: 'rep:cse/7' })], somebodyOf('cse'));
  const [envelope] = envelopes(bench);
  expect(answer).toEqual({ line: 1, status: 'accepted', id: envelope?.id, cell: 'partner' });
  expect(envelope).toMatchObject({
    agency: 'cse',
    observedAt: Date.UTC(2031, 9, 2, 14, 5, 15),
    recordedAt: bench.clock.now(),
    sourceGrade: 'F',
    infoGrade: 6,
    lineage: { sourceToken: sourceTokenOf(bench.signerKey, 'rep:cse/7'), derivedFrom: [] },
  });
  expect(envelope?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});

test('the same id and content again is known, even when both are on their way at once', async () => {
  const { bench, service } = await aService();
  const item = anItem({}, { id: '5d2f3b0e-1111-4222-8333-444455556666' });
  const answers = await service.submit([item, item], somebodyOf('cse'));
  bench.clock.advance(1_000);
  const more = await service.submit([item], somebodyOf('cse'));
  expect(statuses([...answers, ...more])).toEqual(['accepted', 'accepted known', 'accepted known']);
  expect(bench.bus.records('obs.partner.cse')).toHaveLength(1);
});

const refused: readonly [string, unknown, string, string][] = [
  ['of an unknown type', anItem({ type: 'Rumour' }), '/type', 'UNKNOWN_TYPE'],
  ['without marking', anItem({}, { marking: undefined }), '/envelope/marking', 'MARKING_REQUIRED'],
  ['with a marking that is none', anItem({}, { marking: 'SECRETISH' }), '/envelope/marking', 'INVALID_MARKING'],
  [
    'with a portion whose marking is none',
    anItem({ report: report({ portions: [{ text: 'x', lang: 'en', marking: 'X' }] }) }),
    '/report/portions/0/marking',
    'INVALID_MARKING',
  ],
  ['of another agency', anItem({}, { agency: 'gac' }), '/envelope/agency', 'NOT_YOUR_AGENCY'],
  [
    'with a token of its own',
    anItem({}, { lineage: { derivedFrom: [], sourceToken: 'a'.repeat(43) } }),
    '/envelope/lineage/sourceToken',
    'TOKEN_NOT_ALLOWED',
  ],
  [
    'with a time without offset',
    anItem({}, { observedAt: '2031-10-02T14:05:15' }),
    '/envelope/observedAt',
    'BAD_INSTANT',
  ],
  ['with an unknown category', anItem({ report: report({ category: 'RUMOUR' }) }), '/report/category', 'UNKNOWN_WORD'],
  [
    'marked below its portions',
    anItem({}, { marking: 'UNCLASSIFIED//TLP:CLEAR' }),
    '/envelope/marking',
    'MARKING_TOO_LOW',
  ],
];
for (const [name, item, pointer, code] of refused) {
  test(`an observation ${name} is refused at ${pointer}, its neighbours are not`, async () => {
    const { service } = await aService();
    const answers = await service.submit([anItem(), item as never, anItem()], somebodyOf('cse'));
    expect(statuses(answers)).toEqual(['accepted', `refused ${code}`, 'accepted']);
    expect(answers[1]).toMatchObject({ line: 2, pointer });
  });
}

test('an undeclared property is refused by its pointer', async () => {
  const { service } = await aService();
  const [answer] = await service.submit([anItem({ colour: 'red' })], somebodyOf('cse'));
  expect(answer).toMatchObject({ status: 'refused', pointer: '/colour' });
});

test('a refused observation is kept in its own marking’s cell, without a marking in the highest', async () => {
  const { bench, service } = await aService();
  await service.submit([anItem({ colour: 'red' }), anItem({}, { marking: undefined })], somebodyOf('cse'));
  const dead = bench.bus.records().filter(({ topic }) => topic.startsWith('dead.'));
  expect(dead.map(({ topic }) => topic).sort()).toEqual(['dead.partner.cse', 'dead.ts-can.cse']);
  expect(JSON.parse(dead.find(({ topic }) => topic === 'dead.partner.cse')?.value?.toString() ?? '{}')).toMatchObject({
    colour: 'red',
  });
});

const SECRET_PARAGRAPH = { text: 'It was heard.', lang: 'en', marking: 'SECRET//CANADIAN EYES ONLY' };
const deadTopics = (bench: ImportBench): string[] =>
  bench.bus
    .records()
    .map(({ topic }) => topic)
    .filter((topic) => topic.startsWith('dead.'));

test.each([
  ['higher', SECRET_PARAGRAPH, 'dead.s-can.cse'],
  ['unreadable', { ...SECRET_PARAGRAPH, marking: 'SECRETISH' }, 'dead.ts-can.cse'],
  ['missing', { ...SECRET_PARAGRAPH, marking: undefined }, 'dead.ts-can.cse'],
])(
  'a refused observation with a paragraph whose marking is %s is kept where that may lie',
  async (_what, paragraph, topic) => {
    const { bench, service } = await aService();
    const item = anItem({ report: report({ portions: [...report().portions, paragraph] }) });
    expect((await service.submit([item], somebodyOf('cse')))[0]).toMatchObject({ status: 'refused' });
    expect(deadTopics(bench)).toEqual([topic]);
  },
);

test('what is marked above every cell of its agency is refused and kept nowhere', async () => {
  const { bench, service } = await aService({ agency: 'rcmp' });
  const item = anItem({ report: report({ portions: [SECRET_PARAGRAPH] }) }, { marking: SECRET_PARAGRAPH.marking });
  expect(statuses(await service.submit([item], somebodyOf('rcmp')))).toEqual(['refused NOT_ALLOWED']);
  expect(deadTopics(bench)).toEqual([]);
  await service.submit([anItem({ colour: 'red' })], somebodyOf('rcmp')); // others are kept
  expect(deadTopics(bench)).toEqual(['dead.partner.rcmp']);
});

test('a file with an item above every cell of its agency is kept nowhere', async () => {
  const { policy } = await createImportBench();
  const agencies = policy.agencies.map((agency) => (agency.id === 'cse' ? { ...agency, cells: ['open'] } : agency));
  const { bench, service } = await aService({ policy: { ...policy, agencies } });
  expect(await misp(service, anEvent({ Tag: [{ name: 'tlp:red' }] }))).toEqual([
    'refused NOT_ALLOWED',
    'refused NOT_ALLOWED',
  ]);
  expect(deadTopics(bench)).toEqual([]);
  expect(await misp(service, anEvent({ Tag: [{ name: 'tlp:puce' }] }))).toContain('refused MARKING_UNREADABLE');
  expect(deadTopics(bench)).toEqual(['dead.open.cse']); // others are kept
});

test('an observation nested deeper than any record is refused, its neighbours are not', async () => {
  const { service } = await aService();
  const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
  const answers = await service.submit([anItem(), anItem({ deep }), anItem()], somebodyOf('cse'));
  expect(statuses(answers)).toEqual(['accepted', 'refused TOO_DEEP', 'accepted']);
});

test('somebody who publishes in a view is told of no other cell, whatever way they take', async () => {
  const { bench, service } = await aService();
  const inView = { ...somebodyOf('cse'), cells: ['open', 'partner', 'pb-can'] };
  const secret = anItem({ report: report({ portions: [SECRET_PARAGRAPH] }) }, { marking: SECRET_PARAGRAPH.marking });
  const nowhere = anItem({}, { marking: 'TOP SECRET//SI-G//CANADIAN EYES ONLY' }); // no cell of policy holds SI-G
  const [accepted, ...refusals] = await service.submit([anItem(), secret, nowhere], inView);
  expect(accepted).toMatchObject({ status: 'accepted', cell: 'partner' });
  expect(refusals.map((each) => ({ ...each, line: 0 }))).toEqual([refusal(0), refusal(0)]);

  const red = anEvent({ Tag: [{ name: 'tlp:red' }] });
  const answers: unknown[] = [];
  for await (const answer of service.importFile('misp', 'cse-misp', Buffer.from(red), { ...inView, cells: ['open'] }))
    answers.push(answer);
  expect(answers).toMatchObject([{ code: 'NO_CELL' }, { code: 'NO_CELL' }, { summary: { refused: 2 } }]);
  expect(bench.observations()).toHaveLength(1);
});

const refusal = (line: number) => ({
  line,
  status: 'refused',
  code: 'NO_CELL',
  pointer: '/envelope/marking',
  reason: 'no cell of this view may hold it',
  fix: 'correct it and send it again',
});

test('a service is ready when every cell of its agency has a producer, and not before or after', async () => {
  const bench = await createImportBench();
  const service = createAgencyService({ ...bench, agency: 'gac', readers: [] });
  expect(service.ready()).toEqual({
    ready: false,
    parts: {
      'bus open': 'not connected',
      'bus partner': 'not connected',
      'bus pb-can': 'not connected',
      'bus s-can': 'not connected',
    },
  });
  await service.start();
  expect(service.ready().ready).toBe(true);
  await service.stop();
  expect(service.ready().ready).toBe(false);
});

test('it does not start where the bus says that a newer policy is in force than the one it has', async () => {
  const bench = await createImportBench();
  const { version } = bench.policy;
  const producer = await bench.bus.connect.bus.createProducer();
  const inForce = async (policyVersion: number) =>
    producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value: Buffer.from(JSON.stringify({ at: 0, rows: 0, policyVersion })) });
  const start = () => createAgencyService({ ...bench, agency: 'cse', readers: [] }).start();
  await inForce(version);
  await start();
  await inForce(version + 1);
  await expect(start()).rejects.toMatchObject({ code: 'POLICY_OUTDATED', retriable: false, details: { version, inForce: version + 1 } });
}); // prettier-ignore
