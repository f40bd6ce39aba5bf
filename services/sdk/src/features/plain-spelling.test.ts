import { domainToASCII } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { parse } from 'tldts';
import { normaliseOrExplain } from './normalise.ts';
import { isDottedDecimal, isLowerHex, isPlainHost, isVisibleAscii, plainUrlHostEnd } from './plain-spelling.ts';

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

test('a host that is found plain is what IDNA, validation and the public suffix list leave as it is', () => {
  let plain = 0;
  fc.assert(
    fc.property(hosts, (host) => {
      if (!isPlainHost(host)) return;
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
      const end = plainUrlHostEnd(url);
      if (end === 0) return;
      plain += 1;
      const parsed = new URL(url);
      expect(parsed.href).toBe(url);
      expect(url.slice(0, end)).toBe(`${parsed.protocol}//${parsed.hostname}`);
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
        const is = isDottedDecimal(text);
        if (is) yes += 1;
        expect(is).toBe(ipaddr.IPv4.isValidFourPartDecimal(text));
      },
    ),
    RUNS,
  );
  expect(yes).toBeGreaterThan(100);
});

test('visible ASCII is what neither composing nor trimming changes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), (text) => {
      if (isVisibleAscii(text)) expect(text.normalize('NFC').trim()).toBe(text);
    }),
    RUNS,
  );
  expect(['a b', ' a', 'é', 'a\u007f', ''].filter(isVisibleAscii)).toEqual([]);
  expect(isVisibleAscii('!~aZ09')).toBe(true);
});

test('hexadecimal digits are in lower case', () => {
  expect(['0123456789abcdef', ''].filter((text) => !isLowerHex(text))).toEqual([]);
  expect(['A', 'g', '0 ', '\u0660'].filter(isLowerHex)).toEqual([]);
});
