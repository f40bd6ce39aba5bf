// Settings of the research room. Source: README.md#environment

/** What the room is told. */
export interface ResearchConfig {
  /** 32 bytes in base64url; keys the commitments in its leaves, as for the gateways. */
  readonly ledgerSalt: string;
}
