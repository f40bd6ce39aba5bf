import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { sharedData } from '../../../test/support/shared-data.ts';
import { loadCommonValues, reloadCommonValues, toCommonValues } from './common-values.ts';

const list = (type: string, ...entries: string[]) => JSON.stringify({ name: 'a list', type, list: entries });

test('a hostname covers itself and what lies below it, never what merely ends alike', () => {
  const values = toCommonValues([['own.json', list('hostname', '.Platform.example')]]);
  const hosts = ['platform.example', 'a.b.platform.example', 'notplatform.example', 'example'];
  expect(hosts.map((host) => values.reasonFor('domain', host))).toEqual(['COMMON', 'COMMON', undefined, undefined]);
});

test('a hostname says nothing of the posts on it', () => {
  const values = toCommonValues([['own.json', list('hostname', 'platform.example')]]);
  expect(values.reasonFor('url', 'https://platform.example/p/1')).toBeUndefined();
});

test('a name registered below a provider of names is its registrant’s, whatever lists of hosts say of the provider', () => {
  const values = toCommonValues([
    ['names.json', JSON.stringify({ type: 'string', list: ['names.example'], registrants: true })],
    ['warning-lists/top/list.json', list('hostname', 'names.example', 'example')],
    ['warning-lists/dynamic-dns/list.json', list('hostname', '.dyn.test')],
  ]);
  const hosts = ['names.example', 'bait.names.example', 'other.example', 'dyn.test', 'bait.dyn.test'];
  expect(hosts.map((host) => values.reasonFor('domain', host))).toEqual([
    'COMMON',
    undefined,
    'WARNING_LIST',
    'WARNING_LIST',
    undefined,
  ]);
  expect(hosts.map((host) => values.isSharedSuffix(host))).toEqual([true, false, true, true, false]);
});

test('an address is as common as its host only where the list says so', () => {
  const values = toCommonValues([
    [
      'labs.json',
      JSON.stringify({ type: 'hostname', list: ['lab.example'], matching_attributes: ['domain', 'email'] }),
    ],
    ['mail.json', list('hostname', 'mail.example')],
  ]);
  const addresses = ['ada@blog.lab.example', 'ada@mail.example'];
  expect(addresses.map((address) => values.reasonFor('email', address))).toEqual(['COMMON', undefined]);
});

test('the shipped lists can be read, and know the bait from the site it names', async () => {
  const dir = fileURLToPath(new URL('../../../schemas/policy/common-values', import.meta.url));
  const values = await loadCommonValues(dir);
  const common = [
    ['domain', 'www.google.com'],
    ['domain', 'duckdns.org'],
    ['domain', 'gmail.com'],
    ['email', 'analyst@welivesecurity.com'],
    ['ip', '8.8.8.8'],
    ['ip', '10.1.2.3'],
    ['hash', 'd41d8cd98f00b204e9800998ecf8427e'],
  ] as const;
  const telling = [
    ['domain', 'google.com.sign-in.example'],
    ['domain', 'bait.duckdns.org'],
    ['domain', 'bait.blogspot.com'],
    ['email', 'bait@gmail.com'],
    ['ip', '192.0.2.1'],
    ['url', 'https://bit.ly/2bait'],
  ] as const;
  expect(common.map(([kind, value]) => values.reasonFor(kind, value))).toEqual(common.map(() => 'COMMON'));
  expect(telling.map(([kind, value]) => values.reasonFor(kind, value))).toEqual(telling.map(() => undefined));
});

