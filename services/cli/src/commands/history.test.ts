import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

const MARKING = 'SECRET//CANADIAN EYES ONLY';
const marked = (body: object) => json(body, { marking: MARKING });
const graph = {
  root: { id: 'a1', headline: { en: 'Phishing: 2 <reports>' } },
  nodes: [
    { id: 'o1', kind: 'observation', weightMicro: 700_000, more: 0, title: 'A look-alike & more', agency: 'cse', type: 'IndicatorReport' },
    { id: 'o2', kind: 'observation', weightMicro: 700_000, more: 14 },
  ],
  edges: [{ a: 'o1', b: 'o2', kind: 'link', weightMicro: 700_000 }],
  shown: 2, total: 1204, edgesShown: 1, edgesTotal: 1,
}; // prettier-ignore

test('history tells each version, what changed in it and why', async () => {
  gateway = await startGateway({
    'GET /v1/assessments/a1/history': marked({
      items: [
        { id: 'a1', version: 2, at: 't2', status: 'LIVE', members: 3, confidence: 'LOW', likelihood: { lo: 40, hi: 80 }, change: { causes: ['MEMBERS_ADDED'], members: { added: ['o3'] } } },
        { id: 'a1', version: 1, at: 't1', status: 'LIVE', members: 2, confidence: 'LOW', causes: ['FIRST'] },
      ],
    }),
  });
  const { out, code } = await runCli(['history', 'a1'], { env: gateway.env });
  expect(code).toBe(0);
  expect(out).toContain('version 2  t2  LIVE  3 members  likelihood 40–80 %  confidence LOW\n  why: MEMBERS_ADDED\n');
  expect(out).toContain('o3');
  expect(out).toContain('version 1  t1  LIVE  2 members  confidence LOW\n  why: FIRST\n');
}); // prettier-ignore

test('graph says how much it shows of how much, and how many neighbours are missing', async () => {
  gateway = await startGateway({ 'GET /v1/assessments/a1/graph': marked(graph) });
  const { out } = await runCli(['graph', 'a1', '--depth', '2', '--limit', '2'], { env: gateway.env });
  expect(out).toContain('showing 2 of 1204, largest weight first');
  expect(out).toMatch(/\+14/);
  expect(gateway.received[0]?.query).toMatchObject({ depth: '2', limit: '2' });
});

test('a drawing has its marking in its name, above and below, and escapes what it says', async () => {
  gateway = await startGateway({ 'GET /v1/assessments/a1/graph': marked(graph) });
  const folder = await mkdtemp(join(tmpdir(), 'sitebus-graph-'));
  await runCli(['graph', 'a1', '--out', join(folder, 'case3.svg')], { env: gateway.env });
  const [file = ''] = await readdir(folder);
  const svg = await readFile(join(folder, file), 'utf8');
  await rm(folder, { recursive: true });
  expect(file).toBe('SECRET_CANADIAN_EYES_ONLY__case3.svg');
  expect(svg.split(MARKING)).toHaveLength(3);
  expect(svg).toContain('Phishing: 2 &lt;reports&gt;');
  expect(svg).toContain('A look-alike &amp; more');
  expect((await runCli(['graph', 'a1', '--out', 'x.png'], { env: gateway.env })).code).toBe(2);
});

test('reveal sends the reason, shows the value, and names the leaf it is on', async () => {
  const answer = { id: 'o1', values: { wallets: ['btc:abc'] }, leaves: [{ field: 'wallets', leafIndex: 7 }] };
  gateway = await startGateway({ 'POST /v1/observations/o1/reveal': marked(answer) });
  const words = ['reveal', 'o1', '--field', 'wallets', '--reason', 'To ask the exchange.'];
  const { out } = await runCli(words, { env: gateway.env });
  expect(out).toContain('btc:abc');
  expect(out).toContain('on the ledger: wallets at leaf 7');
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({ fields: ['wallets'], reason: 'To ask the exchange.' });
  expect((await runCli(['reveal', 'o1', '--field', 'wallets'], { env: gateway.env })).code).toBe(2);
});
