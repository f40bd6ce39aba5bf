// Settings of the guard. Source: README.md#environment

/** What the guard is told. */
export interface GuardConfig {
  /** 32 bytes in base64url; keys the commitments in its leaves, as for the gateways. */
  readonly ledgerSalt: string;
  /** How often it looks for what has run out of time or was not finished, ms. */
  readonly tickMs: number;
}
