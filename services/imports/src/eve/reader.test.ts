import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import type { ReadingContext } from '../reading.ts';
import { aReadingContext, createImportBench, draftsOf, fateLine } from '../testing/index.ts';
import { externalSide, toHomeNets } from './home-nets.ts';
import { eveReader } from './reader.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

const FLOW = 1403627781290912;
const anAlert = (over: Readonly<Record<string, unknown>> = {}) => ({
  timestamp: '2031-09-19T08:12:01.551004+0000',
  flow_id: FLOW,
  host: 'edge-3',
  event_type: 'alert',
  src_ip: '10.20.4.17',
  dest_ip: '203.0.113.44',
  alert: { action: 'allowed', signature_id: 2031001, signature: 'Imitated page', category: 'Theft', severity: 1 },
  ...over,
});
const anEvent = (type: string, over: Readonly<Record<string, unknown>> = {}) => ({
  timestamp: '2031-09-19T08:12:00.000000+0000',
  flow_id: FLOW,
  host: 'edge-3',
  event_type: type,
  ...over,
});
const fileOf = (...events: readonly unknown[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

function read(content: string, over: Partial<ReadingContext> = {}) {
  return eveReader.read(
    Buffer.from(content),
    aReadingContext(policy, { agency: 'cse', source: 'cse-eve', format: 'eve', ...over }),
  );
}
const detection = (content: string) => draftsOf(read(content))[0];

test('an alert becomes a detection: rule, severity, flow, and the instant with its offset', () => {
  expect(detection(fileOf(anAlert({ timestamp: '2031-09-19T04:12:01.551004-0400' })))).toMatchObject({
    type: 'NetworkDetection',
    observedAtMs: Date.UTC(2031, 8, 19, 8, 12, 1, 551),
    origin: `eve:cse/edge-3/${FLOW}`,
    sourceGrade: 'A',
    infoGrade: 2,
    fields: {
      sensor: 'edge-3',
      signatureId: 2031001,
      severity: 1,
      action: 'allowed',
      flowId: String(FLOW),
      bytes: null,
    },
  });
});

test('only alerts are detections, and every other line is skipped as such', () => {
  const reading = read(
    `${fileOf(anEvent('dns'), anAlert(), anEvent('stats', { flow_id: undefined }))}\n{"event_type"\n[1]\n`,
  );
  expect(reading.fates.map((fate) => [fate.line, fateLine(fate)])).toEqual([
    [1, 'skipped NOT_A_DETECTION'],
    [2, 'carried'],
    [3, 'skipped NOT_A_DETECTION'],
    [5, 'refused UNREADABLE'],
    [6, 'refused UNREADABLE'],
  ]);
});

test('what other lines of its flow say joins the alert, whichever comes first', () => {
  const lines = [
    anAlert({ flow: { bytes_toserver: 100, bytes_toclient: 200 } }),
    anEvent('dns', { dns: { rrname: 'One.Example' } }),
    anEvent('dns', { dns: { queries: [{ rrname: 'two.example' }], query: [{ rrname: 'three.example' }] } }),
    anEvent('http', { http: { hostname: 'one.example', url: '/login', http_port: 8080 } }),
    anEvent('http', { http: { hostname: 'proxy.example', url: 'http://four.example/x' } }),
    anEvent('tls', {
      tls: { sni: 'five.example', fingerprint: 'BC:FE:21:E6:28:0B:F1:1B:8F:DB:D0:45:C8:B3:E5:27:74:8D:1E:CF' },
    }),
    anEvent('fileinfo', { fileinfo: { md5: '18d6f0cefec6d21330d55ba82d288458' }, files: [{ sha1: 'a'.repeat(40) }] }),
    anEvent('flow', { flow: { bytes_toserver: 1000, bytes_toclient: 2000 } }),
  ];
  const expected = {
    externalIp: '203.0.113.44',
    domains: ['five.example', 'one.example', 'three.example', 'two.example'],
    urls: ['http://four.example/x', 'http://one.example:8080/login'],
    certificates: ['bcfe21e6280bf11b8fdbd045c8b3e527748d1ecf'],
    hashes: ['18d6f0cefec6d21330d55ba82d288458', 'a'.repeat(40)],
    bytes: 3000,
  };
  expect(detection(fileOf(...lines))?.fields).toMatchObject(expected);
  expect(detection(fileOf(...[...lines].reverse()))).toEqual(detection(fileOf(...lines)));
});

test('a flow of another sensor with the same number is another flow', () => {
  const other = anEvent('dns', { host: 'edge-4', dns: { rrname: 'elsewhere.example' } });
  expect(detection(fileOf(anAlert(), other))?.fields['domains']).toEqual([]);
});

test('a sensor that does not name itself is called by its source', () => {
  const fields = detection(
    fileOf(anAlert({ host: undefined }), anEvent('dns', { host: undefined, dns: { rrname: 'one.example' } })),
  );
  expect(fields).toMatchObject({
    origin: `eve:cse/cse-eve/${FLOW}`,
    fields: { sensor: 'cse-eve', domains: ['one.example'] },
  });
});

test.each([
  ['without an offset', { timestamp: '2031-09-19T08:12:01' }, 'refused BAD_INSTANT'],
  ['without a flow', { flow_id: undefined }, 'refused MISSING_PROPERTY'],
  ['of a flow whose number JSON cannot hold', { flow_id: 2 ** 60 }, 'refused MISSING_PROPERTY'],
  ['of a flow numbered in text', { flow_id: '1152921504606846977' }, 'carried'],
  ['without a rule', { alert: { signature: 'x', severity: 1 } }, 'refused MISSING_PROPERTY'],
  ['of no severity', { alert: { signature_id: 1, signature: 'x', severity: 0 } }, 'refused MISSING_PROPERTY'],
  ['that is no object', { alert: 'yes' }, 'refused MISSING_PROPERTY'],
])('an alert %s is answered for itself, its neighbour stands', (_name, over, is) => {
  expect(read(fileOf(anAlert(over), anAlert())).fates.map(fateLine)).toEqual([is, 'carried']);
});

test('a severity beyond four is the mildest, and the answer says so', () => {
  const [fate] = read(fileOf(anAlert({ alert: { signature_id: 1, signature: 'x', severity: 9 } }))).fates;
  expect(fate).toMatchObject({ status: 'carried', warnings: ['severity 9 is recorded as 4, the mildest'] });
});

const sides: readonly [string, string, string, string | undefined][] = [
  ['from outside', '203.0.113.44', '10.20.4.17', '203.0.113.44'],
  ['to outside', '10.20.4.17', '203.0.113.44', '203.0.113.44'],
  ['to outside, in IPv6', '2001:db8:c5e::17', '2001:DB8::1', '2001:db8::1'],
  ['to outside, mapped into IPv6', '::ffff:10.20.4.17', '::ffff:203.0.113.44', '203.0.113.44'],
  ['within', '10.20.4.17', '192.168.1.1', undefined],
  ['between two strangers', '203.0.113.44', '198.51.100.7', undefined],
  ['to what is no address', '10.20.4.17', 'localhost', undefined],
];
test.each(sides)('a detection %s has as its external side what lies in no home network', (_name, src, dest, is) => {
  const nets = toHomeNets(policy.agencies.find(({ id }) => id === 'cse')?.homeNets ?? []);
  expect(externalSide([src, dest], nets)).toBe(is);
  expect(detection(fileOf(anAlert({ src_ip: src, dest_ip: dest })))?.fields['externalIp']).toBe(is ?? null);
});

test('an agency whose home networks policy does not name takes no detection', () => {
  const agencies = policy.agencies.map(({ homeNets: _none, ...agency }) => agency);
  expect(read(fileOf(anAlert()), { policy: { ...policy, agencies } }).fates.map(fateLine)).toEqual([
    'refused NO_HOME_NETS',
  ]);
});

test('a source without a signed decision is refused, because an alert has no place for a marking', () => {
  const importDecisions = policy.importDecisions.filter(({ source }) => source !== 'cse-eve');
  expect(read(fileOf(anAlert()), { policy: { ...policy, importDecisions } }).fates.map(fateLine)).toEqual([
    'refused MARKING_REQUIRED',
  ]);
});

test('a flow with more values than a detection holds keeps as many as fit, whatever their order, and says so', () => {
  const lines = Array.from({ length: 300 }, (_, n) => anEvent('dns', { dns: { rrname: `n${n}.example` } }));
  const [fate] = read(fileOf(anAlert(), ...lines)).fates;
  expect(fate).toMatchObject({
    warnings: ['its flow has more values than one detection holds: 250 of each kind are kept'],
  });
  expect(detection(fileOf(anAlert(), ...lines))?.fields['domains']).toHaveLength(250);
  expect(detection(fileOf(...lines.reverse(), anAlert()))).toEqual(detection(fileOf(anAlert(), ...lines)));
});

test('many alerts of one busy flow cost no more than their number', () => {
  const flow = Array.from({ length: 8_000 }, (_, n) =>
    n % 2 === 0 ? anAlert({ pcap_cnt: n }) : anEvent('dns', { dns: { rrname: `n${n}.example` } }),
  );
  const startMs = performance.now();
  expect(draftsOf(read(fileOf(...flow)))).toHaveLength(4_000);
  expect(performance.now() - startMs).toBeLessThan(60_000); // an alert that walks its whole flow takes minutes
});
