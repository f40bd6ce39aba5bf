// The frame of the election: the writ, the end of the caretaker period, the independent review.

import type { Acts } from './act.ts';

const CLERK = 'marguerite-thorne';
const REVIEWER = 'viggo-tremblay';

export const WRIT: Acts = [
  { id: 'writ.dissolution', at: 'D-36T16:00Z', by: CLERK, view: 'public', post: '/v1/periods/ge-demo/dissolution', shows: { state: 'CARETAKER' }, body: { at: '{{D-36T16:00Z}}' } },
  { id: 'writ.sworn-in', at: 'D+14T16:00Z', by: CLERK, view: 'public', post: '/v1/periods/ge-demo/government-sworn-in', shows: { state: 'CLOSED' }, body: { at: '{{D+14T16:00Z}}' } },
  { id: 'writ.no-report-yet', at: 'D+14T17:00Z', by: REVIEWER, view: 'ts-can', get: '/v1/elections/ge-demo/threshold-report', shows: { items: [] } },
  { id: 'writ.review', at: 'D+15T14:00Z', by: CLERK, view: 'public', post: '/v1/periods/ge-demo/independent-review', shows: { state: 'INDEPENDENT_REVIEW' }, body: { body: 'A retired judge' } },
  { id: 'writ.threshold-report', at: 'D+15T15:00Z', by: REVIEWER, view: 'ts-can', get: '/v1/elections/ge-demo/threshold-report' },
]; // prettier-ignore
