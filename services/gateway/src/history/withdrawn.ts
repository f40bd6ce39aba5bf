// An earlier version as it may be shown today: what it took from records that were recalled since is no longer told.
// Holds: pure, on the released body; that something is left out is said, and of whom; members keep their places.
// Source: README.md#history

import type { Json, JsonObject } from '../avro-json.ts';
import { textIn } from '../body-fields.ts';
import type { Body } from '../redact.ts';

/** @returns the body without values, targets and texts that came from the recalled members; as it is where there are none. */
export function withoutWithdrawn(body: Body, recalled: ReadonlySet<string>): Body {
  if (recalled.size === 0) return body;
  const { links, contextValues: _values, targets: _targets, ...rest } = body;
  return {
    ...rest,
    links: objects(links).map((link) =>
      recalled.has(textIn(link, 'a')) || recalled.has(textIn(link, 'b')) ? { ...link, features: [] } : link,
    ),
    contextValues: [], // nobody can say whose they were
    targets: [],
    recalledSince: [...recalled].sort(),
  };
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}
