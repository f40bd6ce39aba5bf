// What readers are shown of an alert, made once for all who would be shown the very same.
// Holds: a body is taken again only where each marking that it was asked about has the same answer for the new reader, and the same
// lexicon says it; so it is what `redact` would make, and sharing it tells nothing. Source: README.md#stream

import type { Marking } from '@sitebus/marking';
import type { Lexicon } from '@sitebus/sdk';
import type { StoredAlert } from './read-model/model.ts';
import type { Body, Sees } from './redact.ts';

/** Makes a body, or gives the one made before for a reader who sees alike. Must be asked with the same `make` for one record. */
export type AlikeBodies = (
  record: StoredAlert,
  sees: Sees,
  lexicon: Lexicon | undefined,
  make: (sees: Sees) => Body,
) => Body;

interface Made {
  readonly lexicon: Lexicon | undefined;
  readonly asked: ReadonlyMap<Marking, boolean>;
  readonly body: Body;
}

/** Keeps what was made for as long as the record is held. */
export function createAlikeBodies(): AlikeBodies {
  const madeOf = new WeakMap<StoredAlert, Made[]>();
  return (record, sees, lexicon, make) => {
    const before = madeOf.get(record) ?? [];
    madeOf.set(record, before);
    const known = before.find((each) => each.lexicon === lexicon && isAnsweredAlike(each.asked, sees));
    if (known !== undefined) return known.body;
    const asked = new Map<Marking, boolean>();
    const body = make((marking) => {
      const answer = sees(marking);
      asked.set(marking, answer);
      return answer;
    });
    before.push({ lexicon, asked, body });
    return body;
  };
}

function isAnsweredAlike(asked: ReadonlyMap<Marking, boolean>, sees: Sees): boolean {
  for (const [marking, answer] of asked) if (sees(marking) !== answer) return false;
  return true;
}