test('address ranges hold at both ends, overlapping or not, in both families', () => {
  const values = toCommonValues([
    ['own.json', list('cidr', '192.0.2.0/25', '192.0.2.64/26', '198.51.100.7', '2001:db8::/33')],
  ]);
  const inside = ['192.0.2.0', '192.0.2.127', '198.51.100.7', '2001:db8::1', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff'];
  const outside = ['192.0.2.128', '192.0.1.255', '198.51.100.8', '2001:db8:8000::', 'x'];
  expect(inside.map((address) => values.reasonFor('ip', address))).toEqual(inside.map(() => 'COMMON'));
  expect(outside.map((address) => values.reasonFor('ip', address))).toEqual(outside.map(() => undefined));
});

test('published lists say WARNING_LIST, exact strings and parts included', () => {
  const values = toCommonValues([
    ['warning-lists/empty-files/list.json', list('string', 'D41D8CD98F00B204E9800998ECF8427E')],
    ['warning-lists/portals/list.json', list('substring', '/captive-portal')],
  ]);
  expect(values.reasonFor('hash', 'd41d8cd98f00b204e9800998ecf8427e')).toBe('WARNING_LIST');
  expect(values.reasonFor('url', 'http://x.example/captive-portal/1')).toBe('WARNING_LIST');
  expect(values.reasonFor('account', '/captive-portal')).toBeUndefined();
});

test.each([
  ['not JSON', '{', 'is not JSON'],
  ['of no known type', list('glob', '*'), 'type must be hostname, cidr, string, substring or regex'],
  ['an expression that looks back', list('regex', '/(a)\\1/'), '/list/0 is no expression of linear time (RE2)'],
  ['a range that is none', list('cidr', '192.0.2.0/24', 'here'), '/list/1 is no address range'],
  ['no list', JSON.stringify({ type: 'string' }), 'list must be a list of strings'],
])('refuses a file that is %s, by its name', (_, text, reason) => {
  expect(() => toCommonValues([['bad.json', text]])).toThrow(
    expect.objectContaining({ code: 'COMMON_VALUES_INVALID', details: { file: 'bad.json', reason } }),
  );
});

test('expressions and parts are compared with the kinds their list names, in time that grows with the value alone', () => {
  const values = toCommonValues([
    [
      'contacts.json',
      JSON.stringify({ type: 'regex', list: ['/^(noc|abuse)\\@.*\\..*$/i'], matching_attributes: ['email-src'] }),
    ],
    ['slow.json', JSON.stringify({ type: 'regex', list: ['(x+x+)+y'], matching_attributes: ['url'] })],
    [
      'parts.json',
      JSON.stringify({ type: 'substring', list: ['throwaway.example', 'zz'], matching_attributes: ['email-src'] }),
    ],
  ]);
  expect(values.reasonFor('email', 'noc@leak.example')).toBe('COMMON');
  expect(values.reasonFor('email', 'desk@throwaway.example')).toBe('COMMON');
  expect(values.reasonFor('email', 'buzz@leak.example')).toBe('COMMON');
  expect(values.reasonFor('email', 'desk@leak.example')).toBeUndefined();
  expect(values.reasonFor('domain', 'throwaway.example')).toBeUndefined();
  expect(values.reasonFor('url', `https://leak.example/${'x'.repeat(1_500)}`)).toBeUndefined(); // backtracking never ends
});

test('another list is another version, and the same bytes are the same lists', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'common-values-'));
  await writeFile(join(dir, 'own.json'), list('hostname', 'platform.example'));
  const before = await loadCommonValues(dir);
  expect(await reloadCommonValues(dir, before)).toBeUndefined();
  await writeFile(join(dir, 'own.json'), list('hostname', 'lantern.example'));
  const after = await reloadCommonValues(dir, before);
  expect(after?.version).not.toBe(before.version);
  expect(after?.reasonFor('domain', 'lantern.example')).toBe('COMMON');
  await rm(dir, { recursive: true });
});

test('every published list is read whole, and a look-up stays a look-up', async () => {
  const shared = sharedData(join('data', 'warninglists'));
  if (shared === undefined) return;
  const names = (await readdir(shared, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const texts = await Promise.all(
    names.map(
      async (name) =>
        [`warning-lists/${name}/list.json`, await readFile(join(shared, name, 'list.json'), 'utf8')] as const,
    ),
  );
  expect(texts).toHaveLength(56);
  const values = toCommonValues(texts);
  const resolvers = JSON.parse(texts.find(([file]) => file.includes('public-dns-v4'))![1]) as { list: string[] };
  const listed = resolvers.list.map((entry) => entry.replace(/\/32$/, ''));
  expect(listed.every((address) => values.reasonFor('ip', address) === 'WARNING_LIST')).toBe(true);
  expect(values.reasonFor('email', 'noc@leak.example')).toBe('WARNING_LIST');
  const microsEach = Array.from({ length: 8 }, (_, turn) => {
    const before = process.cpuUsage();
    for (let n = 2_500 * turn; n < 2_500 * (turn + 1); n += 1) {
      values.reasonFor('domain', `host-${n}.leak-river.example`);
      values.reasonFor('email', `desk-${n}@leak-river.example`);
      values.reasonFor('ip', `192.0.2.${n % 256}`);
      values.reasonFor('url', `https://leak-river.example/${n}`);
    }
    return process.cpuUsage(before).user / 10_000;
  });
  // The least, which neither a collection nor a compiler is in. To compare with eight thousand parts one by one took over a hundred.
  expect(Math.min(...microsEach)).toBeLessThan(15);
});
