// TLS of a listener: its certificate and key from files, and whether clients are asked for theirs.
// Holds: a certificate that was exchanged on disk is in use within a minute, for new connections; one that cannot be used leaves the
// one before; a client that is asked may show any certificate or none: whom it names is for others to judge.
// Source: README.md#tls-of-listeners

import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { Server as HttpsServer, type ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Log } from '@sitebus/sdk';
import { Type, type Static } from 'typebox';
import { invalidConfig } from './errors.ts';
import { machineTimer, type SetTimer } from './registry/late-heartbeat.ts';

/** Where certificate (with its chain) and key are: PEM files. */
export const TlsFiles = Type.Object({
  certFile: Type.String({ minLength: 1 }),
  keyFile: Type.String({ minLength: 1 }),
});
export type TlsFiles = Static<typeof TlsFiles>;

/** @returns environment name → setting, for settings that have `TlsFiles` at `path`. */
export const tlsFilesAt = (path: string) =>
  ({ SITEBUS_TLS_CERT_FILE: `${path}/certFile`, SITEBUS_TLS_KEY_FILE: `${path}/keyFile` }) as const;

/** TLS of one listener. */
export interface ListenerTls {
  /** For whoever makes the server. */
  readonly options: ServerOptions;
  /** Exchanges what was exchanged on disk, until the returned function ends that. Does nothing to a server of plain HTTP. */
  follow(server: Server): () => void;
}

/** What a listener's TLS is made of. */
export interface ListenerTlsParts {
  readonly files: TlsFiles;
  /** Whether clients are asked for a certificate, and with which authorities (PEM) named, so that a browser offers theirs alone. */
  readonly clients?: { readonly authorities: readonly string[] };
  readonly log: Log;
  readonly setTimer?: SetTimer;
}

const LOOKED_AT_EVERY_MS = 60_000;

/** Reads the files. @throws INVALID_CONFIG (not retriable) where they are no certificate and its key */
export function createListenerTls({ files, clients, log, setTimer = machineTimer }: ListenerTlsParts): ListenerTls {
  const { authorities = [] } = clients ?? {};
  const common = { minVersion: 'TLSv1.2' as const, ...(authorities.length > 0 && { ca: [...authorities] }) };
  let inUse = readFirst(files);
  return {
    options: { ...common, ...inUse, ...(clients && { requestCert: true, rejectUnauthorized: false }) },
    follow(server) {
      if (!(server instanceof HttpsServer)) return () => {};
      const look = (): void => {
        try {
          const now = readPair(files);
          if (now.cert !== inUse.cert || now.key !== inUse.key) {
            server.setSecureContext({ ...common, ...now });
            log.info({ certFile: files.certFile }, 'the certificate was exchanged');
          }
          inUse = now;
        } catch (cause) {
          const { code } = cause as { readonly code?: string };
          log.error({ certFile: files.certFile, code }, 'the new certificate cannot be used');
        }
        stop = setTimer(look, LOOKED_AT_EVERY_MS);
      };
      let stop = setTimer(look, LOOKED_AT_EVERY_MS);
      return () => stop();
    },
  };
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

function readPair({ certFile, keyFile }: TlsFiles): Pair {
  const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  createSecureContext(pair); // which throws where they are no pair
  return pair;
}

function readFirst(files: TlsFiles): Pair {
  try {
    return readPair(files);
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    const reason = `and SITEBUS_TLS_KEY_FILE are no certificate and its key (${code ?? 'unreadable'}): ${files.certFile}, ${files.keyFile}`;
    throw invalidConfig({ faults: [{ name: 'SITEBUS_TLS_CERT_FILE', reason }] }, cause);
  }
}
