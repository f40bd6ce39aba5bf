// Whether a connection failed for a certificate, by the code that Node gives the error.
// Holds: such a failure is a verdict, like a wrong password: trying again does not change it.
// Source: openssl verify(1), diagnostics; RFC 8446 §6.2; node:tls, X.509 certificate error codes

/** Who did not believe whom: we the broker (`theirs`), or the broker us (`ours`). */
export type RefusedCertificate = 'theirs' | 'ours';

const THEIRS =
  /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;
const OURS = /^ERR_SSL_.*_ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)$/;

/** @returns undefined where no certificate is to blame */
export function refusedCertificate(code: unknown): RefusedCertificate | undefined {
  if (typeof code !== 'string') return undefined;
  if (THEIRS.test(code)) return 'theirs';
  return OURS.test(code) ? 'ours' : undefined;
}
