import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

test('a search shows who bought an ad, who authorised it and what was remarked', async () => {
  const ad = { id: 'a-1', platformId: 'parlure', buyerName: 'Parti Boréal', firstDisplayedAt: '2031-10-01T03:40:00.000Z', flags: ['LATE', 'MISSING_AUTHORISER'] }; // prettier-ignore
  gateway = await startGateway({ 'GET /v1/ads': json({ items: [ad], next: 'more' }) });
  const { out, err } = await runCli(['ads', 'search', '--party', 'boreal'], { env: gateway.env });
  expect(out.split('\n')).toEqual([
    'DISPLAYED         PLATFORM  BUYER         AUTHORISED BY  FLAGS                    ID',
    '2031-10-01T03:40  parlure   Parti Boréal  –              LATE MISSING_AUTHORISER  a-1',
    '',
  ]);
  expect(err).toContain('narrow the search');
});

test('a sighting is sent with what is known of the ad, and answered with what becomes of it', async () => {
  gateway = await startGateway({ 'POST /v1/ads/sightings': json({ outcome: 'CLOCK_RUNNING', flags: [] }) });
  const { out } = await runCli(['ads', 'sight', '--platform', 'chirrup', '--election', 'ge-demo', '--ad', 'c-9'], { env: gateway.env }); // prettier-ignore
  expect(out).toBe('CLOCK_RUNNING\n');
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({ platformId: 'chirrup', electionId: 'ge-demo', adId: 'c-9' }); // prettier-ignore
});

test('the clock’s table has a line a day and platform, the gaps of the registry above it', async () => {
  const row = { day: '2031-10-01', platformId: 'chirrup', entries: 3, inTime: 2, late: 1, missing: 1, isInGap: true };
  const gap = { source: 'open.elections', id: 'g-1', from: '2031-10-01T22:00:00.000Z', reason: 'moved' };
  gateway = await startGateway({ 'GET /v1/ads/compliance': json({ items: [row], gaps: [gap] }) });
  const { out } = await runCli(['ads', 'compliance'], { env: gateway.env });
  expect(out.split('\n')).toEqual([
    'gap  2031-10-01T22:00:00.000Z – it lasts  moved',
    'DAY         PLATFORM  ENTERED  IN TIME  LATE  MISSING  GAP',
    '2031-10-01  chirrup   3        2        1     1        not observed all day',
    '',
  ]);
});
