import { createHash } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import { createTestClock } from '@sitebus/sdk/testing';
import { eventually } from '../../../../test/support/eventually.ts';
import type { AgencyService } from '../agency-service.ts';
import { createImportBench, importAll, type ImportBench } from '../testing/index.ts';
import { createTableDesks, type TableDeskWish } from '../testing/table-desk.ts';
import { adsReader } from './ads.ts';
import { arrangementsReader } from './arrangements.ts';
import { missingEntries, sightingsReader } from './sightings.ts';

const desks = createTableDesks({
  agency: 'elections',
  readers: [adsReader, sightingsReader, arrangementsReader],
  drops: [],
  recurring: [missingEntries],
});
afterEach(() => desks.close());

interface Desk {
  readonly bench: ImportBench;
  readonly service: AgencyService;
  /** Type and fields of everything written. */
  readonly written: () => readonly (Readonly<Record<string, unknown>> & { readonly type: string })[];
}

async function aDesk({ now, ...wish }: TableDeskWish & { now?: string } = {}): Promise<Desk> {
  const bench = wish.bench ?? (await createImportBench());
  if (now !== undefined) bench.clock.set(Date.parse(now));
  const { service } = await desks.open({ ...wish, bench });
  const written = () => bench.observations().map(({ type, value }) => ({ ...value, type }));
  return { bench, service, written };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** One ad, on Chirrup, bought by a registered party, shown and entered on the morning of 1 October. */
function anAd(change: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    platform_id: 'chirrup',
    ad_id: 'c-1',
    kind: 'ELECTION',
    creative_sha256: sha256('c-1'),
    landing_url: 'https://northern-voices.example/act',
    text: 'Your voice, louder.',
    lang: 'en',
    buyer_kind: 'REGISTERED_PARTY',
    buyer_name: 'Alder Party',
    buyer_ref: 'party:alder',
    authoriser_name: 'T. Larchwood',
    first_displayed_at: '2031-10-01T09:00:00-04:00',
    entered_at: '2031-10-01T10:00:00-04:00',
    election_id: 'ge-demo',
    ...change,
  };
}
const enter = (desk: Desk, ...ads: readonly Readonly<Record<string, string>>[]) =>
  importAll(desk.service, 'ads', 'elections-ads', JSON.stringify(ads));
const sight = (desk: Desk, change: Readonly<Record<string, string>> = {}) =>
  importAll(
    desk.service,
    'ad-sightings',
    'elections-ad-sightings',
    JSON.stringify({ platform_id: 'chirrup', ad_id: 'c-9', creative_sha256: sha256('c-9'), landing_url: 'https://northern-voices.example/again', seen_at: '2031-10-03T22:00:00-04:00', election_id: 'ge-demo', ...change }), // prettier-ignore
  );
const findings = (desk: Desk) =>
  desk
    .written()
    .flatMap(({ type, kind, daysLate, adRef }) => (type === 'AdFinding' ? [{ kind, daysLate, adRef }] : []));
const disclosures = (desk: Desk) => desk.written().filter(({ type }) => type === 'AdDisclosure');

test('accept ①: displayed 23:40 and entered 00:20 local is late by one day, though both instants share a UTC date', async () => {
  const desk = await aDesk();
  await enter(desk, anAd({ first_displayed_at: '2031-09-30T23:40:00-04:00', entered_at: '2031-10-01T00:20:00-04:00' }));
  const [disclosure] = disclosures(desk);
  expect(disclosure).toMatchObject({ flags: ['LATE'] });
  expect(findings(desk)).toEqual([
    { kind: 'LATE', daysLate: 1, adRef: (disclosure?.['envelope'] as { id: string }).id },
  ]);
});

test('accept ②: displayed 18:30 and entered 21:00 local is on time, though the UTC dates differ', async () => {
  const desk = await aDesk();
  await enter(desk, anAd({ first_displayed_at: '2031-09-30T18:30:00-04:00', entered_at: '2031-09-30T21:00:00-04:00' }));
  expect(disclosures(desk)).toMatchObject([{ flags: [] }]);
  expect(findings(desk)).toEqual([]);
});

test.each([
  [2_999_999, ['NOT_IN_DUTY'], 0],
  [3_000_000, ['LATE'], 1],
])(
  'accept ③: an English platform of %i average visits has flags %j for an ad entered a day late',
  async (monthly, flags, found) => {
    const policy = (shipped: Policy): Policy => ({
      ...shipped,
      ads: {
        ...shipped.ads,
        platforms: shipped.ads.platforms.map((each) => ({
          ...each,
          visits: [{ from: '2030-10', to: '2031-09', monthly }],
        })),
      },
    });
    const desk = await aDesk({ policy });
    await enter(desk, anAd({ entered_at: '2031-10-02T10:00:00-04:00' }));
    expect(disclosures(desk)).toMatchObject([{ flags }]);
    expect(findings(desk)).toHaveLength(found);
  },
);

