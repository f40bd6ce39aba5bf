import fc from 'fast-check';
import { readerObeysItsLaws } from '../testing/reader-laws.ts';
import { eveReader } from './reader.ts';

const flow = fc.record({
  timestamp: fc.integer({ min: 0, max: 59 }).map((s) => `2031-09-19T08:12:${String(s).padStart(2, '0')}.000000+0000`),
  flow_id: fc.constantFrom(1, 2, '3', 9007199254740991),
  host: fc.constantFrom('edge-1', 'edge-2', undefined),
  src_ip: fc.constantFrom('10.0.0.1', '203.0.113.44', '2001:db8::1', 'nobody'),
  dest_ip: fc.constantFrom('10.0.0.2', '198.51.100.7', undefined),
  flow: fc.constantFrom(undefined, { bytes_toserver: 10, bytes_toclient: 5 }, { bytes_toserver: 'many' }),
  dns: fc.constantFrom(undefined, { rrname: 'one.example' }, { queries: [{ rrname: 'two.example' }, 7] }),
  http: fc.constantFrom(undefined, { hostname: 'three.example', url: '/a' }, { url: 'no address' }),
  tls: fc.constantFrom(undefined, { sni: 'four.example', fingerprint: 'a'.repeat(40) }),
  files: fc.constantFrom(undefined, [{ sha256: 'b'.repeat(64) }, null]),
});
const alert = fc.tuple(flow, fc.integer({ min: 1, max: 9 }), fc.nat(3)).map(([event, severity, rule]) => ({
  ...event,
  event_type: 'alert',
  alert: { signature_id: rule, signature: `rule ${rule}`, severity },
}));
const other = fc
  .tuple(flow, fc.constantFrom('dns', 'flow', 'stats'))
  .map(([event, type]) => ({ ...event, event_type: type }));

readerObeysItsLaws<string>({
  reader: eveReader,
  agency: 'cse',
  source: 'cse-eve',
  good: fc
    .tuple(alert, fc.array(fc.oneof(alert, other), { maxLength: 12 }))
    .map(([first, rest]) => [first, ...rest].map((event) => JSON.stringify(event))),
  bad: fc.constantFrom(
    '{"event_type":"alert"',
    '[]',
    '7',
    '{"event_type":"alert","flow_id":4,"timestamp":"2031-09-19T08:12:00","alert":{}}',
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    `{"event_type":"alert","a":${'['.repeat(40)}${']'.repeat(40)}}`,
  ),
  fileOf: (lines) => Buffer.from(lines.map((line) => `${line}\n`).join('')),
});
