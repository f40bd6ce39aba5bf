import { domainToASCII } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { parse } from 'tldts';
import { FEATURE_KINDS, type FeatureKind } from './annotations.ts';
import { normaliseOrExplain } from './normalise.ts';
import { NO_HOST, NOT_PLAIN, plainHostEnd, plainHostFrom } from './plain-spelling.ts';

const RUNS = { numRuns: 3_000 };
const strings = (alphabet: string, maxLength: number) =>
  fc.array(fc.constantFrom(...Array.from(alphabet)), { maxLength }).map((units) => units.join(''));
/** Mostly plain, with everything that makes a host name something else. */
const hosts = fc
  .array(strings('abcxn019-', 6), { minLength: 1, maxLength: 4 })
  .chain((labels) =>
    fc
      .constantFrom('example', 'co.uk', 'com', '', '7', '0x7', 'A', 'é', '-', 'é.com')
      .map((last) => [...labels, last].join('.')),
  );
const urls = fc
  .tuple(
    fc.constantFrom('http://', 'https://', 'https://', 'HTTP://', 'ftp://', 'http:/'),
    fc.oneof(hosts, fc.constantFrom('leak.example', '9-a.co.uk', '10.0.0.1')),
    fc.constantFrom('/', '/', ''),
    fc.oneof(strings('ab9/.?&=-_~', 8), strings('a/.?#%2e:@[(\\é', 8)),
  )
  .map((parts) => parts.join(''));

/** How the value lies among other bytes. */
function look(kind: FeatureKind, text: string): { readonly hostFrom: number; readonly host: string } {
  const bytes = Buffer.from(`..${text}.x`);
  const to = bytes.length - 2;
  const hostFrom = plainHostFrom(kind, bytes, 2, to);
  const host = hostFrom < 0 ? '' : bytes.toString('latin1', hostFrom, plainHostEnd(bytes, hostFrom, to));
  return { hostFrom, host };
}

test('a host that is found plain is what IDNA, validation and the public suffix list leave as it is', () => {
  let plain = 0;
  fc.assert(
    fc.property(hosts, (host) => {
      if (look('domain', host).host !== host || host === '') return;
      plain += 1;
      const { hostname, isIp } = parse(host, { extractHostname: false, validateHostname: true });
      expect({ ascii: domainToASCII(host), hostname, isIp }).toEqual({ ascii: host, hostname: host, isIp: false });
      const value = normaliseOrExplain('domain', host);
      const isSuffix = parse(host, { extractHostname: false, validateHostname: true }).domain === null;
      expect(value).toEqual(isSuffix ? { reason: 'PUBLIC_SUFFIX' } : { value: host });
      expect(normaliseOrExplain('domain', `${host}.`)).toEqual(value); // with a last dot it goes the long way
    }),
    RUNS,
  );
  expect(plain).toBeGreaterThan(100);
});

test('a URL that is found plain is what the URL parser leaves as it is, and comes with its host', () => {
  let plain = 0;
  fc.assert(
    fc.property(urls, (url) => {
      const { hostFrom, host } = look('url', url);
      if (hostFrom === NOT_PLAIN) return;
      plain += 1;
      const parsed = new URL(url);
      expect(parsed.href).toBe(url);
      expect(host).toBe(parsed.hostname);
      expect(normaliseOrExplain('url', url)).toEqual(normaliseOrExplain('url', `${url}#`)); // the long way
    }),
    RUNS,
  );
  expect(plain).toBeGreaterThan(100);
});

test('four decimal numbers are told as the library tells them', () => {
  let yes = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        fc
          .array(fc.constantFrom('0', '00', '1', '9', '25', '255', '256', '1000', '', 'a', ' 1'), { maxLength: 5 })
          .map((parts) => parts.join('.')),
        fc.ipV4(),
      ),
      (text) => {
        const is = look('ip', text).hostFrom === NO_HOST;
        if (is) yes += 1;
        expect(is).toBe(ipaddr.IPv4.isValidFourPartDecimal(text));
        expect(normaliseOrExplain('ip', ` ${text}`)).toEqual(normaliseOrExplain('ip', text)); // the long way
      },
    ),
    RUNS,
  );
  expect(yes).toBeGreaterThan(100);
});

const schemed = fc.tuple(strings('ab9.-_G', 3), strings('aG9.-_:@é {', 5)).map((parts) => parts.join(':'));
const digits = (alphabet: string, chars: number) =>
  fc.array(fc.constantFrom(...Array.from(alphabet)), { minLength: chars, maxLength: chars }).map((all) => all.join(''));
/** For each kind what is mostly plain, with signs that make it something else. */
const others: readonly (readonly [FeatureKind, fc.Arbitrary<string>])[] = [
  ['hash', fc.tuple(fc.constantFrom('', 'F', 'g', '.'), fc.constantFrom(31, 32, 40, 64).chain((chars) => digits('a0f9', chars))).map((parts) => parts.join(''))],
  ['tracker', schemed],
  ['wallet', schemed],
  ['account', schemed],
  ['email', fc.tuple(strings('ab9.-_A@é(', 4), fc.oneof(hosts, fc.constant('leak.example'))).map((parts) => parts.join('@'))],
]; // prettier-ignore

test.each(others)('a %s that is found plain is what its rules leave as it is', (kind, drawn) => {
  let plain = 0;
  fc.assert(
    fc.property(drawn, (text) => {
      const { hostFrom } = look(kind, text);
      if (hostFrom === NOT_PLAIN) return;
      plain += 1;
      const ruled = normaliseOrExplain(kind, ` ${text}`); // a blank in front, and the rules decide
      expect(normaliseOrExplain(kind, text)).toEqual(ruled);
      if (hostFrom === NO_HOST) expect(ruled).toEqual({ value: text });
    }),
    RUNS,
  );
  expect(plain).toBeGreaterThan(50);
});

test('bytes beyond ASCII, blanks and controls are never plain', () => {
  const values = ['\u00e9.example', 'a.example\u007f', 'x:\u00e9', 'x:a b', 'x:\u0001', `${'a'.repeat(31)}\u00e9`, ''];
  for (const kind of FEATURE_KINDS) expect(values.map((text) => look(kind, text).hostFrom)).toEqual(values.map(() => NOT_PLAIN));
}); // prettier-ignore
