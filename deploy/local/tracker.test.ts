// The interference tracker's acceptance: every incident accounted for, one catalogue out and in, and no assessment moved.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { createTableService } from '@sitebus/imports';
import { createImportBench, importAll, type ImportBench } from '@sitebus/imports/testing';
import { createFusionService, NO_COMMON_VALUES } from '@sitebus/fusion';
import { seedTenants, withTenants } from '@sitebus/kit';
import { tenantTable } from '@sitebus/partners';
import { alertTopic, assessTopic, obsTopic, observationSubject, silentLog } from '@sitebus/sdk';
import { anIndicatorReport, uuidOf, wireMarking } from '../../services/gateway/src/testing/records.ts';
import { toCatalogueCsv, toCatalogueJson } from '../../services/gateway/src/tracker/catalogue.ts';
import type { Incident } from '../../services/gateway/src/tracker/incident.ts';
import { aWorld } from '../../services/gateway/src/testing/world.ts';
import { eventually } from '../../test/support/eventually.ts';
import { sharedData } from '../../test/support/shared-data.ts';
import { aPartnerWorld } from './testing/partner-world.ts';

const RUNS = propertyRuns(200);
const LOOKOUT = 'partner-lookout';
const SOURCE = 'partner-catalogue';
const ATTRIBUTION = 'https://attribution-desk.example/reports/';

async function aLookout(): Promise<{ bench: ImportBench; take: (content: string | Buffer) => ReturnType<typeof importAll> }> {
  const bench = await createImportBench();
  const policy = withTenants(bench.policy, seedTenants(bench.policy));
  const service = createTableService(tenantTable(LOOKOUT), { ...bench, policy });
  await service.start();
  return { bench, take: (content) => importAll(service, 'catalogue', SOURCE, content) };
} // prettier-ignore

interface Entry {
  readonly id: number;
  readonly title?: string;
  readonly content?: string;
  readonly date?: string;
  readonly tools?: readonly string[];
  readonly link?: string;
}

const incident = ({ id, title = `Incident ${id}`, content = `<p>What happened in <em>${id}</em>.</p>`, date = '2015 - Ongoing', tools = ['Cyber Operations'], link = `${ATTRIBUTION}${id}` }: Entry) => ({
  content, excerpt: '', date_text: date, post_id: id, incident_index: '', link, title, start_date: ['20150101'], end_date: [''],
  tools: tools.map((name) => ({ name, slug: name.toLowerCase() })), actors: [{ name: 'Varkovia' }], display: true,
}); // prettier-ignore
const catalogue = (byCountry: Readonly<Record<string, readonly object[]>>) =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: Object.entries(byCountry).map(([country, incidents]) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [0, 0] },
      properties: { country, count: incidents.length, incidents },
    })),
  });

/** What the store holds, as `GET` shows it. */
function shown(bench: ImportBench): readonly Incident[] {
  const day = (value: unknown): string | undefined =>
    typeof value === 'number' ? new Date(value * 86_400_000).toISOString().slice(0, 10) : undefined;
  return bench.observations().map(({ value }) => {
    const { envelope, start, end, ...rest } = value;
    const [from, to] = [day(start), day(end)];
    return { id: envelope.id, ...rest, ...(from && { start: from }), ...(to && { end: to }) } as unknown as Incident;
  });
}

/** Two catalogues are one when they say the same, whoever keeps them and in whatever order. */
function content(incidents: readonly Incident[]): readonly string[] {
  return incidents
    .map(({ id: _id, ...rest }) => {
      const lists = Object.entries(rest).map(([name, value]) => [name, Array.isArray(value) ? [...(value as object[])].map((each) => JSON.stringify(each)).sort() : value]);
      return JSON.stringify(Object.fromEntries(lists.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))));
    })
    .sort(); // prettier-ignore
}

