// The ad registry over HTTP: what the public finds and until when, what the regulator keeps, who may enter what.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AgencyIntake, OnBehalfOf } from '@sitebus/kit';
import type { ItemAnswer } from '@sitebus/sdk';
import type { GatewayService } from '../service.ts';
import { NOW_MS, uuidOf, wireMarking } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const DAY_MS = 86_400_000;
const TODAY = Date.parse('2031-10-02') / DAY_MS; // of NOW_MS in the election's zone

let world: World;
let open: GatewayService;
let higher: GatewayService;

/** What the election administration's service was sent, and an answer to the next. */
const sent: {
  readonly format: string;
  readonly source: string;
  readonly row: unknown;
  readonly onBehalfOf: OnBehalfOf;
}[] = [];
let next: ItemAnswer = { line: 1, status: 'accepted', id: uuidOf('entered'), cell: 'open', warnings: ['flag LATE'] };
const intake: AgencyIntake = {
  agency: 'elections',
  submit: async () => [],
  async *importFile(format, source, content, onBehalfOf) {
    sent.push({ format, source, row: JSON.parse(content.toString()), onBehalfOf });
    yield next;
    yield { summary: { items: 1, accepted: 1, refused: 0, skipped: 0 } };
  },
};

beforeAll(async () => {
  world = await aWorld({ intakes: (agency) => (agency === 'elections' ? intake : undefined) });
  const admin = world.policy.people.find(({ person }) => person === 'piotr-adeyemi');
  if (admin === undefined) throw new Error('policy lacks the person this test is about');
  const own = { ...admin, person: 'chirrup-admin', subject: 'chirrup-admin', agency: 'partner-chirrup' };
  await world[Symbol.asyncDispose]();
  world = await aWorld({ people: [...world.policy.people, own], intakes: (agency) => (agency === 'elections' ? intake : undefined) });
  open = await world.gateway('public');
  higher = await world.gateway('pb-can');
}); // prettier-ignore
afterAll(async () => world[Symbol.asyncDispose]());

function envelope(name: string, over: { marking?: string; supersedes?: string; observedAt?: number } = {}) {
  return {
    id: uuidOf(name),
    agency: 'elections',
    observedAt: over.observedAt ?? NOW_MS - 60_000,
    recordedAt: NOW_MS,
    marking: wireMarking(over.marking ?? 'UNCLASSIFIED//TLP:CLEAR', 'elections'),
    lineage: { derivedFrom: [], sourceToken: null },
    sourceGrade: 'A',
    infoGrade: 2,
    supersedes: over.supersedes ?? null,
    recalls: null,
  };
}

function anAd(name: string, over: Readonly<Record<string, unknown>> & { supersedes?: string } = {}) {
  const { supersedes, ...fields } = over;
  return {
    envelope: envelope(name, supersedes === undefined ? {} : { supersedes }),
    platformId: 'chirrup',
    adId: name,
    kind: 'ELECTION',
    creative: `sha256:${'ab'.repeat(32)}`,
    landingUrl: null,
    texts: [],
    lang: 'en',
    buyerKind: 'REGISTERED_PARTY',
    buyerName: 'Alder Party',
    buyerRef: 'party:alder',
    authoriserName: 'T. Larchwood',
    firstDisplayedAt: Date.parse('2031-10-01T13:00:00Z'),
    lastDisplayedAt: Date.parse('2031-10-02T03:30:00Z'), // still 1 October in Toronto
    enteredAt: NOW_MS - 60_000,
    electionId: 'ge-demo',
    ridings: [],
    flags: [],
    publishUntil: TODAY + 700,
    retainUntil: TODAY + 2_500,
    ...fields,
  };
}

const observeAd = (name: string, over: Parameters<typeof anAd>[1] = {}) =>
  world.observe('AdDisclosure', 'open', anAd(name, over));
