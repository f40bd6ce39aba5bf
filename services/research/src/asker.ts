// Who asks, as the registry has them at this moment, and how they are refused.
// Holds: whoever is not at arm's length, or no member of what they name, gets the one RESEARCH_UNKNOWN, as for what is not
// there; every refusal is on the ledger before it is answered. Source: README.md#arms-length

import { isAtArmsLength, type GuardCaller } from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import type { Person, Policy } from '@sitebus/sdk';
import { commandRefused, researchUnknown, type Refused } from './errors.ts';
import type { ResearchLeaf, ResearchLedger } from './research-ledger.ts';

/** What the room looks people up in. Throws a retriable refusal where its copy may not be answered from. */
export interface PeopleRegistry {
  personNamed(person: string): Person | undefined;
}

/** One person asking in one view. */
export interface Asker {
  readonly person: string;
  readonly view: string;
  /** Puts a leaf on the ledger of the view. */
  leaf(leaf: Pick<ResearchLeaf, 'decision' | 'reason' | 'records' | 'marking' | 'bytes'>): Promise<void>;
  /** Rejects with COMMAND_REFUSED, which is on the ledger then. */
  refuse(refused: Refused, id: string, marking: Marking): Promise<never>;
  /** Rejects with RESEARCH_UNKNOWN, which is on the ledger then. */
  unknown(id: string, marking: Marking): Promise<never>;
}

/** @returns who asks; rejects with RESEARCH_UNKNOWN for whoever is not at arm's length. */
export async function askerOf(
  by: GuardCaller,
  id: string,
  parts: {
    readonly people: PeopleRegistry;
    readonly policy: Policy;
    readonly ledger: ResearchLedger;
    readonly markingOf: (view: string) => Marking;
  },
): Promise<Asker> {
  const { people, policy, ledger, markingOf } = parts;
  const { person, view } = by;
  const found = people.personNamed(person);
  const who = {
    view,
    who: person,
    ...(found?.agency === undefined ? {} : { onBehalfOf: found.agency }),
    epoch: found?.clearance.epoch ?? 0,
  };
  const leaf: Asker['leaf'] = (content) => ledger.append({ ...who, ...content });
  const unknown: Asker['unknown'] = async (named, marking) => {
    await leaf({ decision: 'REFUSED', reason: 'NOT_VISIBLE', records: [{ id: named }], marking });
    throw researchUnknown({});
  };
  if (found === undefined || !policy.research.views.includes(view) || !isAtArmsLength(found, policy))
    return policy.research.views.includes(view) ? unknown(id, markingOf(view)) : Promise.reject(researchUnknown({}));
  return {
    person,
    view,
    leaf,
    unknown,
    async refuse({ refused, possible, faults = [], until, sizes }, named, marking) {
      await leaf({ decision: 'REFUSED', reason: refused, records: [{ id: named }], marking });
      throw commandRefused({
        code: refused,
        possible,
        faults,
        ...(until === undefined ? {} : { until }),
        ...(sizes === undefined ? {} : { sizes }),
      });
    },
  };
}
