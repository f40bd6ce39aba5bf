import { afterEach, expect, test } from '@jest/globals';
import { json, problem, runCli, startGateway } from '../testing/run-cli.ts';
import type { Answer, FakeGateway } from '../testing/run-cli.ts';

const BANNER = 'SECRET//CANADIAN EYES ONLY';
const ID = '5f6d1f0e-0c52-4b6a-9d3f-3a1c7f3a0001';
let gateway: FakeGateway | undefined;
afterEach(async () => gateway?.close());

const run = async (words: readonly string[], answers: Readonly<Record<string, Answer>>) => {
  gateway = await startGateway(answers);
  return runCli(['subscribe', ...words], { env: gateway.env });
};
const item = { id: ID, view: 's-can', name: 'bands', filter: { precedence: 'PRIORITY' }, deliver: 'webhook', url: 'http://127.0.0.1:9/hook' }; // prettier-ignore
const deliveries = {
  id: ID, deliver: 'webhook', state: 'DEAD', failures: 3, lastSentAt: '2031-10-02T14:00:00.000Z',
  lag: { waiting: 12, isMore: false, oldestAt: '2031-10-02T14:01:00.000Z', ms: 90_000 },
  items: [{ id: ID, kind: 'WEBHOOK', state: 'FAILED', code: 'HTTP_410', startedAt: '2031-10-02T14:02:00.000Z', records: 2, withheld: 1, attempts: 3 }],
}; // prettier-ignore
const preview = json({ items: [], matches: 1000, isMore: true }, { marking: BANNER });

test('create shows what would have come, keeps the filter with its numbers as numbers, and prints the secret once', async () => {
  const made = await run(
    ['create', 'bands', '--filter', 'precedence=PRIORITY', '--filter', 'severityMin=40', '--trigger', 'BAND', '--deliver', 'webhook', '--url', item.url],
    {
      'POST /v1/subscriptions/preview': preview,
      'POST /v1/subscriptions': json({ ...item, signingSecret: 'whsec_x' }, { status: 201, marking: BANNER }),
    },
  ); // prettier-ignore
  expect(made.code).toBe(0);
  expect(made.err).toContain('1000+ alerts of the last seven days');
  expect(made.out.split('\n')).toEqual([BANNER, `subscription ${ID}`, `posts  ${item.url}`, 'secret whsec_x   (shown this once)', BANNER, '']); // prettier-ignore
  const [, sent] = gateway!.received;
  expect(JSON.parse(sent!.body)).toEqual({
    name: 'bands', deliver: 'webhook', url: item.url, filter: { precedence: 'PRIORITY', severityMin: 40 }, triggers: ['BAND'],
  }); // prettier-ignore
  expect(sent!.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
});

test('a dry run keeps nothing', async () => {
  const { code, out } = await run(['create', 'bands', '--dry-run', '--json'], { 'POST /v1/subscriptions/preview': preview }); // prettier-ignore
  expect([code, JSON.parse(out)]).toEqual([0, { marking: BANNER, name: 'bands', deliver: 'stream', filter: {}, matches: 1000, isMore: true }]); // prettier-ignore
  expect(gateway!.received).toHaveLength(1);
});

test('an unknown way is a mistake of usage, and nothing is asked', async () => {
  const { code } = await run(['create', 'bands', '--deliver', 'pigeon'], {});
  expect([code, gateway!.received]).toEqual([2, []]);
});

test('list says how each stands and what waits; show says what was sent, and why it failed', async () => {
  const answers = {
    'GET /v1/subscriptions': json({ items: [item] }, { marking: BANNER }),
    [`GET /v1/subscriptions/${ID}/deliveries`]: json(deliveries, { marking: BANNER }),
  };
  const listed = await run(['list'], answers);
  expect(listed.out).toMatch(/bands +webhook +DEAD +12 \(90 s\) +2031-10-02T14:00:00.000Z/);
  await gateway!.close();
  const shown = await run(['show', ID], answers);
  expect(shown.out).toContain('DEAD · waiting 12 (90 s) · 3 failures in a row · last sent 2031-10-02T14:00:00.000Z');
  expect(shown.out).toMatch(/WEBHOOK +FAILED HTTP_410 +2 +1 +3/);
});

test.each([
  ['pause', 'PAUSED', 'resume'],
  ['resume', 'ACTIVE', 'pause'],
])('%s prints the new state and how to undo it', async (command, state, undo) => {
  const path = `POST /v1/subscriptions/${ID}/${command}`;
  const { code, out } = await run([command, ID], { [path]: json({ id: ID, state }, { marking: BANNER }) });
  expect([code, out.split('\n').slice(1, 3)]).toEqual([0, [`${ID} ${state}`, `undo: sitebus subscribe ${undo} ${ID}`]]);
});

test('test says which delivery it is and where its end will be; by its other name too', async () => {
  gateway = await startGateway({ [`POST /v1/subscriptions/${ID}/test`]: json({ id: ID, delivery: 'd1' }, { status: 202, marking: BANNER }) }); // prettier-ignore
  const { code, out, err } = await runCli(['subscription', 'test', ID], { env: gateway.env });
  expect([code, out.includes('test d1'), err]).toEqual([0, true, `next: sitebus subscribe show ${ID}\n`]);
});

test('rm removes; what is not there is said to be not found', async () => {
  const gone: Answer = (_request, response) => void response.writeHead(204).end();
  expect((await run(['rm', ID], { [`DELETE /v1/subscriptions/${ID}`]: gone })).code).toBe(0);
  await gateway!.close();
  expect((await run(['rm', ID], { [`DELETE /v1/subscriptions/${ID}`]: problem('not-found', 404, 'Not found') })).code).toBe(4); // prettier-ignore
});
