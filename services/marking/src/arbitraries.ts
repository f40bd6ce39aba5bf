// Drawn markings and clearances for the property tests of this room; not exported by it.
// Holds: few nations, compartments and groups, so that draws collide; every value is made by the room's own constructors.

import fc from 'fast-check';
import { createClearance } from './clearance.ts';
import { createMarking } from './create.ts';
import { CLASSIFIED, PROTECTED, TLP, type Clearance, type Marking } from './model.ts';

/** The moment at which drawn clearances are still, or just no longer, valid. */
export const NOW_MS = 1_000;

const nations = fc.subarray(['AUS', 'CAN', 'GBR', 'USA']);
const compartments = fc.subarray(['SI', 'SI-G', 'SI-G ABCD', 'SI-G 9', 'SI-M', 'TK', 'HCS-P']);
const groups = fc.subarray(['community', 'platforms', 'research']);
const demands = fc.array(
  groups.filter((anyOf) => anyOf.length > 0),
  { maxLength: 3 },
);

/** Any marking; some are visible to nobody. */
export const anyMarking: fc.Arbitrary<Marking> = fc
  .record({
    classified: fc.constantFrom(...CLASSIFIED),
    protected: fc.constantFrom(...PROTECTED),
    compartments,
    relTo: fc.oneof(nations, fc.constant('ALL' as const)),
    tlp: fc.constantFrom(...TLP),
    orcon: fc.boolean(),
    owners: nations,
    origins: fc.subarray(['cse', 'gac', 'partner-lookout']),
    needToKnow: demands,
  })
  .map((fields) =>
    createMarking(
      fields.classified !== 'UNCLASSIFIED' && fields.relTo === 'ALL' ? { ...fields, relTo: ['CAN'] } : fields,
    ),
  );

/** A marking of which the text form shows everything: no owners, origins or need-to-know. */
export const anyVisibleMarking: fc.Arbitrary<Marking> = anyMarking.map((marking) =>
  createMarking({ ...marking, owners: [], origins: [], needToKnow: [] }),
);

/** Any clearance; one in eight has just expired at NOW_MS. */
export const anyClearance: fc.Arbitrary<Clearance> = fc
  .record({
    classified: fc.constantFrom(...CLASSIFIED),
    protected: fc.constantFrom(...PROTECTED),
    compartments,
    nations: fc.oneof(
      nations.filter((some) => some.length > 0),
      fc.constant(['XXX']),
    ),
    maxTlp: fc.constantFrom(...TLP),
    groups,
    validUntil: fc.constantFrom(NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + 3, 5_000, 6_000, 7_000, Infinity),
    epoch: fc.nat({ max: 3 }),
  })
  .map(createClearance);
