// As whom to speak to a Kafka cluster, and how to know it: SCRAM-SHA-512, a client certificate, or both.
// Holds: a connection without a password has a certificate, and a certificate has its key; the types allow nothing else.
// Source: README.md#tls

/** A principal's name and password (SCRAM-SHA-512). */
export interface Scram {
  readonly username: string;
  readonly password: string;
}

/** A client's certificate, with those between it and its authority, and its key; PEM texts. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Whose signature a broker's certificate needs. */
export interface TrustedAuthorities {
  /** PEM text, several after one another; absent: the system's authorities. */
  readonly ca?: string;
}

/** TLS to the brokers; `true` is with the system's authorities and without a certificate of one's own. */
export type BusTls = boolean | TrustedAuthorities | (TrustedAuthorities & ClientCertificate);

/** A password, inside TLS or not, with a certificate or not; or a certificate alone. */
export type BusLogin =
  | {
      readonly sasl: Scram;
      /** SCRAM runs inside it. Default false: a loopback stack. */
      readonly tls?: BusTls;
    }
  | { readonly sasl?: undefined; readonly tls: TrustedAuthorities & ClientCertificate };

/** As node:tls takes it. A list, because an empty text would count as none, and the system's authorities would be believed. */
export function toTlsOptions(tls: BusTls) {
  return typeof tls === 'object' && tls.ca !== undefined ? { ...tls, ca: [tls.ca] } : tls;
}

/** The login that a principal's credential makes on brokers that are spoken to with `tls`; a certificate takes that of `tls`' place. */
export function toBusLogin(credential: Scram | ClientCertificate, tls: BusTls): BusLogin {
  if ('username' in credential) return { sasl: credential, tls };
  return { tls: { ...(typeof tls === 'object' && tls), ...credential } };
}
