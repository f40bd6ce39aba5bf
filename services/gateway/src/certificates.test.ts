// Row 21 of the security suite, for certificates: which of them name somebody, and which tokens they make good.

import { createHash, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTestClock } from '@sitebus/sdk/testing';
import { createTestAuthority, type TestAuthority, type Wanted } from '../../../test/support/certificates.ts';
import { createVerifyCertificate, isBoundTo } from './certificates.ts';
import { NOW_MS } from './testing/records.ts';

const ISSUER = 'urn:machines.example';
const MACHINE = 'urn:machine:export-1';
const SERVERS = '1.3.6.1.5.5.7.3.1';
const HOUR_MS = 3_600_000;
let authority: TestAuthority;
let verify: ReturnType<typeof createVerifyCertificate>;

const issued = async (wanted: Partial<Wanted>, by = authority): Promise<X509Certificate> =>
  new X509Certificate((await by.client({ commonName: 'export-1', uris: [MACHINE], ...wanted })).der);

beforeAll(async () => {
  authority = await createTestAuthority('machines', NOW_MS);
  verify = createVerifyCertificate([{ issuer: ISSUER, authority: authority.certificate }], createTestClock(NOW_MS));
});

describe('row 21: a certificate', () => {
  test('of a configured authority says who, by its one URI, and until when', async () => {
    const shown = await issued({});
    expect(verify(shown)).toEqual({ issuer: ISSUER, subject: MACHINE, expiresAt: Date.parse(shown.validTo) });
  });

  test.each<[string, Partial<Wanted>, boolean]>([
    ['that has expired', { at: NOW_MS - HOUR_MS }, true],
    ['that is not good yet', { at: NOW_MS + HOUR_MS }, false],
    ['of a server', { usages: [SERVERS] }, false],
    ['that does not say what it is for', { usages: [] }, false],
    ['that could sign others', { isAuthority: true }, false],
    ['without a URI', { uris: [] }, false],
    ['with two URIs', { uris: [MACHINE, 'urn:machine:export-2'] }, false],
    ['whose URI would read as two names', { uris: ['urn:machine:export-1, URI:urn:machine:export-2'] }, false],
  ])('%s is refused', async (_what, wanted, expired) => {
    const shown = await issued(wanted);
    expect(() => verify(shown)).toThrow(expect.objectContaining({ slug: 'not-authenticated', details: { expired } }));
  });

  test('of any other authority names nobody, of the same name or not', async () => {
    expect(verify(await issued({}, await createTestAuthority('others', NOW_MS)))).toBeUndefined();
    expect(verify(await issued({}, await createTestAuthority('machines', NOW_MS)))).toBeUndefined();
  });

  test('that signs no others is no authority, which is said at the start', async () => {
    const { certificate } = await authority.client({ commonName: 'export-1' });
    const start = (text: string) => () =>
      createVerifyCertificate([{ issuer: ISSUER, authority: text }], createTestClock(NOW_MS));
    expect(start(certificate)).toThrow(`authority of ${ISSUER}`);
    expect(start('no certificate')).toThrow(`authority of ${ISSUER}`);
  });
});

describe('row 21: a token that is bound', () => {
  test('is good beside its certificate, and beside no other and none', async () => {
    const [own, another] = [await issued({}), await issued({})];
    const thumbprint = createHash('sha256').update(own.raw).digest('base64url');
    expect(isBoundTo({ 'x5t#S256': thumbprint }, own)).toBe(true);
    expect(isBoundTo({ 'x5t#S256': thumbprint }, another)).toBe(false);
    expect(isBoundTo({ 'x5t#S256': thumbprint }, undefined)).toBe(false);
  });

  test('in a way that is not known is good beside nothing', async () => {
    const own = await issued({});
    const thumbprint = createHash('sha256').update(own.raw).digest('base64url');
    const confirmations = [
      { jkt: thumbprint }, { 'x5t#S256': thumbprint, jkt: 'x' }, { 'x5t#S256': own.fingerprint256 }, {}, null, thumbprint,
    ]; // prettier-ignore
    expect(confirmations.map((confirmation) => isBoundTo(confirmation, own))).toEqual(confirmations.map(() => false));
  });
});
