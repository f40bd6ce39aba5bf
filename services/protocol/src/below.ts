// Whether one marking gives up protection that another has: what a downgrade or a tearline needs consent for.
// Holds: pure; no level, compartment, release list or ORCON of the lower one goes beyond the higher one's; a colour and
// need-to-know may be added, because they handle what a classification no longer does. Source: README.md#below

import { createMarking, isAtLeast, TLP, type Marking } from '@sitebus/marking';

/** True when `to` protects less than `from` on some axis and, colour and need-to-know aside, more on none. Whose it is does not count. */
export function isBelow(to: Marking, from: Marking): boolean {
  const lower = owned(to, from);
  const handled = createMarking({
    ...from,
    tlp: TLP.indexOf(to.tlp) > TLP.indexOf(from.tlp) ? to.tlp : from.tlp,
    needToKnow: [...from.needToKnow, ...to.needToKnow],
  });
  return isAtLeast(handled, lower) && !isAtLeast(lower, from);
}

function owned(marking: Marking, { owners, origins }: Marking): Marking {
  return createMarking({ ...marking, owners, origins });
}
