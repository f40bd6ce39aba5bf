import { expect, test } from '@jest/globals';
import { normalise, normaliseOrExplain, refang } from './normalise.ts';

/** kind, as reported, canonical. */
const CANONICAL: readonly (readonly [string, string, string])[] = [
  ['domain', 'Webmail-CivicRenewal[.]example', 'webmail-civicrenewal.example'],
  ['domain', ' mirror-check(dot)example ', 'mirror-check.example'],
  ['domain', 'leak-river [.] example.', 'leak-river.example'],
  ['domain', 'élection.example', 'xn--lection-9xa.example'],
  ['domain', 'e\u0301lection.example', 'xn--lection-9xa.example'],
  ['domain', 'XN--LECTION-9XA.example', 'xn--lection-9xa.example'],
  ['domain', 'leak\u3002example', 'leak.example'],
  ['domain', '_dmarc.leak.example', '_dmarc.leak.example'],
  ['ip', '203.0.113[.]44', '203.0.113.44'],
  ['ip', '10.0.0.1', '10.0.0.1'],
  ['ip', '203.0.113.44/32', '203.0.113.44'],
  ['ip', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['ip', '[2001:db8::1]', '2001:db8::1'],
  ['ip', '2001:db8::1/128', '2001:db8::1'],
  ['ip', '::ffff:203.0.113.44', '203.0.113.44'],
  ['url', 'hxxps://Leak-River[.]example:443/a?b=C#part', 'https://leak-river.example/a?b=C'],
  ['url', 'hXXp[:]//leak-river(.)example', 'http://leak-river.example/'],
  ['url', 'https[://]leak-river[.]example/x', 'https://leak-river.example/x'],
  ['url', 'http://[2001:DB8::1]:80/x', 'http://[2001:db8::1]/x'],
  ['url', 'http://leak-river.example./x', 'http://leak-river.example/x'],
  ['url', 'https://élection.example/vote', 'https://xn--lection-9xa.example/vote'],
  ['url', 'http://203.0.113.44:8080/x', 'http://203.0.113.44:8080/x'],
  ['url', 'https://leak-river.example/x#', 'https://leak-river.example/x'],
  ['url', 'https://leak-river.example/a#b#c', 'https://leak-river.example/a'],
  ['hash', 'D41D8CD98F00B204E9800998ECF8427E', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['hash', `${'A'.repeat(40)} `, 'a'.repeat(40)],
  ['hash', 'b'.repeat(128), 'b'.repeat(128)],
  ['email', 'IT-Desk[at]webmail-civicrenewal[.]example', 'it-desk@webmail-civicrenewal.example'],
  ['email', 'mailto:a@b.example', 'a@b.example'],
  ['certificate', `${'AA:'.repeat(31)}AA`, 'aa'.repeat(32)],
  ['certificate', 'CN=Leak River # 0A:1B', 'cn=leak river#0a1b'],
  ['tracker', 'GA:UA-12345-1', 'ga:UA-12345-1'],
  ['wallet', 'BTC:bc1Qxyz', 'btc:bc1Qxyz'],
  ['account', 'Chirrup:@Grey_Heron', 'chirrup:grey_heron'],
  ['account', 'mastodon:User@host.example', 'mastodon:user@host.example'],
  ['person', 'prs_0123456789abcdef', 'prs_0123456789abcdef'],
  ['person', 'cand:ge-demo/cedar-narrows/maren-oakhollow', 'cand:ge-demo/cedar-narrows/maren-oakhollow'],
  ['media', 'A'.repeat(64), `sha256:${'a'.repeat(64)}`],
  ['media', 'pHash:00ff00ff00ff00ff', 'phash:00ff00ff00ff00ff'],
  ['text', '  the harbour\n was   sold ', 'the harbour was sold'],
];

test.each(CANONICAL)('the %s %j is spelled %j, and spelling it again changes nothing', (kind, raw, canonical) => {
  expect(normalise(kind, raw)).toBe(canonical);
  expect(normalise(kind, canonical)).toBe(canonical);
});

/** kind, as reported, why it links nothing. */
const CONTEXT: readonly (readonly [string, string, string])[] = [
  ['domain', '', 'INVALID'],
  ['domain', 'localhost', 'INVALID'],
  ['domain', '203.0.113.44', 'INVALID'],
  ['domain', 'a..example', 'INVALID'],
  ['domain', 'leak river.example', 'INVALID'],
  ['domain', '*.leak.example', 'INVALID'],
  ['domain', 'leak.example/path', 'INVALID'],
  ['domain', `${'a'.repeat(64)}.example`, 'INVALID'],
  ['domain', 'xn--a.example', 'INVALID'],
  ['domain', 'co.uk', 'PUBLIC_SUFFIX'],
  ['ip', '203.0.113.0/24', 'RANGE'],
  ['ip', '2001:db8::/32', 'RANGE'],
  ['ip', '203.0.113.44/33', 'INVALID'],
  ['ip', '0313.0.0161.054', 'INVALID'],
  ['ip', '203.113', 'INVALID'],
  ['ip', '0xcb.0.0x71.0x2c', 'INVALID'],
  ['ip', 'fe80::1%eth0', 'INVALID'],
  ['url', 'leak-river.example/x', 'INVALID'],
  ['url', 'javascript:alert(1)', 'INVALID'],
  ['url', 'file:///etc/hosts', 'INVALID'],
  ['url', 'http://localhost/x', 'INVALID'],
  ['url', 'http://leak.example/\u0000', 'INVALID'],
  ['url', `http://leak.example/${'a'.repeat(3000)}`, 'TOO_LONG'],
  ['hash', 'not-a-hash', 'INVALID'],
  ['hash', 'a'.repeat(41), 'INVALID'],
  ['email', 'it-desk', 'INVALID'],
  ['email', '@leak.example', 'INVALID'],
  ['email', 'a b@leak.example', 'INVALID'],
  ['account', 'grey_heron', 'INVALID'],
  ['account', 'chirrup:@', 'INVALID'],
  ['account', 'chirrup:grey heron', 'INVALID'],
  ['person', 'Maren Oakhollow', 'INVALID'],
  ['person', 'party:alder', 'COMMON'],
  ['media', 'riverbend', 'INVALID'],
  ['no-such-kind', 'x', 'INVALID'],
  ['constructor', 'x', 'INVALID'],
];

test.each(CONTEXT)('the %s %j is context: %s', (kind, raw, reason) => {
  expect(normaliseOrExplain(kind, raw)).toEqual({ reason });
  expect(normalise(kind, raw)).toBeUndefined();
});

test('refanging leaves the brackets of an address and ordinary words alone', () => {
  expect(refang('http://[2001:db8::1]/')).toBe('http://[2001:db8::1]/');
  expect(refang('the hxxp habit (see dot files)')).toBe('the hxxp habit (see dot files)');
});

test.each([
  ['certificate', 'a serial that almost is one', `issuer#${'a'.repeat(2_000)}!`],
  ['certificate', 'a serial of many groups', `issuer#${'ab:'.repeat(600)}!`],
  ['domain', 'blanks before what is no bracket', `x${' '.repeat(2_000)}(`],
  ['email', 'blanks behind a bracket', `(${' '.repeat(2_000)}x`],
] as const)('%s: %s is refused in linear time', (kind, _what, value) => {
  const tookMs = Array.from({ length: 20 }, () => {
    const startedAt = performance.now();
    expect(normalise(kind, value)).toBeUndefined();
    return performance.now() - startedAt;
  });
  // The fastest of all, which no busy machine holds up: .1 ms where linear, 3 to 10 ms where quadratic, years where exponential.
  expect(Math.min(...tookMs)).toBeLessThan(1);
});

test.each([
  ['c=ca, o=roots # 0A:1b:2C', 'c=ca, o=roots#0a1b2c'],
  ['issuer#abc', 'issuer#abc'],
  ['issuer#ab:', 'issuer#ab'],
])('the certificate %s keeps its issuer and serial', (raw, value) => {
  expect(normalise('certificate', raw)).toBe(value);
});
