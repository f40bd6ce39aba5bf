import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

const notice = {
  lastRefresh: '2031-10-02T05:30:00.000Z',
  gaps: [{ platform: 'vidnook', from: '2031-09-20T15:00:00.000Z', kind: 'SILENCE', reason: { en: 'Silent.', fr: 'Muet.' } }],
  caveat: { en: 'Appearing here does not connect anyone to a state.', fr: 'Figurer ici ne relie personne à un État.' },
}; // prettier-ignore

test('a ranking has caveat, refresh and gaps above it, and a dash for a day without a number', async () => {
  const trend = [{ day: '2031-10-01', posts: null }, { day: '2031-10-02', posts: 0 }]; // prettier-ignore
  gateway = await startGateway({ 'GET /v1/monitor/aggregates': json({ ...notice, ranking: [{ value: 'HarbourSold', count: 3 }], trend }) }); // prettier-ignore
  const { out } = await runCli(['monitor', 'rank', '--by', 'hashtag'], { env: gateway.env });
  expect(out.split('\n')).toEqual([
    notice.caveat.en,
    'last refresh: 2031-10-02T05:30:00.000Z',
    'gap: vidnook from 2031-09-20T15:00:00.000Z to now: Silent.',
    '',
    'COUNT  VALUE',
    '3      HarbourSold',
    '',
    'DAY         POSTS',
    '2031-10-01  –',
    '2031-10-02  0',
    '',
  ]);
});

test('an account is retired by its id', async () => {
  gateway = await startGateway({
    'POST /v1/monitor/accounts/a-1/retire': json({ id: 'a-2', outcome: 'ACCEPTED' }, { status: 201 }),
  });
  const { out } = await runCli(['monitor', 'retire', 'a-1', '--to', '2031-10-01'], { env: gateway.env });
  expect([out, JSON.parse(gateway.received[0]?.body ?? '')]).toEqual(['ACCEPTED a-2\n', { to: '2031-10-01' }]);
});
