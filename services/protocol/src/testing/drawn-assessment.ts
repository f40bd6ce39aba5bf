// An assessment as machines see it: whatever a test is not about is empty.

import { createMarking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type { AssessmentFacts } from '../assessment-index.ts';

/** A standing assessment of cse that is marked for partners, and names nobody. */
export function anAssessment(fields: Partial<AssessmentFacts> & { readonly id: string }): AssessmentFacts {
  const made = {
    view: 'pb-can',
    version: 1,
    status: 'LIVE',
    marking: toWire(createMarking({ classified: 'UNCLASSIFIED', tlp: 'AMBER', owners: ['CAN'], origins: ['cse'] })),
    members: [{ id: 'e8e89e33-a66b-5bd0-9456-f2ea3963e146', agency: 'cse', type: 'CyberIncident' }],
    categories: ['CYBER_INCIDENT'],
    targets: [],
    severity: { score: 10, inputs: [] },
    lastSeen: Date.parse('2031-09-23T14:00:00Z'),
    ...fields,
  };
  return made as unknown as AssessmentFacts; // fields that no machine here reads are left out
}
