// Listeners of a broker that speak TLS: for passwords, for passwords and certificates, for certificates alone.
// Holds: the broker has a certificate of the test's authority, and believes clients of that authority only.

import type { TestAuthority } from './certificates.ts';
import type { OwnBrokerWish } from './own-broker.ts';

/** `TLS` asks for a password, `MUTUAL` for a certificate and a password, `CERT` for a certificate whose name is the principal. */
export async function tlsListeners(authority: TestAuthority): Promise<NonNullable<OwnBrokerWish['listeners']>> {
  const { certificate, key } = await authority.server();
  const shown = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.key': key,
    'ssl.keystore.certificate.chain': certificate,
  };
  const believing = {
    ...shown,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': authority.certificate,
    'ssl.client.auth': 'required',
  };
  const scram = {
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  };
  return [
    { name: 'TLS', protocol: 'SASL_SSL', settings: { ...shown, ...scram } },
    { name: 'MUTUAL', protocol: 'SASL_SSL', settings: { ...believing, ...scram } },
    {
      name: 'CERT',
      protocol: 'SSL',
      settings: { ...believing, 'ssl.principal.mapping.rules': 'RULE:^CN=([^,]+)$/$1/' },
    },
  ];
}
