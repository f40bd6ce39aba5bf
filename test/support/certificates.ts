// Certificates of a test's own authority: of servers on loopback, and of clients by the name (SAN URI) they sign in with.
// Holds: nothing on disk but where a caller asks for it; keys are fresh each time and good for an hour.

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** A certificate and its key. */
export interface TestCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly der: Buffer;
}

/** What a client's certificate is to say. */
export interface Wanted {
  readonly commonName: string;
  /** Names of the holder. */
  readonly uris?: readonly string[];
  /** What it may be used for, object identifiers; default: by clients. */
  readonly usages?: readonly string[];
  /** Whether it could sign others; default no. */
  readonly isAuthority?: boolean;
  /** UTC milliseconds of the hour in whose middle it is good; default: the authority's. */
  readonly at?: number;
}

/** An authority and what it has signed. */
export interface TestAuthority {
  /** PEM. */
  readonly certificate: string;
  /** For `localhost` and 127.0.0.1. */
  server(): Promise<TestCertificate>;
  client(wanted: Wanted): Promise<TestCertificate>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HALF_AN_HOUR_MS = 1_800_000;

/** Makes an authority of its own, good around `at`, UTC milliseconds. */
export async function createTestAuthority(commonName = 'test authority', at = Date.now()): Promise<TestAuthority> {
  const keys = await freshKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    ...validity(at),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const sign = async (wanted: Wanted, names: readonly AlternativeName[]): Promise<TestCertificate> => {
    const own = await freshKeys();
    const { usages = [x509.ExtendedKeyUsage.clientAuth], isAuthority = false } = wanted;
    const made = await x509.X509CertificateGenerator.create({
      subject: `CN=${wanted.commonName}`,
      issuer: root.subject,
      ...validity(wanted.at ?? at),
      signingAlgorithm: ALGORITHM,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(isAuthority),
        ...(usages.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...usages])]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])]),
      ],
    });
    return { certificate: made.toString('pem'), key: await pemOf(own.privateKey), der: Buffer.from(made.rawData) };
  };
  return {
    certificate: root.toString('pem'),
    server: () =>
      sign({ commonName: 'localhost', usages: [x509.ExtendedKeyUsage.serverAuth] }, [
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    client: (wanted) =>
      sign(
        wanted,
        (wanted.uris ?? []).map((value) => ({ type: 'url', value })),
      ),
  };
}

interface AlternativeName {
  readonly type: 'dns' | 'ip' | 'url';
  readonly value: string;
}

/** Writes `<name>.pem` and `<name>.key` into the folder. @returns their paths */
export async function writeCertificate(
  folder: string,
  name: string,
  { certificate, key }: TestCertificate,
): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  await Promise.all([writeFile(certFile, certificate), writeFile(keyFile, key, { mode: 0o600 })]);
  return { certFile, keyFile };
}

function freshKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(at: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(at - HALF_AN_HOUR_MS), notAfter: new Date(at + HALF_AN_HOUR_MS) };
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
