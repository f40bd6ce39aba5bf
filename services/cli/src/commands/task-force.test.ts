import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

const REPORT = { id: 's-1', number: 3, state: 'COMPILED', marking: { banner: 'UNCLASSIFIED//TLP:AMBER' } };
const tagged = (body: unknown) => json(body, { headers: { etag: '"v1"' } });

let gateway: FakeGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

test('sitrep nil is one command with nothing else to say', async () => {
  gateway = await startGateway({ 'POST /v1/sitreps/3/nil': tagged(REPORT) });
  const { code } = await runCli(['sitrep', 'nil', '3'], { env: gateway.env });
  expect([code, JSON.parse(gateway.received[0]?.body ?? '')]).toEqual([0, {}]);
});

test('sitrep issue names persons and why, on the version that was just read', async () => {
  gateway = await startGateway({ 'GET /v1/sitreps/3': tagged(REPORT), 'POST /v1/sitreps/3/issue': tagged(REPORT) });
  const words = ['sitrep', 'issue', '3', '--to', 'ama-lindqvist', '--to', 'noor-castellane', '--reason', 'daily'];
  await runCli(words, { env: gateway.env });
  const given = gateway.received[1];
  expect(given?.headers['if-match']).toBe('"v1"');
  expect(JSON.parse(given?.body ?? '')).toEqual({
    recipients: ['ama-lindqvist', 'noor-castellane'],
    decision: { reason: 'daily' },
  });
});

test('protect add says whose own an account is', async () => {
  gateway = await startGateway({ 'POST /v1/protected-accounts/e-1/identifiers': tagged({ id: 'e-1' }) });
  await runCli(['protect', 'add', 'e-1', 'email', 'a@b.example', '--member', 'ada'], { env: gateway.env });
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({ kind: 'email', value: 'a@b.example', member: 'ada' });
});

test('feedback that was not forwarded says why and until when', async () => {
  gateway = await startGateway({ 'POST /v1/feedback': tagged({ id: 'f-1' }) });
  const words = ['feedback', 'give', 'p-1', '--useful', 'NO', '--not-forwarded', 'known', '--review-by', '2031-10-01T00:00:00Z']; // prettier-ignore
  await runCli(words, { env: gateway.env });
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toMatchObject({
    productId: 'p-1',
    notForwarded: { reason: 'known', reviewBy: '2031-10-01T00:00:00Z' },
  });
});

test('lint sends a text and prints what was found', async () => {
  gateway = await startGateway({ 'POST /v1/lint': tagged({ findings: [{ rule: 'L8', pointer: '/en/text' }] }) });
  const { out } = await runCli(['lint', '--kind', 'tearline', '--en', 'CSE saw it.'], { env: gateway.env });
  expect(out).toContain('L8');
});

test('affected notify names a tearline and its translation; lint names a case', async () => {
  gateway = await startGateway({
    'GET /v1/affected-parties/a-1': tagged({ id: 'a-1' }),
    'POST /v1/affected-parties/a-1/notify': tagged({ id: 'a-1' }),
    'POST /v1/lint': tagged({ findings: [] }),
  });
  await runCli(['affected', 'notify', 'a-1', '--tearline', 't-1', '--fr', 'Un site.'], { env: gateway.env });
  expect(JSON.parse(gateway.received[1]?.body ?? '')).toEqual({ tearline: 't-1', fr: 'Un site.' });
  await runCli(['lint', '--kind', 'notice', '--en', 'A site.', '--case', 'c-1'], { env: gateway.env });
  expect(JSON.parse(gateway.received[2]?.body ?? '')).toEqual({
    kind: 'notice',
    en: { text: 'A site.' },
    caseId: 'c-1',
  });
});
