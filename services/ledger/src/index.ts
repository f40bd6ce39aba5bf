// The public names of @sitebus/ledger, listed one by one; package.json lets nothing else be imported.

export { createLedgerService } from './service.ts';
export type { LedgerConfig, LedgerParts, LedgerService } from './service.ts';
export { verifierKeysOf } from './signer.ts';
