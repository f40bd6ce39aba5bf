import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { json, ndjson, problem, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

const MARKING = 'UNCLASSIFIED//TLP:CLEAR';
const PUBLISHED = {
  id: '0c6c1b1e-6f5e-4c55-9e3c-1b0c53c0a001',
  cell: 'open',
  normalised: [{ kind: 'domain', value: 'mirror-check.example' }],
  readers: ['public', 'partner'],
};
const DOMAIN = [
  'publish',
  'IndicatorReport',
  '--domains',
  'mirror-check[.]example',
  '--grade',
  'B2',
  '--marking',
  MARKING,
];

let gateway: FakeGateway;
afterEach(() => gateway.close());

test('an observation from flags is sent whole, and everything that was filled in is listed', async () => {
  gateway = await startGateway({ 'POST /v1/observations': json(PUBLISHED, { status: 202 }) });
  const { code, out } = await runCli(DOMAIN, { env: gateway.env });
  expect(code).toBe(0);
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({
    type: 'IndicatorReport',
    envelope: { observedAt: '2031-10-02T14:05:15.000Z', marking: MARKING, sourceGrade: 'B', infoGrade: 2 },
    report: {
      title: 'IndicatorReport: mirror-check[.]example',
      category: 'OTHER',
      portions: [{ text: 'IndicatorReport: mirror-check[.]example', lang: 'und', marking: MARKING }],
      stance: 'ASSERTS',
      sourceKind: 'OSINT',
      mandateBasis: 'not stated',
      soWhat: 'not yet assessed',
      releasePlan: 'READABLE_BY_PARTNERS',
    },
    domains: ['mirror-check[.]example'],
    part: 1,
    parts: 1,
  });
  const lines = out.trimEnd().split('\n');
  expect([lines[0], lines.at(-1)]).toEqual([MARKING, MARKING]);
  expect(lines).toContain('cell       open · acknowledged by the bus');
  expect(lines).toContain('value      domain mirror-check.example');
  expect(lines).toContain('filled in  category "OTHER"');
  expect(lines.filter((line) => line.startsWith('filled in  grade'))).toEqual([]);
  expect(out).toContain(`same call  curl -X POST -H "Authorization: Bearer $SITEBUS_TOKEN"`);
});

test('the bearer itself is never printed', async () => {
  gateway = await startGateway({ 'POST /v1/observations': json(PUBLISHED, { status: 202 }) });
  const { out, err } = await runCli(DOMAIN, { env: gateway.env });
  expect(gateway.received[0]?.headers.authorization).toBe('Bearer sbk_test');
  expect(out + err).not.toContain('sbk_test');
});

test('without a marking nothing is sent: there is no default', async () => {
  gateway = await startGateway({});
  const { code, err } = await runCli(['publish', 'IndicatorReport', '--domains', 'a.example'], { env: gateway.env });
  expect([code, gateway.received, err.split('\n')[0]]).toEqual([
    2,
    [],
    'error: --marking is required: there is no default',
  ]);
});

test.each([
  ['a field that the type does not have', ['--domain', 'a.example'], '--domains'],
  ['a grade that is none', ['--domains', 'a.example', '--grade', 'Z9'], 'sitebus --help'],
  ['a number that is none', ['--part', 'one'], 'sitebus --help'],
])('%s is a usage error that says what would be right', async (_what, words, next) => {
  gateway = await startGateway({});
  const { code, err } = await runCli(['publish', 'IndicatorReport', '--marking', MARKING, ...words], {
    env: gateway.env,
  });
  expect([code, gateway.received]).toEqual([2, []]);
  expect(err).toContain(`next:  ${next}`);
});

test('a refusal is printed with each fault, where it is and what helps', async () => {
  gateway = await startGateway({
    'POST /v1/observations': problem('invalid-observation', 422, 'The observation was refused', {
      errors: [
        {
          pointer: '/envelope/infoGrade',
          code: 'OUT_OF_RANGE',
          detail: 'must be 1 to 6',
          hint: '6 says: cannot be judged',
        },
      ],
      traceId: 't1',
    }),
  });
  const { code, err } = await runCli(DOMAIN, { env: gateway.env });
  expect(code).toBe(1);
  expect(err).toBe(
    [
      'error: The observation was refused',
      'where: POST /v1/observations',
      'where: /envelope/infoGrade OUT_OF_RANGE: must be 1 to 6 (6 says: cannot be judged)',
      'where: trace t1',
      'next:  sitebus publish <type> … --dry-run',
      '',
    ].join('\n'),
  );
});

test('with --json the problem document itself is the answer', async () => {
  gateway = await startGateway({ 'POST /v1/observations': problem('marking-not-allowed', 422, 'Not yours to write') });
  const { err } = await runCli(['--json', ...DOMAIN], { env: gateway.env });
  expect(JSON.parse(err)).toEqual({
    type: 'urn:sitebus:problem:marking-not-allowed',
    title: 'Not yours to write',
    status: 422,
  });
});

test.each([
  [401, 'not-authenticated', 4],
  [403, 'role-not-allowed', 4],
  [503, 'not-durable', 5],
  [500, 'internal', 1],
])('status %i is exit code %3$i', async (status, slug, exit) => {
  gateway = await startGateway({ 'POST /v1/observations': problem(slug, status, 'No') });
  expect((await runCli(DOMAIN, { env: gateway.env })).code).toBe(exit);
});

test('an address where nobody listens is exit code 5, and says what to do', async () => {
  gateway = await startGateway({});
  const { env } = gateway;
  await gateway.close();
  const { code, err } = await runCli(DOMAIN, { env });
  expect([code, err.split('\n').at(-2)]).toEqual([5, 'next:  sitebus doctor']);
});

test('a dry run asks for a preview, stores nothing, and fails when there are faults', async () => {
  const faults = [{ pointer: '/domains/0', code: 'NOT_A_DOMAIN', detail: 'is no domain' }];
  gateway = await startGateway({
    'POST /v1/observations/preview': json({ faults, cell: 'open', readers: [], features: [] }),
  });
  const { code, out } = await runCli([...DOMAIN, '--dry-run'], { env: gateway.env });
  expect([code, gateway.received.map(({ path }) => path)]).toEqual([1, ['/v1/observations/preview']]);
  expect(out).toContain('fault      /domains/0 NOT_A_DOMAIN: is no domain');
});

test('NDJSON on stdin goes as bulk, each line with its type, and a refused line is exit code 3', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'publish-'));
  const file = join(folder, 'many.ndjson');
  await writeFile(file, '{"domains":["a.example"]}\n{"type":"PublicTip"}\n');
  gateway = await startGateway({
    'POST /v1/observations/bulk': ndjson([
      { line: 1, status: 'accepted', id: 'x', cell: 'open' },
      {
        line: 2,
        status: 'refused',
        code: 'MARKING_REQUIRED',
        pointer: '/envelope/marking',
        reason: 'no marking',
        fix: 'state one',
      },
      { summary: { items: 2, accepted: 1, refused: 1, skipped: 0 } },
    ]),
  });
  const { code, out, err } = await runCli(['publish', 'IndicatorReport', '--file', file], { env: gateway.env });
  const refused = await readFile(`${file}.refused.ndjson`, 'utf8');
  await rm(folder, { recursive: true });
  expect(code).toBe(3);
  expect(gateway.received[0]?.body.split('\n').map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
    'IndicatorReport',
    'PublicTip',
  ]);
  expect(out).toContain('2 items = 1 accepted + 1 refused + 0 skipped');
  expect(err).toContain(`${file}:2 refused MARKING_REQUIRED /envelope/marking: no marking → state one`);
  expect(JSON.parse(refused)).toMatchObject({ line: 2, code: 'MARKING_REQUIRED', item: '{"type":"PublicTip"}' });
});

test('an answer that ends before its summary is a failure, not a success', async () => {
  gateway = await startGateway({
    'POST /v1/observations/bulk': ndjson([{ line: 1, status: 'accepted', id: 'x', cell: 'open' }]),
  });
  const { code } = await runCli(['publish', 'IndicatorReport', '--file', '-'], { env: gateway.env, stdin: '{}\n' });
  expect(code).toBe(1);
});
