import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

const accepted = json({ id: 'o-9', cell: 's-can', readers: ['s-can', 'ts-can'] });
const sent = () => JSON.parse(gateway?.received[0]?.body ?? 'null') as unknown;

test('a recall says why, and where it lies', async () => {
  gateway = await startGateway({ 'POST /v1/observations/o-1/recall': accepted });
  const { code, out } = await runCli(['recall', 'o-1', '--reason', 'Our own address.', '--replacement', 'o-2'], { env: gateway.env }); // prettier-ignore
  expect([code, out.split('\n').slice(0, 2)]).toEqual([0, ['recalled by o-9', 'in cell s-can · read in s-can, ts-can']]); // prettier-ignore
  expect(sent()).toEqual({ reason: 'Our own address.', replacement: 'o-2' });
  expect(gateway.received[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
});

test('a position goes with its definition, its text under its marking', async () => {
  gateway = await startGateway({ 'POST /v1/assessments/a-1/positions': accepted });
  const words = ['position', 'a-1', 'Dissent', '--definition', 'ordinary-diplomacy', '--marking', 'SECRET', '--text', 'Open advocacy.', '--confidence', 'high', '--key', 'k']; // prettier-ignore
  expect((await runCli(words, { env: gateway.env })).code).toBe(0);
  expect(sent()).toEqual({
    stance: 'DISSENT',
    marking: 'SECRET',
    portions: [{ text: 'Open advocacy.', lang: 'en', marking: 'SECRET' }],
    definitionId: 'ordinary-diplomacy',
    confidence: 'HIGH',
  });
  expect(gateway.received[0]?.headers['idempotency-key']).toBe('k');
});

test('a position on an observation goes to the observation', async () => {
  gateway = await startGateway({ 'POST /v1/observations/o-1/positions': accepted });
  const words = ['position', 'o-1', 'concur', '--observation', '--definition', 'ordinary-diplomacy', '--marking', 'SECRET']; // prettier-ignore
  expect((await runCli(words, { env: gateway.env })).code).toBe(0);
  expect(sent()).toEqual({ stance: 'CONCUR', marking: 'SECRET', portions: [], definitionId: 'ordinary-diplomacy' });
});

test.each([
  ['a dissent without text', ['position', 'a-1', 'dissent', '--definition', 'd', '--marking', 'SECRET'], '--text'],
  ['a stance that there is none of', ['position', 'a-1', 'perhaps', '--definition', 'd', '--marking', 'SECRET'], 'concur, dissent, abstain'],
  ['a position without a definition', ['position', 'a-1', 'concur', '--marking', 'SECRET'], '--definition'],
])('%s is not sent', async (_case, words, said) => {
  gateway = await startGateway({});
  const { code, err } = await runCli(words, { env: gateway.env });
  expect([code, err.includes(said), gateway.received]).toEqual([2, true, []]);
}); // prettier-ignore

test('a successor is read from its file and sent whole', async () => {
  gateway = await startGateway({ 'POST /v1/observations/o-1/supersede': accepted });
  const folder = await mkdtemp(join(tmpdir(), 'sitebus-cli-'));
  const file = join(folder, 'next.json');
  await writeFile(file, JSON.stringify({ type: 'IndicatorReport', envelope: {} }));
  const { code, out } = await runCli(['supersede', 'o-1', '--file', file, '--key', 'k'], { env: gateway.env });
  expect([code, out.split('\n')[0], sent()]).toEqual([0, 'superseded by o-9', { type: 'IndicatorReport', envelope: {} }]);
  await writeFile(file, '{');
  expect((await runCli(['supersede', 'o-1', '--file', file], { env: gateway.env })).code).toBe(2);
  await rm(folder, { recursive: true });
}); // prettier-ignore
