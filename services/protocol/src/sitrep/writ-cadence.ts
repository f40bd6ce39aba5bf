// What the writ and the close of a period do to situation reports: the cadence of policy begins with the one and ends with the other.
// Holds: pure; in the transaction of the period's own event; a series that somebody has begun by hand goes on, and is begun once.
// Source: README.md#situation-reports

import type { Effect, Facts } from '../protocol-machine.ts';
import { reportingViews } from './renditions.ts';
import { seriesId, type SitrepSeries } from './series.ts';

/** The writ: the series begins, in the lowest view that has reports. */
export function cadenceBegins(electionId: string, facts: Facts): readonly Effect[] {
  const { policy } = facts;
  const cadence = policy.panel.writCadence;
  const id = seriesId(electionId, cadence);
  const [view] = reportingViews(policy);
  if (view === undefined || facts.everywhere('sitrep-series').some((each) => each.id === id)) return [];
  return [{ does: 'open', kind: 'sitrep-series', id, view: view.id, args: { electionId, cadence } }];
}

/** The close: every series of the election ends; a report that is open is still compiled. */
export function cadenceEnds(electionId: string, facts: Facts): readonly Effect[] {
  return facts.everywhere('sitrep-series').flatMap(({ id, state }): Effect[] => {
    const series = state as SitrepSeries;
    const runs = series.electionId === electionId && series.state === 'RUNNING';
    return runs ? [{ does: 'command', kind: 'sitrep-series', id, name: 'stop', args: { reason: 'the period of the election is closed' } }] : [];
  });
} // prettier-ignore
