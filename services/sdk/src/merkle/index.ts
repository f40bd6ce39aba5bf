// The public names of @sitebus/sdk/merkle, listed one by one: what a ledger's reader needs, in Node and in a browser.
// Holds: nothing here reaches a Node module, the bus or Avro (merkle.test.ts walks the imports).

export { emptyRoot, HASH_BYTES, hashLeaf, hashNode, portableHashing, sameHash } from './hash.ts';
export type { Hash, Hashing } from './hash.ts';
export { createCompactRange } from './compact-range.ts';
export type { CompactRange } from './compact-range.ts';
export { createMerkleTree } from './tree.ts';
export type { MerkleTree } from './tree.ts';
export { stepsToRoot, verifyConsistency, verifyInclusion } from './verify.ts';
export type { HashStep } from './verify.ts';
export { fromBase64, toBase64 } from './base64.ts';
export { checkpointText, ledgerOrigin, parseCheckpoint, treeOrigin, verifyCheckpoint } from './checkpoint.ts';
export type { Checkpoint, LedgerTree, ParsedCheckpoint } from './checkpoint.ts';
export {
  isStrictKey,
  keyIdOf,
  parseNote,
  parseVerifierKey,
  portableVerifying,
  renderNote,
  renderVerifierKey,
  signersOf,
} from './signed-note.ts';
export type { NoteSignature, SignedNote, VerifierKey, Verifying } from './signed-note.ts';
export { commitmentFrom, commitmentOf, toHex, verifyCheckpoints, verifyDelivery } from './verify-delivery.ts';
export type { Consistency, DeliveredRecord, Delivery, DeliveryPlace, Unproven, Verdict } from './verify-delivery.ts';
