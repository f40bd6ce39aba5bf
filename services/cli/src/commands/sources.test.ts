import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(async () => gateway?.close());

test('a gap is declared with times in UTC and a reason, open-ended where no end is given', async () => {
  gateway = await startGateway({ 'POST /v1/sources/pb-can.rcmp/gaps': json({ id: 'x', cell: 'pb-can', readers: [] }) });
  const words = ['gaps', 'add', 'pb-can.rcmp', '--from', '2031-10-01T08:00Z', '--reason', 'moved'];
  const { code, out } = await runCli(words, { env: gateway.env });
  expect([code, out.trim()]).toEqual([0, 'x']);
  await runCli([...words, '--to', '2031-10-01T06:00-04:00'], { env: gateway.env });
  expect(gateway.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { from: '2031-10-01T08:00:00.000Z', reason: 'moved' },
    { from: '2031-10-01T08:00:00.000Z', to: '2031-10-01T10:00:00.000Z', reason: 'moved' },
  ]);
  expect((await runCli([...words, '--to', 'soon'], { env: gateway.env })).code).toBe(2);
});

test('sources are listed with their gaps, silent ones first', async () => {
  const source = { agency: 'rcmp', cell: 'pb-can', observations: 3, ratePerDay: 1, gaps: [{ from: 'a', reason: 'moved' }] };
  const items = [{ ...source, id: 'pb-can.rcmp' }, { ...source, id: 's-can.rcmp', silentSince: 'b', gaps: [] }];
  gateway = await startGateway({ 'GET /v1/sources': json({ items }) });
  const { out } = await runCli(['sources', '--json'], { env: gateway.env });
  const [answer] = out.trim().split('\n').map((line) => JSON.parse(line) as { items: { id: string }[] });
  expect(answer?.items.map(({ id }) => id)).toEqual(['s-can.rcmp', 'pb-can.rcmp']);
}); // prettier-ignore
