import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isSigned, signatureKeyOf } from '@sitebus/sdk';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

const SEED = Buffer.alloc(32, 5).toString('base64url');
const MARKING = { classified: 'UNCLASSIFIED', tlp: 'AMBER' };
const SECRET = { classified: 'SECRET', tlp: 'CLEAR' };
const canonical = (value: Record<string, unknown>): string => JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))); // prettier-ignore
const CONTENT = {
  text: 'A site.',
  lang: 'en',
  title: 'Title',
  category: 'OTHER',
  soWhat: '',
  values: [],
  marking: MARKING,
};
const HASH = createHash('sha256').update(canonical(CONTENT)).digest('hex');
const TEARLINE = {
  id: 't-1', state: 'ORIGINATOR_REVIEW', possible: ['approve'], awaiting: ['cse'], marking: { ...SECRET, banner: 'SECRET//CANADIAN EYES ONLY' },
  draft: { ...CONTENT, marking: { ...MARKING, banner: 'UNCLASSIFIED//TLP:AMBER' }, contentHash: HASH },
  toSign: canonical({ contentHash: HASH, statement: 'sitebus/tearline-approval/1', tearline: 't-1' }),
}; // prettier-ignore
const GRANT = { id: 'd-1', record: 'r-1', contentHash: 'aa', reason: 'because', expires: '2031-10-03T00:00:00.000Z' };
const DOWNGRADE = {
  ...GRANT, state: 'SIGNING', possible: ['sign'], awaiting: ['cse'], marking: TEARLINE.marking,
  from: { ...SECRET, banner: 'SECRET//CANADIAN EYES ONLY' }, to: { ...MARKING, banner: 'UNCLASSIFIED//TLP:AMBER' },
  toSign: canonical({ ...GRANT, agency: 'cse', cell: 's-can', from: SECRET, to: MARKING, statement: 'sitebus/downgrade-grant/1' }),
}; // prettier-ignore

let gateway: FakeGateway | undefined;
let folder = '';
let keyFile = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitebus-cli-'));
  keyFile = join(folder, 'me.key');
  await writeFile(keyFile, `${SEED}\n`);
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await rm(folder, { recursive: true, force: true });
});

const tagged = (body: unknown) => json(body, { headers: { 'etag': '"v1"', 'sitebus-marking': 'SECRET//CANADIAN EYES ONLY' } }); // prettier-ignore

test.each([
  ['tearline', 'approve', '/v1/tearlines/t-1', TEARLINE],
  ['downgrade', 'sign', '/v1/downgrades/d-1', DOWNGRADE],
])('%s %s signs exactly the text that belongs to what was shown, on the version that was read', async (word, verb, path, shown) => {
  gateway = await startGateway({ [`GET ${path}`]: tagged(shown), [`POST ${path}/${verb}`]: tagged({ ...shown, state: 'NEXT' }) });
  const { code, out, err } = await runCli([word, verb, shown.id, '--signing-key', keyFile], { env: gateway.env });
  expect([code, out.split('\n')[0]]).toEqual([0, 'SECRET//CANADIAN EYES ONLY']);
  expect(err).toContain(shown.toSign); // shown before it is signed
  const given = gateway.received[1];
  const { signature } = JSON.parse(given?.body ?? '') as { signature: string };
  expect(isSigned(shown.toSign, signature, [signatureKeyOf(SEED)])).toBe(true);
  expect([given?.headers['if-match'], given?.headers['idempotency-key']]).toEqual(['"v1"', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
}); // prettier-ignore

test.each<[string, string, string, string, object]>([
  ['another text than the draft', 'tearline', 'approve', '/v1/tearlines/t-1', { ...TEARLINE, draft: { ...TEARLINE.draft, text: 'Another.' } }],
  ['the approval of another tearline', 'tearline', 'approve', '/v1/tearlines/t-1', { ...TEARLINE, toSign: TEARLINE.toSign.replace('t-1', 't-2') }],
  ['another record', 'downgrade', 'sign', '/v1/downgrades/d-1', { ...DOWNGRADE, record: 'r-2' }],
  ['a lower marking than is shown', 'downgrade', 'sign', '/v1/downgrades/d-1', { ...DOWNGRADE, to: { ...DOWNGRADE.to, tlp: 'RED' } }],
  ['something that is no grant', 'downgrade', 'sign', '/v1/downgrades/d-1', { ...DOWNGRADE, toSign: 'pay to bearer' }],
])('a text to be signed that says %s is not signed', async (_what, word, verb, path, shown) => {
  gateway = await startGateway({ [`GET ${path}`]: tagged(shown) });
  const { code, err } = await runCli([word, verb, path.split('/')[3] ?? '', '--signing-key', keyFile], { env: gateway.env });
  expect([code, err]).toEqual([1, expect.stringContaining('nothing was signed')]);
  expect(gateway.received).toHaveLength(1);
}); // prettier-ignore

test('a draft says its values by kind; what does not is a usage error', async () => {
  gateway = await startGateway({ 'GET /v1/tearlines/t-1': tagged(TEARLINE), 'POST /v1/tearlines/t-1/draft': tagged(TEARLINE) }); // prettier-ignore
  const words = ['tearline', 'draft', 't-1', '--text', 'A site.', '--marking', 'UNCLASSIFIED//TLP:AMBER'];
  const { code } = await runCli([...words, '--value', 'url:https://a.example/x', '--so-what', 'Block it.'], {
    env: gateway.env,
  });
  expect(code).toBe(0);
  expect(JSON.parse(gateway.received[1]?.body ?? '')).toEqual({
    text: 'A site.', marking: 'UNCLASSIFIED//TLP:AMBER', soWhat: 'Block it.', values: [{ kind: 'url', value: 'https://a.example/x' }],
  }); // prettier-ignore
  expect((await runCli([...words, '--value', 'a.example'], { env: gateway.env })).code).toBe(2);
});

test('a list shows what is awaited and possible; an answer says what is possible next', async () => {
  gateway = await startGateway({ 'GET /v1/downgrades': tagged({ items: [DOWNGRADE] }), 'GET /v1/downgrades/d-1': tagged(DOWNGRADE) }); // prettier-ignore
  const list = await runCli(['downgrade', 'list'], { env: gateway.env });
  expect(list.out).toContain('d-1  SIGNING  cse       sign');
  const shown = await runCli(['downgrade', 'show', 'd-1'], { env: gateway.env });
  expect(shown.err).toContain('d-1 is SIGNING; possible now: sign');
});

test('a key that cannot be read, or is none, is a usage error and nothing is sent', async () => {
  gateway = await startGateway({ 'GET /v1/downgrades/d-1': tagged(DOWNGRADE) });
  const sign = (file: string) => runCli(['downgrade', 'sign', 'd-1', '--signing-key', file], { env: gateway!.env });
  await writeFile(join(folder, 'short.key'), 'abc');
  expect([(await sign(join(folder, 'none.key'))).code, (await sign(join(folder, 'short.key'))).code]).toEqual([2, 2]);
  expect(gateway.received.every(({ method }) => method === 'GET')).toBe(true);
});
