import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(async () => gateway?.close());

test('a decision is about the alert as it was just read; one that is not there costs no other', async () => {
  gateway = await startGateway({
    'GET /v1/alerts/a': (request, response) => {
      response.setHeader('etag', '"read"');
      json({ id: 'a' })(request, response);
    },
    'PATCH /v1/alerts/a': json({ id: 'a', triage: { state: 'ACKNOWLEDGED' } }),
  });
  const words = ['alert', 'ack', 'a', 'absent', '--reason', 'Seen.'];
  const { code, out, err } = await runCli(words, { env: gateway.env });
  expect([code, out]).toEqual([3, 'a ACKNOWLEDGED\n']);
  expect(err).toContain('absent:');
  const sent = gateway.received.find(({ method }) => method === 'PATCH');
  expect([sent?.headers['if-match'], JSON.parse(sent?.body ?? '')]).toEqual(['"read"', { state: 'ACKNOWLEDGED', reason: 'Seen.' }]);
  expect((await runCli(['alert', 'close', 'absent', '--reason', 'x'], { env: gateway.env })).code).not.toBe(0);
}); // prettier-ignore
