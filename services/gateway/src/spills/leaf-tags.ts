// Which records a leaf is about, so that it can be asked later who was sent one: a tag a record, which nobody can make or test
// who has not the view's salt.
// Holds: pure; the same record has one tag in all leaves of a view, and another one in every other view; 48 bits: of a million
// tags one in 300 million is wrong. Source: README.md#spills

import { createHmac } from 'node:crypto';

/** @returns the tag of a record's id: eight characters of base64url. */
export function leafTag(salt: Buffer, id: string): string {
  return createHmac('sha256', salt).update('tag\0').update(id, 'utf8').digest('base64url').slice(0, TAG_CHARS);
}

/** Makes `named` of leaves: the tags of their records, one after the other. Records that several leaves share cost once. */
export function createLeafTags(salt: Buffer): (records: readonly { readonly id: string }[]) => string {
  const known = new Map<string, string>();
  const made = new WeakMap<readonly unknown[], string>();
  const tagOf = (id: string): string => {
    let tag = known.get(id);
    if (tag === undefined) {
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(id, (tag = leafTag(salt, id)));
    }
    return tag;
  };
  return (records) => {
    let tags = made.get(records);
    if (tags === undefined) made.set(records, (tags = records.map(({ id }) => tagOf(id)).join('')));
    return tags;
  };
}

/** True where the leaf is about the record of this tag. */
export function isNamed(named: unknown, tag: string): boolean {
  if (typeof named !== 'string') return false;
  for (let at = named.indexOf(tag); at >= 0; at = named.indexOf(tag, at + 1)) if (at % TAG_CHARS === 0) return true;
  return false;
}

const TAG_CHARS = 8;
const MAX_KNOWN = 100_000;
