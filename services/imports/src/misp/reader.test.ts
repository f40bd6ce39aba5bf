import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import type { ReadingContext } from '../reading.ts';
import { aReadingContext, createImportBench, draftsOf, fateLine } from '../testing/index.ts';
import { mispReader } from './reader.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

const anEvent = (over: Readonly<Record<string, unknown>> = {}) => ({
  uuid: '5d2f3b0e-1111-4222-8333-444455556666',
  info: 'A page that imitates a sign-in',
  date: '2031-09-19',
  timestamp: '1947574800',
  Orgc: { uuid: '99999999-1111-4222-8333-444455556666', name: 'Exchange' },
  Tag: [{ name: 'tlp:green' }],
  ...over,
});
const anAttribute = (type: string, value: string, over: Readonly<Record<string, unknown>> = {}) => ({
  type,
  value,
  category: 'Network activity',
  to_ids: true,
  ...over,
});

function read(content: unknown, over: Partial<ReadingContext> = {}) {
  const context = aReadingContext(policy, { agency: 'cse', source: 'cse-misp', format: 'misp', ...over });
  return mispReader.read(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), context);
}
const fatesOf = (content: unknown, over?: Partial<ReadingContext>): string[] => read(content, over).fates.map(fateLine);
const fieldsOf = (...attributes: readonly unknown[]): Readonly<Record<string, unknown>> =>
  draftsOf(read({ Event: anEvent({ Attribute: attributes }) }))[0]?.fields ?? {};

