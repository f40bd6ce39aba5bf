import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import type { FormatReader, ReadingContext } from '../reading.ts';
import { aReadingContext, createImportBench, draftsOf, fateLine } from '../testing/index.ts';
import { accountsReader } from './accounts.ts';
import { coShareReader } from './coshare.ts';
import { domainsReader } from './domains.ts';
import { influenceReader } from './influence.ts';
import { postsReader } from './posts.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

const SOURCES: Readonly<Record<string, string>> = {
  domains: 'gac-domains',
  coshare: 'gac-co-share',
  posts: 'gac-posts',
  accounts: 'gac-accounts',
  influence: 'gac-influence',
};
function read(reader: FormatReader, content: string, over: Partial<ReadingContext> = {}) {
  return reader.read(
    Buffer.from(content),
    aReadingContext(policy, { agency: 'gac', source: SOURCES[reader.format] ?? '', format: reader.format, ...over }),
  );
}

test('a table with BOM, CRLF, blank headers and quoted newlines is read by its rows’ lines', () => {
  const reading = read(
    domainsReader,
    '\ufeff Domain ,"first seen",,\r\none[.]example,2031-09-01,"a\r\nb",\r\n,,,\r\ntwo.example,,,\r\n',
  );
  expect(reading.fates.map((fate) => [fate.line, fateLine(fate)])).toEqual([
    [2, 'carried'],
    [4, 'skipped BLANK_ROW'],
    [5, 'carried'],
  ]);
  expect(draftsOf(reading)[0]).toMatchObject({
    observedAtMs: Date.UTC(2031, 8, 1),
    fields: { domains: ['one.example', 'two.example'] },
  });
});

const days: readonly [string, 'yyyy-mm-dd' | 'dd/mm/yyyy' | 'mm/dd/yyyy' | undefined, number | string][] = [
  ['03/04/2031', 'dd/mm/yyyy', Date.UTC(2031, 3, 3)],
  ['03/04/2031', 'mm/dd/yyyy', Date.UTC(2031, 2, 4)],
  ['03/04/2031', 'yyyy-mm-dd', 'refused BAD_DAY'],
  ['30/02/2031', 'dd/mm/yyyy', 'refused BAD_DAY'],
  ['03/04/2031', undefined, 'refused NO_DATE_FORMAT'],
];
test.each(days)('%s declared as %s is %s', (text, dateFormat, is) => {
  const { dateFormat: _shipped, ...mapping } = aReadingContext(policy, {
    agency: 'gac',
    source: 'gac-domains',
    format: 'domains',
  }).mapping;
  const reading = read(domainsReader, `domain,first seen\none.example,${text}\n`, {
    mapping: { ...mapping, ...(dateFormat !== undefined && { dateFormat }) },
  });
  expect(draftsOf(reading)[0]?.observedAtMs ?? reading.fates.map(fateLine)[0]).toBe(is);
});

test('a list names sites as domains and pages as addresses', () => {
  const [draft] = draftsOf(
    read(domainsReader, 'domain\nhttps://one.example/\nhttps://two.example/page\nnot a domain\n'),
  );
  expect(draft?.fields).toMatchObject({
    domains: ['one.example'],
    urls: ['https://two.example/page'],
    context: ['domain: not a domain'],
  });
});

const SHARES = 'platform,account,object,shared_at\n';
const share = (account: string, at: string, object = 'https://one.example/a'): string =>
  `chirrup,${account},${object},2031-09-01T10:${at}Z\n`;

test('shares of one object within the burst are one coordinated sharing, a later one is another', () => {
  const reading = read(
    coShareReader,
    SHARES + share('a', '00:00') + share('b', '00:30') + share('c', '20:00') + share('d', '20:10'),
  );
  expect(reading.fates.map(fateLine)).toEqual(['carried', 'carried', 'carried', 'carried']);
  expect(
    draftsOf(reading).map(({ fields }) => [fields['accounts'], fields['participants'], fields['windowSeconds']]),
  ).toEqual([
    [['chirrup:a', 'chirrup:b'], 2, 30],
    [['chirrup:c', 'chirrup:d'], 2, 10],
  ]);
});

test('what one account alone shared is skipped, and a bad row costs only itself', () => {
  const reading = read(
    coShareReader,
    SHARES + share('a', '00:00') + share('a', '00:10') + 'chirrup,,x,y\n' + share('b', '00:00', 'not an address'),
  );
  expect(reading.fates.map(fateLine)).toEqual([
    'skipped NOT_COORDINATED',
    'skipped NOT_COORDINATED',
    'refused MISSING_COLUMN',
    'refused BAD_OBJECT',
  ]);
});

const aPost = (over: Readonly<Record<string, unknown>> = {}) => ({
  platform: 'chirrup',
  account: '@Varkovia_Today',
  post_id: '7',
  posted_at: '2031-09-01T10:00:00Z',
  collected_at: '2031-09-01T11:00:00Z',
  lang: 'en',
  text: 'Sold',
  url: 'https://chirrup.example/p/7',
  hashtags: ['#HarbourSold'],
  countries: ['XVA'],
  likes: 3,
  ...over,
});

