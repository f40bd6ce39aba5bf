// TLS to the bus as settings, the same for every service: whether, whose brokers to believe, and what to show them.
// Holds: files are read once, at the start; a file that cannot be read or holds something else, one half of a certificate,
// and files beside a plain "no" refuse the start, by variable and path; a text where a path belongs is not repeated.
// Source: README.md#configuration

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { BusTls } from '@sitebus/sdk';
import { Type, type Static } from 'typebox';
import { loadConfig, type Environment } from './config.ts';
import { invalidConfig, type ConfigFault } from './errors.ts';

const File = Type.Optional(Type.String({ minLength: 1 }));

/** Settings of TLS, as the part `tls` of what names the brokers. PEM files. */
export const BusTlsSettings = Type.Object({
  isOn: Type.Optional(Type.Boolean()),
  caFile: File,
  certFile: File,
  keyFile: File,
});
export type BusTlsSettings = Static<typeof BusTlsSettings>;

/** Environment name → setting, for settings that have the part `tls`. */
export const BUS_TLS_ENVIRONMENT = Object.freeze({
  SITEBUS_BUS_TLS: 'tls/isOn',
  SITEBUS_BUS_CA_FILE: 'tls/caFile',
  SITEBUS_BUS_CERT_FILE: 'tls/certFile',
  SITEBUS_BUS_KEY_FILE: 'tls/keyFile',
} as const);

const FILES = [
  ['caFile', 'SITEBUS_BUS_CA_FILE'],
  ['certFile', 'SITEBUS_BUS_CERT_FILE'],
  ['keyFile', 'SITEBUS_BUS_KEY_FILE'],
] as const;

/** TLS as the settings have it; without any, none. @throws INVALID_CONFIG (not retriable) with every fault */
export function readBusTls(
  settings: BusTlsSettings = {},
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): BusTls {
  const faults = [...contradictions(settings)];
  const [ca, cert, key] = FILES.map(([setting, name]) => {
    const path = settings[setting];
    if (path === undefined) return undefined;
    try {
      return readFile(path);
    } catch {
      faults.push({ name, reason: `cannot be read: ${isPath(path) ? path : 'it is no path'}` });
      return undefined;
    }
  });
  if (ca !== undefined && !isRight(() => new X509Certificate(ca)))
    faults.push({ name: 'SITEBUS_BUS_CA_FILE', reason: 'holds no certificate' });
  if (cert !== undefined && key !== undefined && !isRight(() => createSecureContext({ cert, key })))
    faults.push({
      name: 'SITEBUS_BUS_KEY_FILE',
      reason: 'is not the key of the certificate, or one of the two is none',
    });
  if (faults.length > 0) throw invalidConfig({ faults });
  const trusted = ca === undefined ? {} : { ca };
  if (cert !== undefined && key !== undefined) return { ...trusted, cert, key };
  return ca === undefined ? settings.isOn === true : trusted;
}

/** The same, for a program that has no other settings of this kind. @throws INVALID_CONFIG (not retriable) */
export function busTlsOf(env: Environment): BusTls {
  const schema = Type.Object({ tls: Type.Optional(BusTlsSettings) });
  return readBusTls(loadConfig({ schema, names: BUS_TLS_ENVIRONMENT }, env).tls);
}

function* contradictions({ isOn, caFile, certFile, keyFile }: BusTlsSettings): Iterable<ConfigFault> {
  const isPair = (certFile === undefined) === (keyFile === undefined);
  if (!isPair)
    yield {
      name: certFile === undefined ? 'SITEBUS_BUS_CERT_FILE' : 'SITEBUS_BUS_KEY_FILE',
      reason: 'must be set: a certificate is shown with its key, or not at all',
    };
  if (isOn === false && (caFile ?? certFile ?? keyFile) !== undefined)
    yield { name: 'SITEBUS_BUS_TLS', reason: 'is false beside files that only TLS uses' };
}

/** OpenSSL's own text could repeat what the file holds. */
function isRight(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

/** Somebody may have put the key itself where its path belongs. */
const isPath = (text: string): boolean => !/[\r\n]|-----BEGIN/.test(text);
