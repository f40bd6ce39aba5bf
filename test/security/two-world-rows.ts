// Rows 8 to 11: what a low reader sees does not depend on what lies above it, on a real broker and through every service.
// Two worlds get the same records at and below the partner view; in one of them the cyber agency also writes above it.

import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf, type ObservationWords } from '../support/observations.ts';
import type { World } from '../support/world.ts';
import { LOW_READER, assessmentsOf, lowTranscript } from './low-transcript.ts';

const FVEY = 'SECRET//REL TO CAN, AUS, GBR, NZL, USA';
const PARTNER = 'UNCLASSIFIED//TLP:AMBER';
const SHARED = 'ballot-mirror.example';
const CANARY = 'CANARY-ROW-8';
const QUESTIONS = {
  ids: [1, 2, 3, 4, 99].map(idOf),
  domains: [SHARED, 'other-site.example', 'never-seen.example'],
};

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

let withHigh: World;
let withoutHigh: World;

/** Their tests, on two worlds with one clock that stands still, on which nothing has happened. */
export function twoWorldRows(theWorlds: () => readonly [World, World]): void {
  beforeAll(async () => {
    [withHigh, withoutHigh] = theWorlds();
    await publish(withHigh, 'ama-lindqvist', HIGH);
    await publish(withHigh, 'teodor-vance', LOW);
    await publish(withoutHigh, 'teodor-vance', LOW);
    for (const world of [withHigh, withoutHigh])
      await eventually(async () => (await assessmentsOf(world, LOW_READER)).length === 2, {
        what: 'two assessments of the partner view',
      });
  });

  test('row 8: the readers above do see the hidden records, in one assessment with the low ones', async () => {
    for (const reader of ['ingrid-tamihana', 'ama-lindqvist']) {
      await eventually(
        async () => {
          const together = (await assessmentsOf(withHigh, reader)).map(membersOf);
          expect(together).toEqual([[1, 2, 3, 4].map(idOf)]);
          return true;
        },
        { what: `one assessment of all four for ${reader}` },
      );
    }
  });

  test('row 8: the low reader gets the same bytes on every route, headers, pages and cursors included', async () => {
    const [seen, unseen] = [await lowTranscript(withHigh, QUESTIONS), await lowTranscript(withoutHigh, QUESTIONS)];
    expect(seen.length).toBeGreaterThan(15);
    expect(seen.join('\n')).toContain(idOf(1));
    expect(seen).toEqual(unseen);
  });

  test('row 9: the low view has the same assessments, versions and counts; nothing in them hints at the link', async () => {
    const low = await explained(withHigh);
    expect(low).toEqual(await explained(withoutHigh));
    expect(JSON.stringify(low)).not.toContain(CANARY);
  });

  test('row 10: two low records that only a hidden one joins stay apart below, and nothing tells that they are joined', async () => {
    const low = await assessmentsOf(withHigh, LOW_READER);
    expect(low.map(membersOf).sort()).toEqual([[idOf(1)], [idOf(2)]]);
    const [one, other] = await explained(withHigh);
    expect(JSON.stringify(one)).not.toContain(String(low[1]?.['id']));
    expect(JSON.stringify(other)).not.toContain(String(low[0]?.['id']));
    expect([one, other].map((body) => (body as { links?: readonly unknown[] }).links ?? [])).toEqual([[], []]);
  });

  test('row 11: sources, look-ups and every page count what the reader sees, and nothing else', async () => {
    const counted = async (world: World) => ({
      sources: ((await world.get(LOW_READER, '/v1/sources'))['items'] as readonly Record<string, unknown>[]).map(
        ({ agency, observations }) => ({ agency, observations }),
      ),
      lookup: await lookUp(world, LOW_READER),
      listed: await Promise.all(
        ['/v1/observations', '/v1/assessments', '/v1/alerts'].map(
          async (path) => ((await world.get(LOW_READER, `${path}?limit=200`))['items'] as readonly unknown[]).length,
        ),
      ),
    });
    const below = await counted(withHigh);
    expect(below).toEqual(await counted(withoutHigh));
    expect(below.listed).toEqual([2, 2, 2]);
    expect(seenCounts(below.lookup)).toEqual([1, 1, 0]);
    expect(seenCounts(await lookUp(withHigh, 'ama-lindqvist'))).toEqual([3, 2, 0]); // above, the hidden ones are counted
  });
}

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

const membersOf = (assessment: Record<string, unknown> | undefined): readonly string[] =>
  (assessment?.['members'] as readonly { id: string }[]).map(({ id }) => id).sort();

async function explained(world: World): Promise<readonly Record<string, unknown>[]> {
  const live = await assessmentsOf(world, LOW_READER);
  return Promise.all(live.map(({ id }) => world.get(LOW_READER, `/v1/assessments/${String(id)}/explain`)));
}

interface LookedUp {
  readonly items: readonly { readonly observations?: readonly unknown[] }[];
}

async function lookUp(world: World, as: string): Promise<LookedUp> {
  const features = QUESTIONS.domains.map((value) => ({ kind: 'domain', value }));
  const response = await world.ask(as, '/v1/features/lookup', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ features }),
  });
  return (await response.json()) as LookedUp;
}

const seenCounts = ({ items }: LookedUp): readonly number[] =>
  items.map(({ observations }) => observations?.length ?? 0);