test('a post becomes a StateMediaPost whose origin is its channel, and whose countries are no claims', () => {
  const [draft] = draftsOf(read(postsReader, JSON.stringify([aPost()])));
  expect(draft).toMatchObject({
    type: 'StateMediaPost',
    origin: 'url:chirrup:varkovia_today',
    native: { nativeId: 'chirrup:varkovia_today/7' },
    fields: { account: 'chirrup:varkovia_today', hashtags: ['HarbourSold'], likes: 3, views: null, countries: ['XVA'] },
  });
  expect(draft?.fields['report']).toBeUndefined();
});

test.each([
  ['of an account that nobody entered', {}, { isListed: () => false }, 'refused UNLISTED_ACCOUNT'],
  ['of the future', { posted_at: '2031-10-20T16:05:01Z' }, {}, 'refused FUTURE'],
  ['without an offset', { posted_at: '2031-09-01T10:00:00' }, {}, 'refused BAD_INSTANT'],
  ['without an id', { post_id: '' }, {}, 'refused MISSING_COLUMN'],
])('a post %s is refused', (_name, over, context, is) => {
  expect(read(postsReader, JSON.stringify([aPost(over), aPost()]), context).fates.map(fateLine)[0]).toBe(is);
});

test('posts in a table are read like posts in JSON', () => {
  const csv =
    'platform,account,post_id,posted_at,collected_at,lang,text,url,hashtags,countries,likes\nchirrup,@Varkovia_Today,7,2031-09-01T10:00:00Z,2031-09-01T11:00:00Z,en,Sold,https://chirrup.example/p/7,#HarbourSold,XVA,3\n';
  expect(draftsOf(read(postsReader, csv))).toEqual(draftsOf(read(postsReader, JSON.stringify(aPost()))));
});

test('every filled platform column of an account list is an account, and a row without any is skipped', () => {
  const reading = read(
    accountsReader,
    'name,country,class,chirrup,vidnook,attribution_basis,evidence_url\nVarkovia Today,XVA,Media,@Varkovia_Today,https://vidnook.example/c/varkovia,own site,https://varkovia.example/about\nNobody,XVA,Media,,,,\n',
  );
  expect(reading.fates.map((fate) => [fate.line, fate.pointer, fateLine(fate)])).toEqual([
    [2, 'chirrup', 'carried'],
    [2, 'vidnook', 'carried'],
    [3, '', 'skipped NO_ACCOUNT'],
  ]);
  expect(
    draftsOf(reading).map(({ fields }) => [fields['account'], fields['class'], fields['attributionBasis']]),
  ).toEqual([
    ['chirrup:varkovia_today', 'MEDIA', 'own site'],
    ['vidnook:varkovia', 'MEDIA', 'own site'],
  ]);
});

test('an account without a basis does not enter', () => {
  const { attributionBasis: _basis, ...mapping } = aReadingContext(policy, {
    agency: 'gac',
    source: 'gac-accounts',
    format: 'accounts',
  }).mapping;
  expect(read(accountsReader, 'country,class,chirrup\nXVA,Media,one\n', { mapping }).fates.map(fateLine)).toEqual([
    'refused NO_BASIS',
  ]);
});

const aFinding = (over: Readonly<Record<string, unknown>> = {}) => ({
  serial: 's-1',
  title: 'A story',
  kind: 'CONTENT',
  observedAt: '2031-09-01T10:00:00Z',
  urls: ['https://one.example/a'],
  ...over,
});
test.each([
  ['with a property no rule reads', { colour: 'red' }, 'refused UNKNOWN_PROPERTY'],
  ['with a value that is none', { accounts: ['nobody'] }, 'refused BAD_VALUE'],
  ['of no kind', { kind: 'RUMOUR' }, 'refused BAD_KIND'],
  ['with an unreadable marking', { marking: 'SECRETISH' }, 'refused MARKING_UNREADABLE'],
  ['with a foreign TLP colour', { tlp: 'ex:chr' }, 'refused MARKING_UNREADABLE'],
])('a finding %s is refused, its neighbour is not', (_name, over, is) => {
  expect(
    read(influenceReader, JSON.stringify([aFinding(over), aFinding({ serial: 's-2' })])).fates.map(fateLine),
  ).toEqual([is, 'carried']);
});

test('a finding’s own marking counts, and its groups narrow it', () => {
  const [draft] = draftsOf(
    read(influenceReader, JSON.stringify(aFinding({ marking: 'SECRET//CANADIAN EYES ONLY', groups: ['research'] }))),
  );
  expect(draft?.marking).toMatchObject({ classified: 'SECRET', relTo: ['CAN'], needToKnow: [['research']] });
});