test('a platform of which a month is unknown is flagged and has no finding', async () => {
  const policy = (shipped: Policy): Policy => ({
    ...shipped,
    ads: { ...shipped.ads, platforms: shipped.ads.platforms.map((each) => ({ ...each, visits: [{ from: '2030-10', to: '2031-08', monthly: 9_000_000 }] })) }, // prettier-ignore
  });
  const desk = await aDesk({ policy });
  await enter(desk, anAd({ entered_at: '2031-10-02T10:00:00-04:00' }));
  expect([disclosures(desk)[0]?.['flags'], findings(desk)]).toEqual([['DUTY_UNKNOWN'], []]);
});

test('accept ④: a sighted ad of a platform in duty without entry is found when its local day ends, once, and not before', async () => {
  const desk = await aDesk({ now: '2031-10-04T03:30:00Z' });
  const { answers } = await sight(desk);
  expect(answers).toMatchObject([{ status: 'skipped', code: 'CLOCK_RUNNING' }]);
  desk.bench.clock.set(Date.parse('2031-10-04T03:59:59.999Z'));
  await desk.service.takeDue?.();
  expect(findings(desk)).toEqual([]);
  desk.bench.clock.set(Date.parse('2031-10-04T04:00:00Z'));
  await desk.service.takeDue?.();
  await desk.service.takeDue?.();
  await sight(desk, { seen_at: '2031-10-03T23:00:00-04:00' });
  expect(findings(desk)).toEqual([{ kind: 'NO_ENTRY', daysLate: null, adRef: null }]);
});

test('what comes due follows the clock it is given, and is recorded at the time of day', async () => {
  const dueClock = createTestClock(Date.parse('2031-10-04T03:30:00Z'));
  const desk = await aDesk({ now: '2031-10-04T03:30:00Z', dueClock });
  await sight(desk);
  desk.bench.clock.set(Date.parse('2031-10-09T12:00:00Z'));
  await desk.service.takeDue?.();
  expect(findings(desk)).toEqual([]);
  dueClock.set(Date.parse('2031-10-04T04:00:00Z'));
  await desk.service.takeDue?.();
  expect(findings(desk)).toEqual([{ kind: 'NO_ENTRY', daysLate: null, adRef: null }]);
  const [finding] = desk.written().filter(({ type }) => type === 'AdFinding');
  expect(finding).toMatchObject({ envelope: { recordedAt: Date.parse('2031-10-09T12:00:00Z') } });
});

test('the clock of ads goes by itself: what is due is written without a call', async () => {
  const desk = await aDesk({ now: '2031-10-04T03:59:59.700Z' });
  await sight(desk);
  expect(findings(desk)).toEqual([]);
  desk.bench.clock.set(Date.parse('2031-10-04T04:00:00.100Z'));
  await eventually(() => findings(desk).length === 1, { withinMs: 30_000 });
});

test('an ad that was entered before its day ended is never found missing, by its name or by its copy', async () => {
  const desk = await aDesk({ now: '2031-10-04T03:30:00Z' });
  await sight(desk, { ad_id: 'c-1' });
  await sight(desk, { ad_id: '', creative_sha256: sha256('other') });
  await sight(desk, { ad_id: 'c-3' });
  const at = { first_displayed_at: '2031-10-03T22:00:00-04:00', entered_at: '2031-10-03T23:00:00-04:00' };
  await enter(desk, anAd(at), anAd({ ...at, ad_id: 'c-2', creative_sha256: sha256('other') }));
  desk.bench.clock.set(Date.parse('2031-10-05T12:00:00Z'));
  await desk.service.takeDue?.();
  expect(findings(desk)).toEqual([{ kind: 'NO_ENTRY', daysLate: null, adRef: null }]); // of c-3 alone
});

test('after a restart the clock knows what it has found and what still runs: nothing is lost, nothing doubled', async () => {
  const journalPath = await desks.aJournalPath();
  const first = await aDesk({ now: '2031-10-04T05:00:00Z', journalPath });
  await sight(first);
  await sight(first, { ad_id: 'c-10', creative_sha256: sha256('c-10'), seen_at: '2031-10-04T01:00:00-04:00' });
  expect(findings(first)).toHaveLength(1);
  await first.service.stop();
  const second = await aDesk({ bench: first.bench, now: '2031-10-06T05:00:00Z', journalPath });
  await eventually(() => findings(second).length === 2, { withinMs: 30_000 });
  await second.service.takeDue?.();
  await sight(second);
  expect(findings(second)).toHaveLength(2);
});