const adsFound = async (gateway: GatewayService, search: string, headers: Record<string, string> = {}) => {
  const answer = await gateway.app.inject({ url: `/v1/ads${search}`, headers });
  expect([search, answer.statusCode]).toEqual([search, 200]);
  return (answer.json().items as { adId: string }[]).map(({ adId }) => adId).sort();
};

test('accept ⑤: on the day after its last public day the public no longer finds an ad and the regulator still does', async () => {
  await observeAd('five-last', { platformId: 'parlure', publishUntil: TODAY });
  await observeAd('five-gone', { platformId: 'parlure', publishUntil: TODAY - 1 });
  await observeAd('five-purged', { platformId: 'parlure', publishUntil: TODAY - 900, retainUntil: TODAY - 1 });
  const regulator = await world.as('pilar-desrosiers');
  const other = await world.as('bastien-okoro');
  expect(await adsFound(open, '?platform=parlure')).toEqual(['five-last']);
  expect(await adsFound(higher, '?platform=parlure', other)).toEqual(['five-last']);
  expect(await adsFound(higher, '?platform=parlure', regulator)).toEqual(['five-gone', 'five-last']);
  const one = (name: string, gateway: GatewayService, headers: Record<string, string> = {}) =>
    gateway.app.inject({ url: `/v1/ads/${uuidOf(name)}`, headers });
  expect((await one('five-last', open)).json()).toMatchObject({ adId: 'five-last', publishUntil: '2031-10-02' });
  const [hidden, absent] = [await one('five-gone', open), await one('never-there', open)];
  expect([hidden.statusCode, hidden.body]).toEqual([404, absent.body]);
  expect((await one('five-gone', higher, regulator)).statusCode).toBe(200);
  expect((await one('five-purged', higher, regulator)).statusCode).toBe(404);
});

test('the search is by party, riding, platform and local day; a corrected entry is found once', async () => {
  await observeAd('search-a', { platformId: 'lantern', ridings: ['Harrow Lake'] });
  await observeAd('search-b', { platformId: 'lantern', buyerRef: 'party:boreal', ridings: ['Cedar Narrows'] });
  await observeAd('search-c', { platformId: 'lantern' });
  await observeAd('search-c2', { platformId: 'lantern', supersedes: uuidOf('search-c') });
  const found = (search: string) => adsFound(open, `?platform=lantern${search}`);
  expect(await found('')).toEqual(['search-a', 'search-b', 'search-c2']);
  expect(await found('&party=alder')).toEqual(['search-a', 'search-c2']);
  expect(await found('&party=party:boreal')).toEqual(['search-b']);
  expect(await found('&riding=Cedar%20Narrows')).toEqual(['search-b', 'search-c2']);
  expect(await found('&day=2031-10-01')).toEqual(['search-a', 'search-b', 'search-c2']);
  expect(await found('&day=2031-10-02')).toEqual([]);
  expect(await found('&limit=1')).toHaveLength(1);
});