describe('tracker ①: an import accounts for every incident', () => {
  test('each is accepted or refused with its reason; one under two countries is one record', async () => {
    const { bench, take } = await aLookout();
    const { answers, summary } = await take(
      catalogue({
        Sunhara: [
          incident({ id: 1 }),
          incident({ id: 2, date: 'some time ago' }),
          incident({ id: 3, link: 'https://somebody-says.example/3' }),
        ],
        Varkovia: [incident({ id: 1 }), incident({ id: 4, tools: ['Propaganda'] }), incident({ id: 5, tools: [] })],
      }),
    );
    expect(summary).toEqual({ items: 6, accepted: 3, refused: 3, skipped: 0 });
    expect(answers.map(({ pointer, status, ...rest }) => [pointer, 'code' in rest ? rest.code : status])).toEqual([
      ['/features/0/properties/incidents/0', 'accepted'],
      ['/features/0/properties/incidents/1', 'accepted'],
      ['/features/0/properties/incidents/2', 'NO_ATTRIBUTION'],
      ['/features/1/properties/incidents/0', 'accepted'],
      ['/features/1/properties/incidents/1', 'UNKNOWN_TOOL'],
      ['/features/1/properties/incidents/2', 'UNKNOWN_TOOL'],
    ]);
    const refusedTool = answers[4];
    expect(refusedTool && 'fix' in refusedTool && refusedTool.fix).toContain('KINETIC_OPERATIONS');
    expect(answers[1]).toMatchObject({ warnings: [expect.stringContaining('UNKNOWN')] });
    const kept = [...shown(bench)].sort((a, b) => (a.title < b.title ? -1 : 1));
    expect(kept.map(({ title, countries, precision, start, end }) => [title, countries, precision, start, end])).toEqual([
      ['Incident 1', ['Sunhara', 'Varkovia'], 'YEAR', '2015-01-01', undefined],
      ['Incident 2', ['Sunhara'], 'UNKNOWN', '2015-01-01', undefined],
    ]);
    expect(kept[0]?.text).toBe('What happened in 1.');
  }); // prettier-ignore

  test('the same file again is known, and an incident told anew supersedes itself', async () => {
    const { bench, take } = await aLookout();
    await take(catalogue({ Sunhara: [incident({ id: 1 })] }));
    const again = await take(catalogue({ Sunhara: [incident({ id: 1 })] }));
    expect(again.answers).toMatchObject([{ known: true }]);
    await take(catalogue({ Sunhara: [incident({ id: 1, content: '<p>More is known.</p>' })] }));
    const [first, second, ...more] = bench
      .observations()
      .map(({ value }) => value.envelope)
      .sort((a) => (a['supersedes'] === null ? -1 : 1));
    expect([second?.['supersedes'], more]).toEqual([first?.id, []]);
  });

  test('the real catalogue loads, every incident accounted for', async () => {
    const folder = sharedData('data/feeds/tracker');
    if (folder === undefined) return;
    const { bench, take } = await aLookout();
    const file = readFileSync(join(folder, 'incidents.json'));
    const expected = (JSON.parse(file.toString()) as { features: { properties: { incidents: object[] } }[] }).features.flatMap(({ properties }) => properties.incidents).length; // prettier-ignore
    const { answers, summary } = await take(file);
    expect(expected).toBeGreaterThan(700);
    expect(summary).toEqual({ items: expected, accepted: expected, refused: 0, skipped: 0 });
    const kept = shown(bench);
    expect(kept).toHaveLength(expected);
    expect(kept.filter(({ text }) => /<\/?(p|span|div|em|br)\b|&(amp|nbsp|#\d+);/.test(text))).toEqual([]);
    const unread = kept.filter(({ precision }) => precision === 'UNKNOWN');
    expect(unread.every(({ dateText }) => dateText === '')).toBe(true);
    expect(answers.filter((answer) => 'warnings' in answer && (answer.warnings ?? []).some((text) => text.includes('UNKNOWN')))).toHaveLength(unread.length); // prettier-ignore
  });
});

describe('tracker ②: export and import give the same catalogue', () => {
  test.each([
    ['GeoJSON', (incidents: readonly Incident[]) => JSON.stringify(toCatalogueJson(incidents, 'UNCLASSIFIED//TLP:CLEAR'))],
    ['CSV', (incidents: readonly Incident[]) => toCatalogueCsv(incidents, 'UNCLASSIFIED//TLP:CLEAR')],
  ])('as %s', async (_name, write) => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anIncident(), { selector: keyOf, minLength: 1, maxLength: 8 }), async (incidents) => {
        const { bench, take } = await aLookout();
        const { summary } = await take(write(incidents));
        expect(summary.accepted).toBe(summary.items);
        expect(content(shown(bench))).toEqual(content(incidents));
      }),
      { numRuns: RUNS },
    );
  }); // prettier-ignore

  test('what comes back to who sent it is known', async () => {
    const { bench, take } = await aLookout();
    await take(catalogue({ Sunhara: [incident({ id: 1 }), incident({ id: 2, date: '~2014' })], Varkovia: [incident({ id: 1 })] }));
    const back = await take(JSON.stringify(toCatalogueJson(shown(bench), 'UNCLASSIFIED//TLP:CLEAR')));
    expect(back.answers.map((answer) => 'known' in answer && answer.known)).toEqual([true, true, true]);
  }); // prettier-ignore

  const words = (maxLength = 30) =>
    fc
      .string({ minLength: 1, maxLength, unit: fc.constantFrom('a', 'é', 'B', '1', ' ', '-', '=', '@', "'", '"', ',', ';', '<', '&', '>', '#', '+', '漢') })
      .map((text) => text.replace(/\s+/g, ' ').trim())
      .filter((text) => text !== ''); // prettier-ignore
  const day = () => fc.integer({ min: 0, max: 25_000 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
  const names = () => fc.uniqueArray(words(12), { maxLength: 3 });
  const when = () =>
    fc.oneof(
      fc.record({ precision: fc.constant('UNKNOWN'), dateText: fc.oneof(fc.constant(''), words()) }),
      fc.record({ precision: fc.constantFrom('DAY', 'MONTH', 'YEAR', 'CIRCA'), dateText: words(), start: day() }),
      fc
        .tuple(day(), day(), fc.constantFrom('DAY', 'CIRCA'), words())
        .map(([a, b, precision, dateText]) => ({ precision, dateText, start: a < b ? a : b, end: a < b ? b : a })),
    );
  const source = () =>
    fc.record({ url: fc.nat({ max: 1e6 }).map((n) => `https://paper-${n}.example/x?y=${n}`), title: fc.oneof(fc.constant(''), words()), attribution: fc.constant(false) });

  function anIncident(): fc.Arbitrary<Incident> {
    const parts = fc.record({
      id: fc.uuid({ version: 4 }), title: words(), text: fc.array(words(60), { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')),
      countries: names(), actors: names(), organizations: names(), display: fc.boolean(),
      tools: fc.uniqueArray(fc.constantFrom('INFORMATION_MANIPULATION', 'CYBER_OPERATIONS', 'MALIGN_FINANCE'), { minLength: 1, maxLength: 3 }),
      others: fc.uniqueArray(source(), { selector: ({ url }) => url, maxLength: 3 }),
      attribution: fc.nat({ max: 1e6 }).map((n) => ({ url: `${ATTRIBUTION}${n}`, title: '', attribution: true })),
    });
    return fc.tuple(parts, when()).map(([{ others, attribution, ...rest }, time]) => ({ ...rest, ...time, sources: [attribution, ...others] }));
  }

  const keyOf = ({ title, dateText, sources }: Incident): string => [title, dateText, sources[0]?.url].join('\n');
}); // prettier-ignore

test('tracker ③: ten thousand incidents change no assessment in any view', async () => {
  const without = await assessed(0);
  const beside = await assessed(10_000);
  const sightings = await assessed(3, true);
  expect(without.views).toHaveLength(6);
  expect(without.views.filter(({ assessments }) => assessments.length > 0)).toHaveLength(6);
  expect(beside.views).toEqual(without.views);
  expect(beside.incidents).toBe(10_000);
  expect(sightings.views).not.toEqual(without.views); // three records that are evidence do change it

  /** Incidents that say the very values of what is assessed; then one record more, so that a link is made after them. */
  async function assessed(incidents: number, areSightings = false) {
    await using world = await aWorld();
    const { policy, codec, clock } = world;
    const { bus } = world.bus.connect;
    const report = (name: string, agency: string) =>
      anIndicatorReport({ id: uuidOf(name), agency, title: name, domains: ['leak-river.example'] });
    await world.observe('IndicatorReport', 'open', report('before', 'cse'));
    const producer = await bus.createProducer();
    const marking = wireMarking('UNCLASSIFIED//TLP:CLEAR', LOOKOUT);
    const { envelope } = anIndicatorReport({ agency: LOOKOUT });
    if (areSightings)
      for (let n = 0; n < incidents; n += 1) await world.observe('IndicatorReport', 'open', report(`sighting ${n}`, LOOKOUT));
    for (let n = 0; n < incidents && !areSightings; n += 1)
      await producer.send({
        topic: obsTopic('open', LOOKOUT),
        key: uuidOf(`incident ${n}`),
        value: codec.encode(observationSubject('TrackedIncident'), {
          envelope: { ...envelope, id: uuidOf(`incident ${n}`), marking },
          title: 'leak-river.example', text: 'It was leaked at https://leak-river.example, says leak-river.example.',
          countries: ['Sunhara'], actors: ['Varkovia'], tools: ['CYBER_OPERATIONS'], dateText: '', start: null, end: null,
          precision: 'UNKNOWN', sources: [{ url: `${ATTRIBUTION}${n}`, title: '', attribution: true }], organizations: [], display: true,
        }),
      });
    await world.observe('IndicatorReport', 'open', report('after', 'gac'));
    const views = [];
    for (const { id: view } of policy.views) {
      const fusion = createFusionService({ config: { view, cutMs: 1 }, policy, codec, bus, clock, log: silentLog, commonValues: NO_COMMON_VALUES });
      await fusion.start();
      const newest = () =>
        [...new Map(world.bus.records(assessTopic(view)).flatMap(({ key, value }) => (value === null ? [] : [[String(key), codec.decode(value).value as { status: string; members: object[] }]]))).values()];
      await eventually(() => newest().some(({ status, members }) => status === 'LIVE' && members.some((each) => (each as { id: string }).id === uuidOf('after'))));
      await fusion.stop();
      const alerts = world.bus.records(alertTopic(view)).map(({ value }) => codec.decode(value!).value as { reason: string });
      views.push({ view, assessments: newest().filter(({ status }) => status === 'LIVE').map(withoutVersion), alerts: alerts.length });
    }
    return { views, incidents: world.bus.records(obsTopic('open', LOOKOUT)).length };
  }

  /** How many cuts there were decides the version, and nothing else. */
  function withoutVersion(assessment: object): object {
    const { version: _version, contentHash: _hash, ...rest } = assessment as { version: number; contentHash: string };
    return rest;
  }
}); // prettier-ignore

test('tracker ④: an incident with two tools is found under both and counted once, by anyone; hidden, it is in no list and no file', async () => {
  await using story = await aPartnerWorld();
  const key = await story.onboard('harbour-lab', []);
  const body = {
    title: 'Two at once', text: 'Money and lies.', countries: ['Sunhara'], tools: ['MALIGN_FINANCE', 'INFORMATION_MANIPULATION'],
    dateText: 'Oct-17', sources: [{ url: `${ATTRIBUTION}9` }],
  }; // prettier-ignore
  const added = await story.ask('partner', key, 'POST', '/v1/tracker/incidents', { body });
  expect(added.status).toBe(202);
  await story.ask('partner', key, 'POST', '/v1/tracker/incidents', { body: { ...body, title: 'Another', tools: ['CYBER_OPERATIONS'], dateText: 'long ago' } }); // prettier-ignore
  const found = async (query: string) => {
    const answer = await story.ask('public', '', 'GET', `/v1/tracker/incidents${query}`);
    return (answer.body['items'] as { title: string }[]).map(({ title }) => title);
  };
  expect(await found('?tool=MALIGN_FINANCE')).toEqual(['Two at once']);
  expect(await found('?tool=INFORMATION_MANIPULATION')).toEqual(['Two at once']);
  expect(await found('')).toEqual(['Another', 'Two at once']);
  expect(await found('?from=2017-10-15&to=2017-10-15')).toEqual(['Two at once']);
  expect(await found('?from=2017-11-01')).toEqual([]);
  expect(await found('?country=sunhara&q=TWO%20at')).toEqual(['Two at once']);

  const id = String(added.body['id']);
  const hidden = await story.ask('partner', key, 'POST', `/v1/tracker/incidents/${id}/hide`);
  expect(hidden.status).toBe(202);
  expect(await found('')).toEqual(['Another']);
  for (const suffix of ['csv', 'json', 'stix']) {
    const { text, headers } = await story.ask('public', '', 'GET', `/v1/tracker/incidents.${suffix}`);
    expect([suffix, text.includes('Another'), text.includes('Two at once')]).toEqual([suffix, true, false]);
    expect(headers['content-disposition']).toContain('unclassified-tlp-clear--tracker');
    expect(headers['sitebus-marking']).toBe('UNCLASSIFIED//TLP:CLEAR');
  }
  expect((await story.ask('public', '', 'GET', `/v1/tracker/incidents/${String(hidden.body['id'])}`)).status).toBe(404);
  expect((await story.ask('public', '', 'GET', `/v1/tracker/incidents/${id}`)).body).toMatchObject({
    status: 'SUPERSEDED',
  });
});

describe('an incident sent by hand', () => {
  const body = (over: object = {}) => ({
    title: 'By hand', text: 'As told.', tools: ['CYBER_OPERATIONS'], dateText: '~2014', sources: [{ url: `${ATTRIBUTION}1` }], ...over,
  }); // prettier-ignore

  test('needs an attribution that policy counts and a tool of the six; a time that cannot be read is a warning', async () => {
    await using story = await aPartnerWorld();
    const key = await story.onboard('harbour-lab', []);
    const add = (over: object) => story.ask('partner', key, 'POST', '/v1/tracker/incidents', { body: body(over) });
    expect(await add({ sources: [{ url: 'https://somebody-says.example/1' }] })).toMatchObject({ status: 422, body: { errors: [{ code: 'ATTRIBUTION_REQUIRED' }] } }); // prettier-ignore
    expect(await add({ sources: [{ url: `${ATTRIBUTION}1`, attribution: false }] })).toMatchObject({ status: 422 }); // policy says, not the sender
    expect(await add({ tools: ['PROPAGANDA'] })).toMatchObject({ status: 422, body: { errors: [{ code: 'UNKNOWN_WORD', hint: expect.stringContaining('KINETIC_OPERATIONS') }] } }); // prettier-ignore
    expect(await add({ dateText: 'long ago' })).toMatchObject({ status: 202, body: { warnings: [expect.stringContaining('UNKNOWN')] } }); // prettier-ignore
    const good = await add({});
    expect(good.body).not.toHaveProperty('warnings');
    const shownOne = await story.ask('public', '', 'GET', `/v1/tracker/incidents/${String(good.body['id'])}`);
    expect(shownOne.body).toMatchObject({ precision: 'CIRCA', start: '2014-01-01', end: '2014-12-31', sources: [{ attribution: true }] });
  }); // prettier-ignore

  test('is superseded and hidden by who sent it alone', async () => {
    await using story = await aPartnerWorld();
    const [key, other] = [await story.onboard('harbour-lab', []), await story.onboard('night-desk', [])];
    const { body: added } = await story.ask('partner', key, 'POST', '/v1/tracker/incidents', { body: body() });
    const path = `/v1/tracker/incidents/${String(added['id'])}`;
    for (const command of ['hide', 'supersede']) {
      const more = command === 'hide' ? {} : { body: body() };
      expect((await story.ask('partner', other, 'POST', `${path}/${command}`, more)).status).toBe(403);
    }
    const replaced = await story.ask('partner', key, 'POST', `${path}/supersede`, { body: body({ title: 'Told better' }) }); // prettier-ignore
    expect(replaced.status).toBe(202);
    const list = await story.ask('public', '', 'GET', '/v1/tracker/incidents');
    expect(list.body['items']).toMatchObject([{ id: replaced.body['id'], title: 'Told better' }]);
  });
});
