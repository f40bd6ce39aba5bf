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

/** What a certificate is for. */
export interface Wanted {
  readonly commonName: string;
  /** Names of the holder as URIs; a server's are left out. */
  readonly uris?: readonly string[];
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
const HOUR_MS = 3_600_000;

/** Makes an authority of its own. */
export async function createTestAuthority(commonName = 'test authority'): Promise<TestAuthority> {
  const keys = await freshKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    ...validity(),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const sign = async (
    name: string,
    names: readonly { readonly type: 'dns' | 'ip' | 'url'; readonly value: string }[],
    usage: string,
  ): Promise<TestCertificate> => {
    const own = await freshKeys();
    const made = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: root.subject,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])]),
      ],
    });
    return { certificate: made.toString('pem'), key: await pemOf(own.privateKey), der: Buffer.from(made.rawData) };
  };
  return {
    certificate: root.toString('pem'),
    server() {
      const names = [{ type: 'dns', value: 'localhost' } as const, { type: 'ip', value: '127.0.0.1' } as const];
      return sign('localhost', names, x509.ExtendedKeyUsage.serverAuth);
    },
    client: ({ commonName: name, uris = [] }) =>
      sign(
        name,
        uris.map((value) => ({ type: 'url' as const, value })),
        x509.ExtendedKeyUsage.clientAuth,
      ),
  };
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

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - HOUR_MS), notAfter: new Date(now + HOUR_MS) };
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
