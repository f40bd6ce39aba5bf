// Every way the ledger refuses, one literal a code. README.md has a table of them.
// Holds: none is repaired: each says that the evidence is not what was signed, and ends the signing.

import { refusal } from '@sitebus/sdk';

/** A leaf is missing: offsets of `ledger.<view>` are not its leaves' indices. */
export const leafMissing = refusal<{ expected: number; found: number }>({ code: 'LEAF_MISSING', retriable: false });
/** The topic holds fewer leaves than a checkpoint signed before. */
export const ledgerTruncated = refusal<{ signed: number; found: number }>({
  code: 'LEDGER_TRUNCATED',
  retriable: false,
});
/** The leaves do not give the root that was signed for this size before. */
export const ledgerForked = refusal<{ size: number }>({ code: 'LEDGER_FORKED', retriable: false });
/** A record on `checkpoint.<view>` is no checkpoint that one of our keys, present or retired, has signed. */
export const checkpointForeign = refusal<{ offset: number }>({ code: 'CHECKPOINT_FOREIGN', retriable: false });
/** A signing key cannot be read. */
export const keyUnreadable = refusal<{ id: string }>({ code: 'KEY_UNREADABLE', retriable: false });
