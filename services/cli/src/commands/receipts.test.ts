import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

const product = { id: 'p-1', version: 2, kind: 'ASSESSMENT' };
const row = (person: string, status: string, more: object = {}) => ({
  product,
  person,
  status,
  times: { ISSUED: 't1' },
  ...more,
});

test('the late ones stand first, then whose recall is owed; filters go with every page', async () => {
  gateway = await startGateway({
    'GET /v1/receipts': (request, response) =>
      json(
        request.query['cursor'] === undefined
          ? { items: [row('ama', 'ACKNOWLEDGED'), row('bo', 'RECALLED', { isRecallOwed: true })], next: 'n' }
          : { items: [row('cy', 'DELIVERED', { isOverdue: true }), row('di', 'QUEUED', { isOverdue: true, isEscalated: true })] },
      )(request, response),
  }); // prettier-ignore
  const { out } = await runCli(['receipts', '--product', 'p-1', '--as-of', '2031-10-02T14:00:00Z'], {
    env: gateway.env,
  });
  expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ['PERSON', 'STATE', 'LATE'],
    ['di', 'QUEUED', 'escalated'],
    ['cy', 'DELIVERED', 'overdue'],
    ['bo', 'RECALLED', 'recall owed'],
    ['ama', 'ACKNOWLEDGED', 't1'],
    [''],
  ]);
  expect(gateway.received.map(({ query }) => [query['product'], query['asOf'], query['cursor']])).toEqual([
    ['p-1', '2031-10-02T14:00:00Z', undefined],
    ['p-1', '2031-10-02T14:00:00Z', 'n'],
  ]);
});

test('an order has a key of its own; whoever is withheld makes it partly refused', async () => {
  const recipients = [{ person: 'ama', status: 'QUEUED', deadlineAt: 't' }, { person: 'bo', status: 'WITHHELD' }];
  gateway = await startGateway({ 'POST /v1/distributions': json({ id: 'd-1', recipients }) });
  const words = ['distribute', 'p-1', 'ama', 'bo', '--precedence', 'flash', '--reason', 'To act on.'];
  const { code, out } = await runCli(words, { env: gateway.env });
  expect([code, out.split('\n')[0]]).toEqual([3, 'distribution d-1']);
  const [sent] = gateway.received;
  expect(JSON.parse(sent?.body ?? '')).toEqual({
    product: 'p-1',
    recipients: ['ama', 'bo'],
    precedence: 'FLASH',
    decision: { reason: 'To act on.' },
  });
  expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
}); // prettier-ignore

test('a dry run sends nothing, and a precedence that there is none of is a usage error', async () => {
  gateway = await startGateway({});
  const words = ['distribute', 'p-1', 'ama', '--reason', 'r'];
  expect((await runCli([...words, '--dry-run'], { env: gateway.env })).code).toBe(0);
  expect((await runCli([...words, '--precedence', 'SOON'], { env: gateway.env })).code).toBe(2);
  expect(gateway.received).toEqual([]);
});

test('ack lists what there is, and takes note of what it is told', async () => {
  gateway = await startGateway({
    'GET /v1/notifications': json({ items: [{ kind: 'notification', id: 'n-1', status: 'DELIVERED', product }] }),
    'POST /v1/notifications/n-1/acknowledge': json({
      kind: 'notification',
      id: 'n-1',
      status: 'ACKNOWLEDGED',
      product,
    }),
  });
  expect((await runCli(['ack'], { env: gateway.env })).out).toContain('DELIVERED');
  expect((await runCli(['ack', 'n-1'], { env: gateway.env })).out).toContain('ACKNOWLEDGED');
  const absent = await runCli(['ack', 'n-2'], { env: gateway.env });
  expect(absent.code).toBe(4); // another's and an absent one are one answer
});
