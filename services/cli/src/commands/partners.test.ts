import { afterEach, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
let folder = '';
afterEach(async () => {
  await gateway?.close();
  if (folder !== '') await rm(folder, { recursive: true });
  folder = '';
});
const scratch = async () => (folder = await mkdtemp(join(tmpdir(), 'sitebus-cli-')));

const partner = {
  slug: 'harbour-lab',
  agency: 'partner-harbour-lab',
  groups: ['community', 'research'],
  state: 'ACTIVE',
};

test('onboarding proposes the groups, and both languages of a name or neither', async () => {
  gateway = await startGateway({ 'POST /v1/partners': json({ ...partner, state: 'PROPOSED', proposal: { by: 'a', until: 't' } }) }); // prettier-ignore
  const words = ['partner', 'onboard', 'harbour-lab', '--group', 'research', '--group', 'platforms'];
  const { code, out, err } = await runCli(words, { env: gateway.env });
  expect([code, out]).toEqual([0, 'harbour-lab is proposed until t\n']);
  expect(err).toContain('sitebus partner approve harbour-lab');
  const [sent] = gateway.received;
  expect(JSON.parse(sent?.body ?? '')).toEqual({ slug: 'harbour-lab', groups: ['research', 'platforms'] });
  expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  expect((await runCli([...words, '--name', 'Harbour Lab'], { env: gateway.env })).code).toBe(2);
  expect(gateway.received).toHaveLength(1);
});

test('approving approves what was read, and prints the key alone on stdout', async () => {
  gateway = await startGateway({
    'GET /v1/partners/harbour-lab': (_request, response) => {
      response.setHeader('etag', '"read"');
      json({ ...partner, state: 'PROPOSED' })(_request, response);
    },
    'POST /v1/partners/harbour-lab/approve': (request, response) => {
      response.setHeader('sitebus-marking', 'UNCLASSIFIED//TLP:CLEAR');
      json({ ...partner, key: 'sbk_partner-harbour-lab_x' })(request, response);
    },
  });
  const { code, out, err } = await runCli(['partner', 'approve', 'harbour-lab'], { env: gateway.env });
  expect([code, out]).toEqual([0, 'sbk_partner-harbour-lab_x\n']);
  expect(err).toContain('this once');
  expect(gateway.received[1]?.headers['if-match']).toBe('"read"');
});

test('a partner’s key is rotated, and a partner offboarded, by name', async () => {
  gateway = await startGateway({
    'POST /v1/partners/harbour-lab/rotate-key': json({ ...partner, key: 'sbk_new' }),
    'POST /v1/partners/harbour-lab/offboard': json({ ...partner, state: 'OFFBOARDED' }),
    'GET /v1/partners': json({ items: [partner] }),
  });
  const run = async (...words: string[]) => (await runCli(['partner', ...words], { env: gateway!.env })).out;
  expect(await run('rotate-key', 'harbour-lab')).toBe('sbk_new\n');
  expect(await run('offboard', 'harbour-lab')).toBe('harbour-lab OFFBOARDED\n');
  expect((await run('list')).split('\n')[1]?.split(/ {2,}/)).toEqual(['harbour-lab', 'ACTIVE', 'community research']);
});

test('a person is proposed from a file and approved as read', async () => {
  gateway = await startGateway({
    'POST /v1/people': json({ person: 'nils', state: 'PROPOSED', proposal: { by: 'a', until: 't' } }),
    'GET /v1/people/nils': json({ person: 'nils', state: 'PROPOSED' }),
    'POST /v1/people/nils/approve': json({ person: 'nils', state: 'ACTIVE', epoch: 3 }),
  });
  const file = join(await scratch(), 'row.json');
  await writeFile(file, '{"person":"nils"}');
  expect((await runCli(['people', 'propose', '--file', file], { env: gateway.env })).out).toContain('nils is proposed');
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({ person: 'nils' });
  expect((await runCli(['people', 'approve', 'nils'], { env: gateway.env })).out).toBe('nils in force, epoch 3\n');
  expect((await runCli(['people', 'propose', '--file', `${file}.none`], { env: gateway.env })).code).toBe(2);
});

test('the catalogue is searched, exported as it came, imported item by item, and written to', async () => {
  const incident = {
    id: 'i-1',
    title: 'Two at once',
    dateText: 'Oct-17',
    countries: ['Sunhara'],
    tools: ['MALIGN_FINANCE'],
  };
  gateway = await startGateway({
    'GET /v1/tracker/incidents': json({ items: [incident] }),
    'GET /v1/tracker/incidents.csv': (_request, response) => void response.end('# UNCLASSIFIED//TLP:CLEAR\r\ntitle\r\n'),
    'POST /v1/imports/catalogue': (_request, response) =>
      void response.end(`${JSON.stringify({ line: 1, status: 'accepted', id: 'i-1', cell: 'open' })}\n${JSON.stringify({ summary: { items: 1, accepted: 1, refused: 0, skipped: 0 } })}\n`),
    'POST /v1/tracker/incidents': json({ id: 'i-2', cell: 'open', readers: [], warnings: ['unread'] }),
    'POST /v1/tracker/incidents/i-1/hide': json({ id: 'i-3', cell: 'open', readers: [] }),
  }); // prettier-ignore
  const dir = await scratch();
  const run = async (...words: string[]) => runCli(['tracker', ...words], { env: gateway!.env });
  const found = await run('search', '--tool', 'MALIGN_FINANCE', '--from', '2017-01-01');
  expect(found.out.split('\n')[1]?.split(/ {2,}/)).toEqual([
    'Oct-17',
    'Sunhara',
    'MALIGN_FINANCE',
    'Two at once',
    'i-1',
  ]);
  expect(gateway.received[0]?.query).toMatchObject({ tool: 'MALIGN_FINANCE', from: '2017-01-01' });
  const out = join(dir, 'c.csv');
  expect((await run('export', 'csv', '--out', out)).code).toBe(0);
  expect(await readFile(out, 'utf8')).toBe('# UNCLASSIFIED//TLP:CLEAR\r\ntitle\r\n');
  expect((await run('export', 'xlsx', '--out', out)).code).toBe(2);
  expect((await run('import', out)).code).toBe(0);
  expect(gateway.received.at(-1)?.query).toEqual({ source: 'partner-catalogue' });
  await writeFile(out, '{"title":"x"}');
  const added = await run('add', '--file', out);
  expect([added.out, added.err]).toEqual(['entered i-2\n', expect.stringContaining('warning: unread')]);
  expect((await run('hide', 'i-1')).out).toBe('hidden by i-3\n');
});

test('a practice is listed, published and linked to notices by id', async () => {
  gateway = await startGateway({
    'GET /v1/good-practices': json({ items: [{ id: 'p-1', area: 'detection', title: 'T', noticesLinked: ['n-1'] }] }),
    'POST /v1/good-practices/p-1/link': json({ id: 'p-2', cell: 'open', readers: [] }),
  });
  const run = async (...words: string[]) => runCli(['practice', ...words], { env: gateway!.env });
  expect((await run('list', '--area', 'detection')).out.split('\n')[1]?.split(/ {2,}/)).toEqual(['detection', 'T', 'n-1', 'p-1']);
  expect((await run('link', 'p-1')).code).toBe(2);
  expect((await run('link', 'p-1', '--notice', 'n-2')).out).toBe('linked by p-2\n');
  expect(JSON.parse(gateway.received.at(-1)?.body ?? '')).toEqual({ notices: ['n-2'] });
}); // prettier-ignore