test('accept ⑥: of a table of 10 rows with 2 bad ones 8 are accepted and 2 explained, and the answer says so', async () => {
  const desk = await aDesk();
  const ads = Array.from({ length: 10 }, (_, index) =>
    anAd({ ad_id: `c-${index}`, creative_sha256: sha256(`c-${index}`) }),
  );
  const header = Object.keys(anAd());
  const rows = ads.map((ad, index) => ({
    ...ad,
    ...(index === 3 && { platform_id: 'nowhere' }),
    ...(index === 7 && { buyer_kind: 'ROBOT' }),
  }));
  const csv = [header, ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.map((cell) => `"${cell}"`).join(','))
    .join('\n');
  const { answers, summary } = await importAll(desk.service, 'ads', 'elections-ads', csv);
  expect(summary).toEqual({ items: 10, accepted: 8, refused: 2, skipped: 0 });
  expect(answers.filter(({ status }) => status === 'refused')).toMatchObject([
    { line: 5, pointer: 'platform_id', code: 'UNKNOWN_PLATFORM', fix: 'name a platform of policy' },
    { line: 9, pointer: 'buyer_kind', code: 'BAD_KIND', reason: 'not a capacity in which the Act lets buy' },
  ]);
  expect(disclosures(desk)).toHaveLength(8);
});

test('a missing authoriser and another period are flags, an entry before first display is in time', async () => {
  const desk = await aDesk();
  await enter(
    desk,
    anAd({ ad_id: 'a', authoriser_name: '' }),
    anAd({ ad_id: 'b', kind: 'PARTISAN' }),
    anAd({ ad_id: 'c', entered_at: '2031-09-29T10:00:00-04:00' }),
    anAd({ ad_id: 'd', buyer_kind: 'THIRD_PARTY', buyer_ref: 'org:northern-voices-fund' }),
  );
  const flags = Object.fromEntries(disclosures(desk).map((each) => [each['adId'], each['flags']]));
  expect(flags).toEqual({ a: ['MISSING_AUTHORISER'], b: ['WRONG_PERIOD'], c: [], d: ['UNREGISTERED_THIRD_PARTY'] });
  expect(findings(desk)).toEqual([]);
});

test('a correction supersedes the entry; first entry and first display stand, and the lateness once found with them', async () => {
  const desk = await aDesk();
  await enter(desk, anAd({ entered_at: '2031-10-02T10:00:00-04:00' }));
  await enter(desk, anAd({ first_displayed_at: '2031-10-03T09:00:00-04:00', entered_at: '2031-10-03T10:00:00-04:00', text: 'Your voice, twice as loud.' })); // prettier-ignore
  const isCorrection = ({ envelope }: Readonly<Record<string, unknown>>) => (envelope as { supersedes: string | null }).supersedes !== null; // prettier-ignore
  const [second] = disclosures(desk).filter(isCorrection);
  const [first] = disclosures(desk).filter((each) => !isCorrection(each));
  expect(second).toMatchObject({
    envelope: { supersedes: (first?.['envelope'] as { id: string }).id },
    firstDisplayedAt: first?.['firstDisplayedAt'],
    enteredAt: first?.['enteredAt'],
    flags: ['LATE'],
  });
  expect(findings(desk)).toHaveLength(1);
});

test('the same file again writes nothing, also where it holds a late entry', async () => {
  const desk = await aDesk();
  const late = anAd({ entered_at: '2031-10-02T10:00:00-04:00' });
  await enter(desk, late);
  const before = desk.written().length;
  const { answers } = await enter(desk, late);
  expect([before, desk.written().length]).toEqual([2, 2]);
  expect(answers).toMatchObject([{ status: 'accepted', known: true }]);
});

test('a crash between an entry and its finding loses no finding: the file read again writes what was missing', async () => {
  const desk = await aDesk();
  const late = anAd({ entered_at: '2031-10-02T10:00:00-04:00' });
  desk.bench.bus.failNext('produce', 2); // what stands in the journal is not on the bus
  await expect(enter(desk, late)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  expect(desk.written()).toEqual([]);
  await enter(desk, late);
  expect([disclosures(desk).length, findings(desk).length]).toEqual([1, 1]);
});

test('an arrangement registered after the days of policy is late, on the last of them it is not', async () => {
  const desk = await aDesk();
  const arrangement = (registered_on: string) => ({ registrant_ref: 'org:northern-voices-fund', principal_country: 'XVA', principal_name: `Office ${registered_on}`, activities: ['PUBLIC'], process: 'The election', entered_on: '2031-09-01', registered_on }); // prettier-ignore
  await importAll(desk.service, 'arrangements', 'elections-arrangements', JSON.stringify([arrangement('2031-09-15'), arrangement('2031-09-16')])); // prettier-ignore
  const late = desk
    .written()
    .map(({ registeredOn, enteredOn, late: isLate }) => [Number(registeredOn) - Number(enteredOn), isLate]);
  expect(late.sort(([a], [b]) => Number(a) - Number(b))).toEqual([
    [14, false],
    [15, true],
  ]);
});
