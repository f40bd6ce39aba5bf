// Rows 8 and 9: what a low reader sees does not depend on what lies above it, on a real broker and through every service.
// Two worlds get the same records at and below the partner view; in one of them the cyber agency also writes above it.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf, type ObservationWords } from '../support/observations.ts';
import { startWorld, type World } from '../support/world.ts';

const FVEY = 'SECRET//REL TO CAN, AUS, GBR, NZL, USA';
const PARTNER = 'UNCLASSIFIED//TLP:AMBER';
const SHARED = 'ballot-mirror.example';
const CANARY = 'CANARY-ROW-8';
const STANDING_STILL = { now: () => Date.UTC(2031, 9, 2, 12) };

const LOW: readonly ObservationWords[] = [
  { id: idOf(1), marking: PARTNER, domains: [SHARED], origin: 'rep:gac/1' },
  {
    id: idOf(2),
    marking: PARTNER,
    domains: ['other-site.example'],
    origin: 'rep:gac/2',
    observedAt: '2026-10-01T10:00:00.000Z',
  },
];
/** Shares a value with the first low record, joins both low ones, and is seen earlier than any. */
const HIGH: readonly ObservationWords[] = [
  {
    id: idOf(3),
    marking: FVEY,
    domains: [SHARED],
    title: CANARY,
    origin: 'rep:cse/1',
    observedAt: '2026-09-30T09:00:00.000Z',
  },
  { id: idOf(4), marking: FVEY, domains: [SHARED, 'other-site.example'], title: CANARY, origin: 'rep:cse/2' },
];

const started: World[] = [];
let withHigh: World;
let withoutHigh: World;

beforeAll(async () => {
  withHigh = await startWorld({ clock: STANDING_STILL });
  started.push(withHigh);
  await publish(withHigh, 'ama-lindqvist', HIGH);
  await publish(withHigh, 'teodor-vance', LOW);
  withoutHigh = await startWorld({ clock: STANDING_STILL });
  started.push(withoutHigh);
  await publish(withoutHigh, 'teodor-vance', LOW);
  for (const world of [withHigh, withoutHigh])
    await eventually(async () => (await assessments(world, 'piotr-adeyemi')).length === 2, {
      withinMs: 20_000,
      what: 'two assessments of the partner view',
    });
}, 120_000);

afterAll(async () => {
  for (const world of started) await world.close();
});

test('row 8: the readers above do see the hidden records, in one assessment with the low ones', async () => {
  for (const reader of ['ingrid-tamihana', 'ama-lindqvist']) {
    await eventually(
      async () => {
        const together = (await assessments(withHigh, reader)).map(membersOf);
        expect(together).toEqual([[1, 2, 3, 4].map(idOf)]);
        return true;
      },
      { withinMs: 20_000, what: `one assessment of all four for ${reader}` },
    );
  }
});

test('row 8: the low reader gets the same bytes on every route, headers and cursors included', async () => {
  const [seen, unseen] = [await transcript(withHigh), await transcript(withoutHigh)];
  expect(seen.length).toBeGreaterThan(15);
  expect(seen.join('\n')).toContain(idOf(1));
  expect(seen).toEqual(unseen);
});

test('row 9: the low view has the same assessments, versions and counts; nothing in them hints at the link', async () => {
  const explained = async (world: World) => {
    const live = await assessments(world, 'piotr-adeyemi');
    return Promise.all(live.map(({ id }) => world.get('piotr-adeyemi', `/v1/assessments/${String(id)}/explain`)));
  };
  const low = await explained(withHigh);
  expect(low).toEqual(await explained(withoutHigh));
  expect(JSON.stringify(low)).not.toContain(CANARY);
});

async function publish(world: World, as: string, all: readonly ObservationWords[]): Promise<void> {
  for (const words of all) {
    const response = await world.ask(as, '/v1/observations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(anIndicatorReport(words)),
    });
    expect([response.status, await response.text()]).toEqual([202, expect.stringContaining(words.id ?? '')]);
  }
}

async function assessments(world: World, as: string): Promise<readonly Record<string, unknown>[]> {
  return (await world.get(as, '/v1/assessments?status=LIVE'))['items'] as readonly Record<string, unknown>[];
}

