// TLS of a gateway's own listener: its certificate and key, and whom it asks for theirs.
// Holds: a certificate that was exchanged on disk is in use within a minute, for new connections; one that cannot be read leaves
// the one before; every client may show a certificate, and none is turned away for it here. Source: README.md#certificates

import { readFileSync } from 'node:fs';
import type { Server as HttpsServer, ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SetTimer } from '@sitebus/kit';
import type { Log } from '@sitebus/sdk';
import { isAuthority, type TrustedIssuer } from './issuer-keys.ts';

/** Where certificate (with its chain) and key are: PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** TLS of one listener. */
export interface ListenerTls {
  readonly options: ServerOptions;
  /** Exchanges what was exchanged on disk, until the returned function ends that. */
  follow(server: Pick<HttpsServer, 'setSecureContext'>): () => void;
}

const LOOKED_AT_EVERY_MS = 60_000;

/** Reads the files. Throws an error that names what cannot be used. */
export function createListenerTls(parts: {
  readonly files: TlsFiles;
  /** Authorities among them are named to clients, so that a browser offers theirs alone. */
  readonly issuers: readonly TrustedIssuer[];
  readonly log: Log;
  readonly setTimer: SetTimer;
}): ListenerTls {
  const { files, log, setTimer } = parts;
  const authorities = parts.issuers.filter(isAuthority).map(({ authority }) => authority);
  const read = (): { readonly cert: string; readonly key: string } => {
    const pair = { cert: readFileSync(files.certFile, 'utf8'), key: readFileSync(files.keyFile, 'utf8') };
    createSecureContext(pair); // which throws where key and certificate are no pair
    return pair;
  };
  const common = { minVersion: 'TLSv1.2' as const, ...(authorities.length > 0 && { ca: authorities }) };
  let inUse = first(read, files);
  return {
    options: { ...common, ...inUse, requestCert: true, rejectUnauthorized: false },
    follow(server) {
      const look = (): void => {
        try {
          const now = read();
          if (now.cert !== inUse.cert || now.key !== inUse.key) {
            server.setSecureContext({ ...common, ...now });
            log.info({ certFile: files.certFile }, 'the certificate was exchanged');
          }
          inUse = now;
        } catch (cause) {
          log.error({ certFile: files.certFile, code: (cause as { code?: string }).code }, 'the new certificate cannot be used');
        }
        stop = setTimer(look, LOOKED_AT_EVERY_MS);
      };
      let stop = setTimer(look, LOOKED_AT_EVERY_MS);
      return () => stop();
    },
  };
} // prettier-ignore

function first<T>(read: () => T, { certFile, keyFile }: TlsFiles): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`gateway configuration: ${certFile} and ${keyFile} are no certificate and its key`, { cause });
  }
}
