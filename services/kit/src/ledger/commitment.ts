// What a leaf commits to: the root of a small tree over its records, each under the leaf's own salt.
// Holds: the root is `commitmentOf` of @sitebus/sdk/merkle over the same records (a test compares them), by the machine's own
// hashing: a busy stream commits tens of thousands of records a second. Source: RFC 9162 §2.1.1, §2.1.3

import { createHmac } from 'node:crypto';
import { emptyRoot, toHex, type Hash } from '@sitebus/sdk/merkle';
import { machineHashing } from './machine-hashing.ts';

/** A commitment, and the way to it from each of its records. */
export interface Commitment {
  /** Lower-case hex. */
  readonly root: string;
  /** Base64 hashes, from the record's neighbour up. */
  readonly pathOf: (record: number) => readonly string[];
}

/** Commits to records, in order. */
export function commitTo(
  salt: Buffer,
  records: readonly { readonly id: string; readonly contentHash?: string }[],
): Commitment {
  const leaves = records.map(({ id, contentHash = '' }) =>
    machineHashing.leaf(createHmac('sha256', salt).update(`${id}\0${contentHash}`, 'utf8').digest()),
  );
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) level = above(level);
  const root = levels.at(-1)?.[0] ?? emptyRoot();
  let texts: readonly (readonly string[])[] | undefined; // made when first asked for, once for all records
  return {
    root: toHex(root),
    pathOf(record) {
      texts ??= levels.map((level) => level.map((node) => Buffer.from(node).toString('base64')));
      const path: string[] = [];
      let at = record;
      for (const level of texts) {
        const beside = level[at ^ 1];
        if (beside !== undefined) path.push(beside);
        at >>= 1;
      }
      return path;
    },
  };
}

/** The largest subtree of a power of two on the left: neighbours are hashed in pairs, one left over goes up as it is. */
function above(level: readonly Hash[]): Hash[] {
  const next: Hash[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at] as Hash, level[at + 1]];
    next.push(right === undefined ? left : machineHashing.node(left, right));
  }
  return next;
}