const membersOf = (assessment: Record<string, unknown> | undefined): readonly string[] =>
  (assessment?.['members'] as readonly { id: string }[]).map(({ id }) => id).sort();

/** Every answer a partner can get, as bytes: status, headers and body; only what is random by design is blanked. */
async function transcript(world: World): Promise<readonly string[]> {
  const ids = [1, 2, 3, 4, 99].map(idOf);
  const own = (await assessments(world, 'piotr-adeyemi')).map(({ id }) => String(id));
  const lookup = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      features: [SHARED, 'other-site.example', 'never-seen.example'].map((value) => ({ kind: 'domain', value })),
    }),
  };
  const requests: readonly (readonly [string, RequestInit?])[] = [
    ['/v1/observations'],
    ['/v1/observations?limit=1'],
    ...ids.flatMap((id) => [[`/v1/observations/${id}`], [`/v1/observations/${id}/assessments`]] as const),
    ['/v1/assessments'],
    ['/v1/assessments?limit=1'],
    ...own.flatMap(
      (id) => [[`/v1/assessments/${id}`], [`/v1/assessments/${id}/explain`], [`/v1/redirects/${id}`]] as const,
    ),
    ['/v1/alerts'],
    ['/v1/features/lookup', lookup],
    ['/v1/sources'],
    ['/v1/me'],
    ['/v1/policy'],
    ['/v1/schemas'],
    ['/v1/assessments?view=s-fvey'],
    ['/v1/assessments?view=no-such-view'],
  ];
  const answers: string[] = [];
  let firstLeaf: number | undefined; // waiting above asked more or less often, and every answer is on the ledger
  for (const [path, init] of requests) {
    const response = await world.ask('piotr-adeyemi', path, init);
    const headers = [...response.headers]
      .filter(([name]) => name !== 'date')
      .map(([name, value]) => `${name}: ${value}`);
    const leaf = /leaves=(\d+)/.exec(response.headers.get('sitebus-ledger') ?? '')?.[1];
    firstLeaf ??= leaf === undefined ? undefined : Number(leaf);
    answers.push(
      blankRandom(
        `${path} ${response.status}\n${headers.join('\n')}\n\n${await response.text()}`,
        world,
        firstLeaf ?? 0,
      ),
    );
  }
  answers.push(blankRandom(await streamed(world), world, firstLeaf ?? 0));
  return answers;
}

/** The alert stream from its beginning, up to as many alerts as the list has. */
async function streamed(world: World): Promise<string> {
  const { items } = (await world.get('piotr-adeyemi', '/v1/alerts?limit=200')) as { items: readonly unknown[] };
  const stop = new AbortController();
  const response = await world.ask('piotr-adeyemi', '/v1/alerts/stream?from=2000-01-01T00:00:00Z', {
    signal: stop.signal,
  });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split('event: alert').length > items.length && text.endsWith('\n\n')) break;
  }
  stop.abort();
  expect(items.length).toBeGreaterThan(0);
  return text;
}

/** Cursors and trace ids are random, so their length is compared; ports and the broker's own clock belong to the world. */
function blankRandom(text: string, world: World, firstLeaf: number): string {
  return text
    .replace(
      /leaves=(\d+)-(\d+)/,
      (_all, from: string, to: string) => `leaves=${Number(from) - firstLeaf}-${Number(to) - firstLeaf}`,
    )
    .replaceAll(world.gateway, 'http://gateway')
    .replace(/^id: ([A-Za-z0-9_-]+)$/gm, (_all, cursor: string) => `id: <${cursor.length} characters>`)
    .replace(/"leafIndex":(\d+)/g, (_all, leaf: string) => `"leafIndex":${Number(leaf) - firstLeaf}`)
    .replace(
      /("next":"|[?&]cursor=)([A-Za-z0-9_-]{20,})/g,
      (_all, before: string, cursor: string) => `${before}<${cursor.length} characters>`,
    )
    .replace(/"(lastEvent|usualIntervalMs|silentSince)":(?:"[^"]*"|\d+)/g, '"$1":"…"')
    .replace(/(\/v1\/sources 200[\s\S]*?content-length): \d+/, '$1: …') // it follows the broker's clock, too
    .replace(/"traceId":"[^"]*"/g, '"traceId":"…"')
    .replace(/(ratelimit-(?:remaining|reset)): \d+/g, '$1: …');
}