test('a table of the clock says by local day and platform what came in time, late, or never', async () => {
  await observeAd('clock-in-time', { platformId: 'vidnook' });
  await observeAd('clock-late', { platformId: 'vidnook', flags: ['LATE', 'MISSING_AUTHORISER'], firstDisplayedAt: Date.parse('2031-10-01T03:40:00Z') }); // prettier-ignore
  await observeAd('clock-no-duty', { platformId: 'vidnook', flags: ['NOT_IN_DUTY'] });
  const marking = wireMarking('UNCLASSIFIED//TLP:CLEAR', 'elections');
  await world.observe('AdFinding', 'open', {
    envelope: envelope('clock-finding', { observedAt: Date.parse('2031-10-02T04:00:00Z') }),
    report: { title: 'Ad without entry', category: 'AD_VIOLATION', portions: [{ text: 'Seen.', lang: 'en', marking }], stance: 'ASSERTS', sourceKind: 'OSINT', mandateBasis: 'm', electionId: 'ge-demo', soWhat: 's', releasePlan: 'READABLE_BY_PARTNERS' },
    kind: 'NO_ENTRY',
    platformId: 'vidnook',
    adRef: null,
    daysLate: null,
  } as never); // prettier-ignore
  const headers = await world.as('pilar-desrosiers');
  const answer = await higher.app.inject({ url: '/v1/ads/compliance?platform=vidnook', headers });
  expect(answer.json()).toEqual({
    items: [
      { electionId: 'ge-demo', day: '2031-10-01', platformId: 'vidnook', entries: 2, inTime: 1, late: 0, missing: 1, withoutDuty: 1, missingAuthoriser: 0, isInGap: false },
      { electionId: 'ge-demo', day: '2031-09-30', platformId: 'vidnook', entries: 1, inTime: 0, late: 1, missing: 0, withoutDuty: 0, missingAuthoriser: 1, isInGap: false },
    ],
    gaps: [],
  }); // prettier-ignore
  expect((await open.app.inject({ url: '/v1/ads/compliance' })).statusCode).toBe(401);
});

test('a day on which the registry was blind says so, in the table and above it; a gap of another agency, or of other days, does not', async () => {
  await observeAd('blind', { platformId: 'driftnet' });
  await observeAd('seeing', { platformId: 'driftnet', firstDisplayedAt: Date.parse('2031-09-29T13:00:00Z') });
  const gap = (name: string, from: string, to: string | null, agency = 'elections') =>
    world.observe('SourceGap', 'open', {
      envelope: { ...envelope(name), agency, marking: wireMarking('UNCLASSIFIED//TLP:CLEAR', agency) },
      from: Date.parse(from),
      to: to === null ? null : Date.parse(to),
      reason: 'the registry was being moved',
    } as never);
  await gap('moved', '2031-10-01T22:00:00Z', '2031-10-02T04:00:00Z'); // until midnight in the election's zone
  await gap('long-over', '2031-08-01T00:00:00Z', '2031-08-02T00:00:00Z');
  await gap('elsewhere', '2031-09-01T00:00:00Z', null, 'rcmp');
  const headers = await world.as('pilar-desrosiers');
  const url = '/v1/ads/compliance?platform=driftnet&from=2031-09-29';
  const answer = (await higher.app.inject({ url, headers })).json<{ items: object[]; gaps: object[] }>();
  expect(answer.items).toMatchObject([{ day: '2031-10-01', isInGap: true }, { day: '2031-09-29', isInGap: false }]);
  expect(answer.gaps).toEqual([
    { source: 'open.elections', id: uuidOf('moved'), from: '2031-10-01T22:00:00.000Z', to: '2031-10-02T04:00:00.000Z', reason: 'the registry was being moved' },
  ]);
  const later = await higher.app.inject({ url: '/v1/ads/compliance?platform=driftnet&from=2031-10-02', headers });
  expect(later.json()).toEqual({ items: [], gaps: [] });
}); // prettier-ignore

const body = {
  platformId: 'chirrup',
  adId: 'c-1',
  kind: 'ELECTION',
  creativeSha256: 'ab'.repeat(32),
  buyerKind: 'REGISTERED_PARTY',
  buyerName: 'Alder Party',
  buyerRef: 'party:alder',
  firstDisplayedAt: '2031-10-01T18:30:00-04:00',
  electionId: 'ge-demo',
};
const post = async (url: string, person: string, payload: object, headers: Record<string, string> = {}) =>
  higherOrPartner(person).app.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...(await world.as(person)), ...headers },
  });
let partner: GatewayService | undefined;
const higherOrPartner = (person: string) => (person === 'chirrup-admin' && partner !== undefined ? partner : higher);

