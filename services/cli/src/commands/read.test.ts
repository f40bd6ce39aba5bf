import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

const MARKING = 'SECRET//REL TO CAN, GBR';
const assessment = (id: string) => ({
  id,
  version: 1,
  status: 'LIVE',
  confidence: 'LOW',
  members: [{}, {}],
  likelihood: { pMicro: 610_000, uMicro: 400_000, lo: 45, hi: 85 },
  headline: { en: 'Phishing', fr: 'Hameçonnage' },
  marking: { banner: MARKING },
});

let gateway: FakeGateway;
afterEach(() => gateway.close());

test('a list begins and ends with its marking, and says when there is more', async () => {
  gateway = await startGateway({
    'GET /v1/assessments': json({ items: [assessment('x')], next: 'more' }, { marking: MARKING }),
  });
  const { out, err } = await runCli(['list', 'assessments', '--limit', '1', '--filter', 'severityMin=60'], {
    env: gateway.env,
  });
  expect(out).toBe([MARKING, `[${MARKING}]  LIVE  x  61 % (45–85)  LOW  2 members  Phishing`, MARKING, ''].join('\n'));
  expect([gateway.received[0]?.query, err]).toEqual([
    { severityMin: '60', limit: '1' },
    'there are more than 1: --limit, or --filter\n',
  ]);
});

test('pages are followed until the limit, each with the cursor of the one before', async () => {
  gateway = await startGateway({
    'GET /v1/assessments': (request, response) => {
      const body =
        request.query['cursor'] === undefined ? { items: [assessment('x')], next: 'c1' } : { items: [assessment('y')] };
      json(body)(request, response);
    },
  });
  const { out } = await runCli(['--json', 'list', 'assessments'], { env: gateway.env });
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id),
  ).toEqual(['x', 'y']);
  expect(gateway.received.map(({ query }) => query['cursor'])).toEqual([undefined, 'c1']);
});

test('an assessment that was merged away says what it is now, and shows that', async () => {
  gateway = await startGateway({
    'GET /v1/assessments/old': json(
      { ...assessment('old'), status: 'REDIRECTED' },
      { status: 307, headers: { location: '/v1/assessments/new' } },
    ),
    'GET /v1/assessments/new': json(assessment('new'), { marking: MARKING }),
  });
  const { code, out, err } = await runCli(['get', 'assessment', 'old'], { env: gateway.env });
  expect([code, err, out.split('\n').slice(0, 3)]).toEqual([0, 'old is now new\n', [MARKING, 'now new', 'id  new']]);
});

test('redirects that go in a circle end with an error', async () => {
  const to = (location: string) => json(assessment('x'), { status: 307, headers: { location } });
  gateway = await startGateway({
    'GET /v1/assessments/a': to('/v1/assessments/b'),
    'GET /v1/assessments/b': to('/v1/assessments/a'),
  });
  expect((await runCli(['get', 'assessment', 'a'], { env: gateway.env })).code).toBe(1);
});

test('a hidden and an absent id are one answer, with exit code 4', async () => {
  gateway = await startGateway({});
  const { code, err } = await runCli(['get', 'observation', 'nobody-knows'], { env: gateway.env });
  expect([code, err.split('\n')[0]]).toEqual([4, 'error: Not found']);
});

test('a kind that does not exist is a usage error, before anything is sent', async () => {
  gateway = await startGateway({});
  expect([(await runCli(['list', 'unicorns'], { env: gateway.env })).code, gateway.received]).toEqual([2, []]);
});

test('an explanation answers why linked and why likely, the strongest link first', async () => {
  gateway = await startGateway({
    'GET /v1/assessments/x/explain': json(
      {
        id: 'x',
        members: [
          { id: 'o1', agency: 'cse', type: 'IndicatorReport', root: 'o1' },
          { id: 'o2', agency: 'rcmp', type: 'PublicTip', root: 'o1', discounted: 'COPY', copyOf: 'o1' },
        ],
        links: [
          {
            a: 'o1',
            b: 'o2',
            scoreMicro: 600_000,
            features: [{ kind: 'url', value: 'u', dfBucket: 2, weight: 1, contributionMicro: 600_000 }],
          },
          {
            a: 'o2',
            b: 'o1',
            scoreMicro: 900_000,
            features: [{ kind: 'domain', value: 'd.example', dfBucket: 1, weight: 1, contributionMicro: 900_000 }],
          },
        ],
        contextValues: [{ kind: 'ip', value: '192.0.2.1', why: 'HUB' }],
        copies: [
          {
            member: 'o2',
            of: 'o1',
            stated: 4,
            shared: 4,
            values: [{ kind: 'similar-text', value: 't' }, { kind: 'wallet' }],
          },
        ],
        likelihood: { pMicro: 610_000, uMicro: 400_000, lo: 45, hi: 85, term: { en: 'likely', fr: 'probable' } },
        evidence: [{ agency: 'cse', rMicro: 1_000_000, sMicro: 0, pMicro: 600_000, uMicro: 500_000, roots: [] }],
        confidence: 'LOW',
        confidenceCaps: [{ cap: 'ONE_ROOT', atMost: 'LOW' }],
        dissents: [],
        ruleVersion: 1,
      },
      { marking: MARKING },
    ),
  });
  const { out } = await runCli(['explain', 'x'], { env: gateway.env });
  expect(out.split('\n')).toEqual([
    MARKING,
    'Members',
    '  o1  cse  IndicatorReport',
    '  o2  rcmp  PublicTip  from o1  discounted: COPY of o1',
    'Why linked',
    '  rcmp – cse  score 0.900  o2 – o1',
    '    domain d.example  adds 0.900, in at least 2 lineages',
    '  cse – rcmp  score 0.600  o1 – o2',
    '    url u  adds 0.600, in at least 4 lineages',
    'Seen, and not counted',
    '  ip 192.0.2.1  HUB',
    'Told again, and not counted twice',
    '  o2  has 4 of its 4 values from o1',
    '    similar-text t',
    '    wallet (masked)',
    '    and 2 more',
    'Why this likelihood',
    '  likely: 61 %, between 45 and 85 %; 40 % of it unknown',
    '  cse  for 1.000, against 0.000: alone 60 %',
    'Confidence',
    '  LOW',
    '  at most LOW: ONE_ROOT',
    'Also',
    '  id  x',
    '  ruleVersion  1',
    MARKING,
    '',
  ]);
});
