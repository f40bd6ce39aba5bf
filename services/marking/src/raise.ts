// Compilation: records that are harmless one by one may be worth more together. A table of policy says when.
// Holds: raises or leaves, never lowers, because it only joins; each rule looks at the marking as it came, so the order
// of the table does not matter; monotone in the marking and in the count. Source: README.md#the-model

import { join } from './join.ts';
import type { Marking } from './model.ts';
import { isAtLeast } from './order.ts';

/** From `minRecords` records, joined to at least `from`, the product is marked at least `raiseTo`. */
export interface CompilationRule {
  readonly id: string;
  readonly from: Marking;
  readonly minRecords: number;
  readonly raiseTo: Marking;
}

/** The marking of a product of `recordCount` records whose join is `joined`, after every rule that applies. */
export function raise(joined: Marking, recordCount: number, rules: readonly CompilationRule[]): Marking {
  return rules
    .filter((rule) => recordCount >= rule.minRecords && isAtLeast(joined, rule.from))
    .reduce((marking, rule) => join(marking, rule.raiseTo), joined);
}
