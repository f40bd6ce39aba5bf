// Drawn markings and clearances for the property tests of this room; not exported by it.
// Holds: few nations, compartments and groups, so that draws collide; every value is made by the room's own constructors.

import fc from 'fast-check';
import { createClearance } from '../clearance.ts';
import { createMarking } from '../create.ts';
import { CLASSIFIED, PROTECTED, TLP, type Clearance, type Marking } from '../model.ts';

/** The moment at which drawn clearances are still, or just no longer, valid. */
export const NOW_MS = 1_000;

const NATIONS = ['AUS', 'CAN', 'GBR', 'USA'];
const nations = fc.subarray(NATIONS);
const compartments = fc.subarray(['SI', 'SI-G', 'SI-G ABCD', 'SI-G 9', 'SI-M', 'TK', 'HCS-P']);
const groups = fc.subarray(['community', 'platforms', 'research']);
const demands = fc.array(
  groups.filter((anyOf) => anyOf.length > 0),
  { maxLength: 3 },
);

/** One draw in two is `usual`: without it nearly every pair of draws would be a denial. */
const often = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> => fc.oneof(fc.constant(usual), other);

/** Any marking, low more often than high; some are visible to nobody. */
export const anyMarking: fc.Arbitrary<Marking> = fc
  .record({
    classified: often('UNCLASSIFIED', fc.constantFrom(...CLASSIFIED)),
    protected: often('NONE', fc.constantFrom(...PROTECTED)),
    compartments: often([], compartments),
    relTo: often<string[] | 'ALL'>(NATIONS, fc.oneof(nations, fc.constant('ALL' as const))),
    tlp: often('CLEAR', fc.constantFrom(...TLP)),
    orcon: fc.boolean(),
    owners: nations,
    origins: fc.subarray(['cse', 'gac', 'partner-lookout']),
    needToKnow: often([], demands),
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

/** Any clearance, high more often than low; one in eight has just expired at NOW_MS. */
export const anyClearance: fc.Arbitrary<Clearance> = fc
  .record({
    classified: often('TOP_SECRET', fc.constantFrom(...CLASSIFIED)),
    protected: often('C', fc.constantFrom(...PROTECTED)),
    compartments: often(['SI-G', 'TK'], compartments),
    nations: fc.oneof(
      nations.filter((some) => some.length > 0),
      fc.constant(['CAN']),
      fc.constant(['XXX']),
    ),
    maxTlp: often('RED', fc.constantFrom(...TLP)),
    groups,
    validUntil: fc.constantFrom(NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + 3, 5_000, 6_000, 7_000, Infinity),
    epoch: fc.nat({ max: 3 }),
  })
  .map(createClearance);