const SHA1 = 'a'.repeat(40);
const mapped: readonly [string, unknown, Readonly<Record<string, unknown>>][] = [
  ['a defanged domain', anAttribute('domain', 'Mirror-Check[.]example'), { domains: ['mirror-check.example'] }],
  [
    'a domain and its address',
    anAttribute('domain|ip', 'one.example|192.0.2.1'),
    { domains: ['one.example'], ips: ['192.0.2.1'] },
  ],
  [
    'an address and its port',
    anAttribute('ip-dst|port', '192.0.2.1|443'),
    { ips: ['192.0.2.1'], context: ['port: 443'] },
  ],
  ['a range of addresses', anAttribute('ip-dst', '192.0.2.0/24'), { ips: [], context: ['ip-dst: 192.0.2.0/24'] }],
  [
    'a defanged address of a page',
    anAttribute('url', 'hxxp://one[.]example/in#top'),
    { urls: ['http://one.example/in'] },
  ],
  [
    'a page in External analysis',
    anAttribute('url', 'https://one.example/report', { category: 'External analysis' }),
    { urls: [], references: ['https://one.example/report'] },
  ],
  [
    'a file name with its hash',
    anAttribute('filename|sha1', `a|b.exe|${SHA1.toUpperCase()}`),
    { hashes: [SHA1], context: ['filename: a|b.exe'] },
  ],
  ['a fuzzy hash', anAttribute('ssdeep', '3:ab:cd'), { hashes: [], fuzzyHashes: ['ssdeep:3:ab:cd'] }],
  ['a sender', anAttribute('email-src', 'It-Desk@one.example'), { emails: ['it-desk@one.example'] }],
  ['a certificate', anAttribute('x509-fingerprint-sha1', SHA1), { certificates: [SHA1] }],
  [
    'a wallet',
    anAttribute('btc', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT'),
    { wallets: ['btc:1BoatSLRHtKNngkdXEeobR76b53LETtpyT'] },
  ],
  ['an account', anAttribute('twitter-id', '@Grey_Heron'), { accounts: ['twitter:grey_heron'] }],
  ['a value that is none', anAttribute('domain', 'not a domain'), { domains: [], context: ['domain: not a domain'] }],
  [
    'a value not for detection',
    anAttribute('domain', 'one.example', { to_ids: false }),
    { domains: [], context: ['domain: one.example'] },
  ],
  [
    'a value not to be correlated',
    anAttribute('domain', 'one.example', { disable_correlation: true }),
    { domains: [], context: ['domain: one.example'] },
  ],
];
for (const [name, attribute, fields] of mapped) {
  test(`${name} becomes ${JSON.stringify(fields)}`, () => {
    expect(fieldsOf(attribute)).toMatchObject(fields);
  });
}

test('a recipient is a target and an actor’s name is a relayed claim, neither a feature', () => {
  const fields = fieldsOf(
    anAttribute('email-dst', 'clerk@party.example'),
    anAttribute('threat-actor', 'Grey Heron', { category: 'Attribution' }),
  );
  expect(fields).toMatchObject({ emails: [], context: [] });
  expect(fields['report']).toMatchObject({
    targets: [{ kind: 'OTHER', ref: 'clerk@party.example', suppressedAs: null }],
    actorClaims: [{ actor: 'Grey Heron', basis: 'RELAYED', responsibility: null, portion: 0 }],
  });
});

const settled: readonly [string, unknown, readonly string[]][] = [
  [
    'an event without any marking',
    { Event: anEvent({ Tag: [], Attribute: [anAttribute('domain', 'one.example')] }) },
    ['refused MARKING_REQUIRED', 'refused MARKING_REQUIRED'],
  ],
  [
    'a TLP tag outside TLP 2.0',
    { Event: anEvent({ Tag: [{ name: 'tlp:ex:chr' }], Attribute: [] }) },
    ['refused MARKING_UNREADABLE'],
  ],
  [
    'an attribute about a private person',
    {
      Event: anEvent({
        Attribute: [anAttribute('first-name', 'Ada', { category: 'Person' }), anAttribute('domain', 'one.example')],
      }),
    },
    ['carried', 'refused PERSONAL_DATA', 'carried'],
  ],
  [
    'an attribute type nobody listed',
    { Event: anEvent({ Attribute: [anAttribute('bic', 'X'), anAttribute('domain', 'one.example')] }) },
    ['carried', 'skipped UNMAPPED_TYPE', 'carried'],
  ],
  [
    'a deleted attribute',
    { Event: anEvent({ Attribute: [anAttribute('domain', 'one.example', { deleted: true })] }) },
    ['carried', 'skipped DELETED'],
  ],
  [
    'a deleted event',
    { Event: anEvent({ deleted: true, Attribute: [anAttribute('domain', 'one.example')] }) },
    ['withdrawn', 'skipped DELETED'],
  ],
  [
    'an unmapped sharing group',
    { Event: anEvent({ distribution: '4', sharing_group_id: '7', Attribute: [] }) },
    ['refused MARKING_REQUIRED'],
  ],
  [
    'a source reliability that has no place',
    { Event: anEvent({ Tag: [{ name: 'tlp:green' }, { name: 'admiralty-scale:source-reliability="g"' }] }) },
    ['refused GRADE_UNMAPPED'],
  ],
  ['an attribute that is no object', { Event: anEvent({ Attribute: ['x'] }) }, ['carried', 'refused NOT_AN_OBJECT']],
  ['a text that is no JSON', '<xml>', ['refused UNREADABLE']],
  ['JSON that is no event', { hello: 1 }, ['refused UNREADABLE']],
];
for (const [name, content, fates] of settled) {
  test(`${name} ends as ${fates.join(', ')}`, () => {
    expect(fatesOf(content)).toEqual(fates);
  });
}

const forms: readonly [string, (event: unknown) => unknown][] = [
  ['wrapped', (event) => ({ Event: event })],
  ['bare', (event) => event],
  ['in a response', (event) => ({ response: [{ Event: event }] })],
  ['in a list', (event) => [{ Event: event }]],
];
test.each(forms)('an event %s is read alike', (_name, wrap) => {
  const [draft] = draftsOf(read(wrap(anEvent({ Attribute: [anAttribute('domain', 'one.example')] }))));
  expect(draft).toMatchObject({
    native: { nativeId: '5d2f3b0e-1111-4222-8333-444455556666', revision: '1947574800', part: '1' },
    origin: 'misp:99999999-1111-4222-8333-444455556666/5d2f3b0e-1111-4222-8333-444455556666',
  });
});

test('attributes of objects count like attributes of the event, also where there is no event', () => {
  const container = { Object: [{ name: 'file', Attribute: [anAttribute('sha1', SHA1)] }] };
  const reading = read(container, { source: 'open-reports' });
  expect(reading.fates.map(({ pointer, ...fate }) => [pointer, fate.status])).toEqual([
    ['', 'carried'],
    ['/Object/0/Attribute/0', 'carried'],
  ]);
  expect(draftsOf(reading)[0]?.fields).toMatchObject({ hashes: [SHA1] });
});

test('tags give grades, techniques, responsibility and labels', () => {
  const Tag = [
    'tlp:green',
    'admiralty-scale:source-reliability="b"',
    'admiralty-scale:information-credibility="2"',
    'misp-galaxy:mitre-attack-pattern="Spearphishing Link - T1566.002"',
    'misp-galaxy:disarm-techniques="Flooding T0049"',
    'misp-galaxy:mitre-attack-pattern="No id"',
    'misp-galaxy:threat-actor="Grey Heron"',
    'state-responsibility:state-prohibited.',
    'osint',
  ].map((name) => ({ name }));
  const [draft] = draftsOf(read({ Event: anEvent({ Tag }) }));
  expect(draft).toMatchObject({ sourceGrade: 'B', infoGrade: 2 });
  expect(draft?.fields['report']).toMatchObject({
    ttps: [
      { framework: 'ATTACK', id: 'T1566.002', version: '' },
      { framework: 'DISARM', id: 'T0049', version: '' },
    ],
    actorClaims: [{ actor: 'Grey Heron', responsibility: 'STATE_PROHIBITED' }],
    labels: ['No id', 'osint'],
  });
});

test('a red attribute goes into a part of its own and does not raise its neighbours', () => {
  const red = anAttribute('domain', 'red.example', { Tag: [{ name: 'tlp:red' }] });
  const drafts = draftsOf(read({ Event: anEvent({ Attribute: [anAttribute('domain', 'one.example'), red] }) }));
  expect(
    drafts.map(({ marking, fields }) => [marking.tlp, fields['domains'], fields['part'], fields['parts']]),
  ).toEqual([
    ['GREEN', ['one.example'], 1, 1],
    ['RED', ['red.example'], 1, 1],
  ]);
});

test('more than a thousand values make numbered parts with one origin', () => {
  const Attribute = Array.from({ length: 2_001 }, (_, index) => anAttribute('domain', `host-${index}.example`));
  const drafts = draftsOf(read({ Event: anEvent({ Attribute }) }));
  expect(drafts.map(({ fields }) => [(fields['domains'] as string[]).length, fields['part'], fields['parts']])).toEqual(
    [
      [1_000, 1, 3],
      [1_000, 2, 3],
      [1, 3, 3],
    ],
  );
  expect(new Set(drafts.map(({ origin }) => origin)).size).toBe(1);
});

test('a mapped sharing group becomes need-to-know', () => {
  const context = aReadingContext(policy, { agency: 'cse', source: 'cse-misp', format: 'misp' });
  const over = { mapping: { ...context.mapping, sharingGroups: { '7': 'research' } } };
  const [draft] = draftsOf(read({ Event: anEvent({ distribution: '4', sharing_group_id: '7' }) }, over));
  expect(draft?.marking.needToKnow).toEqual([['community'], ['research']]);
});