test('a platform enters its own ads alone, at the time of the gateway’s clock; the administration enters any', async () => {
  partner = await world.gateway('partner');
  sent.length = 0;
  const own = await post('/v1/ads', 'chirrup-admin', { ...body, enteredAt: '2031-09-01T00:00:00Z' });
  expect([own.statusCode, own.json()]).toEqual([202, { id: uuidOf('entered'), cell: 'open', outcome: 'ACCEPTED', flags: ['LATE'] }]); // prettier-ignore
  expect(sent).toMatchObject([
    {
      format: 'ads',
      source: 'elections-ads',
      row: { platform_id: 'chirrup', creative_sha256: body.creativeSha256, entered_at: new Date(NOW_MS).toISOString() },
      onBehalfOf: { person: 'chirrup-admin', agency: 'elections' },
    },
  ]);
  const foreign = await post('/v1/ads', 'chirrup-admin', { ...body, platformId: 'parlure' });
  expect([foreign.statusCode, foreign.json().type]).toEqual([403, 'urn:sitebus:problem:not-yours']);
  const stranger = await post('/v1/ads', 'bastien-okoro', body);
  expect([stranger.statusCode, stranger.json().type]).toEqual([403, 'urn:sitebus:problem:role-not-allowed']);
  const regulator = await post('/v1/ads', 'renaud-ekstrom', { ...body, platformId: 'parlure', enteredAt: '2031-09-01T00:00:00Z' }); // prettier-ignore
  expect(regulator.statusCode).toBe(202);
  expect(sent.map(({ row }) => (row as { entered_at: string }).entered_at)).toEqual([new Date(NOW_MS).toISOString(), '2031-09-01T00:00:00Z']); // prettier-ignore
});

test('the same key enters an ad once, and a refusal shows the field of the body', async () => {
  sent.length = 0;
  const headers = { 'idempotency-key': 'once' };
  await post('/v1/ads', 'renaud-ekstrom', body, headers);
  const again = await post('/v1/ads', 'renaud-ekstrom', body, headers);
  expect([sent.length, again.headers['idempotency-replayed']]).toEqual([1, 'true']);
  next = { line: 1, pointer: '/0/platform_id', status: 'refused', code: 'UNKNOWN_PLATFORM', reason: 'policy knows no such platform', fix: 'name one' }; // prettier-ignore
  const refused = await post('/v1/ads', 'renaud-ekstrom', body);
  expect(refused.statusCode).toBe(422);
  expect(refused.json().errors).toMatchObject([{ pointer: '/platformId', code: 'UNKNOWN_PLATFORM' }]);
});

test('a sighting whose day is not over is taken and says so; an arrangement is registered by the administration alone', async () => {
  sent.length = 0;
  next = { line: 1, pointer: '/0', status: 'skipped', code: 'CLOCK_RUNNING', reason: 'noted', fix: 'nothing' };
  const sighting = await post('/v1/ads/sightings', 'renaud-ekstrom', { platformId: 'chirrup', adId: 'c-9', electionId: 'ge-demo' }); // prettier-ignore
  expect([sighting.statusCode, sighting.json()]).toEqual([202, { outcome: 'CLOCK_RUNNING', flags: [] }]);
  expect(sent[0]?.row).toMatchObject({ platform_id: 'chirrup', ad_id: 'c-9', seen_at: new Date(NOW_MS).toISOString() });
  const arrangement = { registrantRef: 'org:northern-voices-fund', principalCountry: 'XVA', principalName: 'Office', activities: ['PUBLIC'], process: 'The election', enteredOn: '2031-09-01', registeredOn: '2031-10-01' }; // prettier-ignore
  next = { line: 1, status: 'accepted', id: uuidOf('arranged'), cell: 'open' };
  expect((await post('/v1/arrangements', 'renaud-ekstrom', arrangement)).json()).toMatchObject({ outcome: 'ACCEPTED' });
  expect((await post('/v1/arrangements', 'bastien-okoro', arrangement)).statusCode).toBe(403);
  expect(sent.at(-1)?.row).toMatchObject({ registrant_ref: 'org:northern-voices-fund', principal_country: 'XVA' });
});
