// The public names of @sitebus/sdk/merkle, listed one by one: what a ledger's reader needs, in Node and in a browser.
// Holds: nothing here reaches a Node module, the bus or Avro (merkle.test.ts walks the imports).

export { emptyRoot, hashLeaf, hashNode, sameHash } from './hash.ts';
export type { Hash } from './hash.ts';
export { createCompactRange } from './compact-range.ts';
export type { CompactRange } from './compact-range.ts';
export { createMerkleTree } from './tree.ts';
export type { MerkleTree } from './tree.ts';
export { stepsToRoot, verifyConsistency, verifyInclusion } from './verify.ts';
export type { HashStep } from './verify.ts';
export { fromBase64, toBase64 } from './base64.ts';
export {
  checkpointText,
  keyIdOf,
  ledgerOrigin,
  parseCheckpoint,
  parseVerifierKey,
  renderNote,
  renderVerifierKey,
  treeOrigin,
  verifyCheckpoint,
} from './checkpoint.ts';
export type { Checkpoint, LedgerTree, NoteSignature, ParsedCheckpoint, VerifierKey } from './checkpoint.ts';
export { commitmentFrom, commitmentOf, toHex, verifyCheckpoints, verifyDelivery } from './verify-delivery.ts';
export type { Consistency, DeliveredRecord, Delivery, DeliveryPlace, Unproven, Verdict } from './verify-delivery.ts';
