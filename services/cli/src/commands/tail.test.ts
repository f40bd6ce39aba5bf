import { afterEach, expect, test } from '@jest/globals';
import { json, problem, runCli, startGateway } from '../testing/run-cli.ts';
import type { Answer, FakeGateway } from '../testing/run-cli.ts';

const ALERT = {
  id: 'a1',
  assessmentId: '5d3c',
  version: 2,
  reason: 'BAND',
  precedence: 'PRIORITY',
  headline: { en: 'Phishing: 2 observations, 2 agencies', fr: '…' },
  why: [{ a: 'o1', b: 'o2', features: [{ kind: 'domain', value: 'mirror-check.example' }] }],
  marking: { banner: 'UNCLASSIFIED//TLP:CLEAR' },
};
const LINE =
  '[UNCLASSIFIED//TLP:CLEAR]  PRIORITY  BAND  Phishing: 2 observations, 2 agencies  domain mirror-check.example links o1 and o2  5d3c v2';

let gateway: FakeGateway;
afterEach(() => gateway.close());

test('an alert is one line: its marking, why, the observations and the value that links them', async () => {
  gateway = await startGateway({ 'GET /v1/alerts/stream': stream([['alert', 'c1', ALERT]]) });
  const { code, out } = await runCli(['tail', 'alerts', '--limit', '1'], { env: gateway.env });
  expect([code, out]).toEqual([0, `${LINE}\n`]);
});

test('on a narrow terminal a line is cut, and its marking stays whole', async () => {
  gateway = await startGateway({ 'GET /v1/alerts/stream': stream([['alert', 'c1', ALERT]]) });
  const { out } = await runCli(['tail', 'alerts', '--limit', '1'], { env: gateway.env, columns: 60 });
  expect(out).toBe(`${LINE.slice(0, 59)}…\n`);
});

test('after a break it goes on behind the last event, without its starting time, and prints nothing twice', async () => {
  let connection = 0;
  gateway = await startGateway({
    'GET /v1/alerts/stream': (request, response) => {
      connection += 1;
      const first = stream([
        ['alert', 'c1', ALERT],
        ['heartbeat', 'c2', { at: 'now' }],
        ['end', undefined, {}],
      ]);
      const second = stream([['alert', 'c3', { ...ALERT, version: 3 }]]);
      (connection === 1 ? first : second)(request, response);
    },
  });
  const { out, err } = await runCli(['tail', 'alerts', '--limit', '2', '--from', '2031-10-02T00:00:00Z'], {
    env: gateway.env,
  });
  expect(out.split('\n').map((line) => line.split(' ').at(-1))).toEqual(['v2', 'v3', '']);
  expect(gateway.received.map(({ query, headers }) => [query['from'], headers['last-event-id']])).toEqual([
    ['2031-10-02T00:00:00Z', undefined],
    [undefined, 'c2'],
  ]);
  expect(err).toContain('the stream ended; going on in');
});

test('a gap is printed with what to do about it, in the place where it was', async () => {
  const gap = { from: 't1', to: 't2', reason: 'retention', list: '/v1/alerts?from=t1' };
  gateway = await startGateway({
    'GET /v1/alerts/stream': stream([
      ['gap', 'c0', gap],
      ['alert', 'c1', ALERT],
    ]),
  });
  const { out } = await runCli(['tail', 'alerts', '--limit', '1'], { env: gateway.env });
  expect(out.split('\n')).toEqual([
    '-- gap: from t1 to t2 something may be missing (retention); the list has it: /v1/alerts?from=t1',
    LINE,
    '',
  ]);
});

test('with --json every line has its cursor, and that cursor continues', async () => {
  gateway = await startGateway({ 'GET /v1/alerts/stream': stream([['alert', 'c1', ALERT]]) });
  const { out } = await runCli(['--json', 'tail', 'alerts', '--limit', '1'], { env: gateway.env });
  const { cursor } = JSON.parse(out) as { cursor: string };
  await runCli(['tail', 'alerts', '--limit', '1', '--from', cursor], { env: gateway.env });
  expect([cursor, gateway.received[1]?.headers['last-event-id']]).toEqual(['c1', 'c1']);
});

test('Ctrl-C ends it with 130', async () => {
  gateway = await startGateway({ 'GET /v1/alerts/stream': stream([['alert', 'c1', ALERT]], 'stays open') });
  const interrupt = new AbortController();
  const { code, err } = await runCli(['tail', 'alerts'], {
    env: gateway.env,
    signal: interrupt.signal,
    onOut: () => interrupt.abort(),
  });
  expect([code, err]).toEqual([130, '']);
});

test('a reader who is refused is told at once, not tried again', async () => {
  gateway = await startGateway({ 'GET /v1/alerts/stream': problem('not-authenticated', 401, 'Sign in') });
  const { code } = await runCli(['tail', 'alerts'], { env: gateway.env });
  expect([code, gateway.received.length]).toEqual([4, 1]);
});

test('observations that were there before are not printed, later ones once each', async () => {
  const observation = (id: string) => ({
    id,
    type: 'PublicTip',
    status: 'RELEASED',
    marking: { banner: 'UNCLASSIFIED//TLP:CLEAR' },
    envelope: { id, agency: 'rcmp' },
  });
  let asked = 0;
  gateway = await startGateway({
    'GET /v1/observations': (request, response) => {
      asked += 1;
      json({ items: [...(asked > 1 ? [observation('new')] : []), observation('old')] })(request, response);
    },
  });
  const { code, out } = await runCli(['tail', 'observations', '--limit', '1'], { env: gateway.env });
  expect([code, out]).toEqual([0, '[UNCLASSIFIED//TLP:CLEAR]  PublicTip  new  rcmp\n']);
});

/** Server-sent events, then the end of the answer (or none). */
function stream(
  events: readonly (readonly [string, string | undefined, unknown])[],
  then: 'ends' | 'stays open' = 'ends',
): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'sitebus-marking': 'UNCLASSIFIED//TLP:CLEAR' });
    response.write('retry: 10\n\n');
    for (const [event, id, data] of events) {
      response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
    if (then === 'ends') response.end();
  };
}
