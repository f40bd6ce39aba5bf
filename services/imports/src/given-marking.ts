// The marking that somebody wrote into an observation, read strictly and completed by who sends it.
// Holds: nothing is lowered or guessed: what cannot be read is a fault. Source: README.md#submitting

import { createMarking, type Marking } from '@sitebus/marking';
import { fromWire, isRefusal, type Fault, type Policy } from '@sitebus/sdk';
import { objectAt } from './untrusted.ts';

/** The marking with the agency as origin and the home nation as owner unless it names others. */
export function givenMarking(
  value: Readonly<Record<string, unknown>>,
  { agency, policy }: { readonly agency: string; readonly policy: Policy },
): Marking | { readonly faults: readonly Fault[] } {
  try {
    const marking = fromWire(objectAt(value, 'envelope')?.['marking'] as Parameters<typeof fromWire>[0]); // fromWire checks each field
    return createMarking({
      ...marking,
      owners: marking.owners.length > 0 ? marking.owners : [policy.homeNation],
      origins: marking.origins.length > 0 ? marking.origins : [agency],
    });
  } catch (cause) {
    const reason = isRefusal(cause) ? String(cause.details['reason']) : 'MALFORMED';
    return {
      faults: [
        {
          pointer: '/envelope/marking',
          code: 'INVALID_MARKING',
          detail: `is no marking: ${reason}`,
          hint: 'UNCLASSIFIED//TLP:AMBER',
        },
      ],
    };
  }
}
