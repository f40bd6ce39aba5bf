// An assessment as fusion writes it, of one's own choosing where a test cares.

import { createMarking } from '@sitebus/marking';
import { toWire, type Assessment } from '@sitebus/sdk';

/** @returns a whole one: LIVE, likely, of moderate confidence, without members. */
export function anAssessment(over: Partial<Assessment> & Pick<Assessment, 'id'>): Assessment {
  return {
    view: 's-can',
    version: 1,
    contentHash: '22'.repeat(32),
    status: 'LIVE',
    redirectTo: null,
    splitFrom: null,
    marking: toWire(createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] })),
    members: [],
    links: [],
    contextValues: [],
    copies: [],
    likelihood: { pMicro: 700_000, uMicro: 100_000, lo: 60, hi: 80, band: 5 },
    evidence: [],
    confidence: 'MODERATE',
    confidenceCaps: [],
    independentRoots: 2,
    dissents: [],
    positions: [],
    severity: { score: 50, inputs: [] },
    categories: ['INFORMATION_MANIPULATION'],
    tools: [],
    targets: [],
    ridings: [],
    platforms: [],
    gaps: [],
    firstSeen: 0,
    lastSeen: 0,
    expiresAt: null,
    assessedAt: 0,
    ruleVersion: 1,
    policyVersion: 1,
    ...over,
  };
}
