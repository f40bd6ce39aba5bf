// The ad registry on a real broker: a table dropped into the inbox is answered row by row, found by the public, and what came
// late or was never entered is a finding.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { patiently, type World } from '../../support/world.ts';

let world: World;

interface Answer {
  readonly summary: unknown;
  readonly answers: readonly { readonly status: string; readonly line: number; readonly pointer?: string; readonly reason?: string; readonly fix?: string }[];
} // prettier-ignore

async function answered(name: string): Promise<Answer> {
  const file = join(join(world.inboxDir, 'elections'), `${name}.answer.json`);
  return (await eventually(async () => JSON.parse(await readFile(file, 'utf8')) as object)) as Answer;
}

async function publicAds(search: string): Promise<readonly { readonly adId: string; readonly flags: readonly string[] }[]> {
  const response = await patiently(() => fetch(`${world.gateway}/v1/ads${search}`));
  expect(response.status).toBe(200);
  return ((await response.json()) as { items: readonly { adId: string; flags: readonly string[] }[] }).items;
} // prettier-ignore

async function findings(): Promise<readonly unknown[]> {
  return (await world.get('analyst', '/v1/observations?type=AdFinding'))['items'] as readonly unknown[];
}

/** What a platform’s table of ads becomes. */
export function adRegistry(theWorld: () => World): void {
  beforeAll(() => void (world = theWorld()));

  test('a dropped table of ten ads: eight accepted, two explained, found by anyone, and the late one found late', async () => {
    const inbox = join(world.inboxDir, 'elections');
    await mkdir(inbox, { recursive: true });
    await copyFile('deploy/local/samples/ads.csv', join(inbox, 'ads.csv'));
    const { summary, answers } = await answered('ads.csv');
    expect(summary).toEqual({ items: 10, accepted: 8, refused: 2, skipped: 0 });
    expect(answers.filter(({ status }) => status === 'refused')).toMatchObject([
      { line: 8, pointer: 'platform_id', fix: 'name a platform of policy' },
      { line: 10, pointer: 'first_displayed_at', reason: 'not an instant with an offset' },
    ]);
    await eventually(async () => (await publicAds('?platform=chirrup')).length === 4);
    expect(await publicAds('?platform=parlure&party=boreal&riding=Baie-des-Sorbiers&day=2026-09-30')).toMatchObject([{ adId: 'p-3001', flags: expect.arrayContaining(['LATE']) }]); // prettier-ignore
    const items = await findings();
    expect(items).toMatchObject([{ kind: 'LATE', platformId: 'parlure', daysLate: 1 }]);
  });

  test('an ad that was seen and never entered is a finding, and the table of the clock counts it', async () => {
    const sightings = 'platform_id,ad_id,creative_sha256,landing_url,seen_at,election_id\nchirrup,c-2999,,https://northern-voices.example/again,2026-10-03T22:00:00-04:00,ge-demo\n'; // prettier-ignore
    await writeFile(join(join(world.inboxDir, 'elections'), 'street.sightings.csv'), sightings);
    expect((await answered('street.sightings.csv')).summary).toMatchObject({ accepted: 1 });
    await eventually(async () => (await findings()).length === 2); // prettier-ignore
    const { items } = await world.get('analyst', '/v1/ads/compliance?platform=chirrup&from=2026-10-03&to=2026-10-03');
    expect(items).toMatchObject([{ day: '2026-10-03', platformId: 'chirrup', missing: 1 }]);
  });
}
