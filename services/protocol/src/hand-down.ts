// How what was decided reaches the bus: the originator's own service writes it, the guard does not.
// Holds: the record above that cites the lower comes first, so that no view ever counts the two as independent; what lies on
// the bus already is not handed over again. Source: README.md#what-is-handed-down

import type { AgencyIntake, ObservationJson } from '@sitebus/kit';
import { cellOf } from '@sitebus/marking';
import { fromWire, isRefusal, type Policy, type WireMarking } from '@sitebus/sdk';
import { agencyUnreachable } from './errors.ts';
import type { RecordIndex } from './record-index.ts';

/** What came of it: everything written, or refused with the service's code, and nothing lower written. */
export type HandedOver = { readonly written: true } | { readonly refused: string };

/** Hands records over, in order. Rejects with AGENCY_UNREACHABLE (retriable): some may have been written. */
export type HandDown = (agency: string, records: readonly ObservationJson[]) => Promise<HandedOver>;

/** Makes it over the services that can be reached. */
export function createHandDown(parts: {
  readonly intakes: (agency: string) => AgencyIntake | undefined;
  readonly index: Pick<RecordIndex, 'has'>;
  readonly policy: Policy;
}): HandDown {
  const { intakes, index, policy } = parts;
  const isWritten = (agency: string, record: ObservationJson): boolean => {
    const { id, marking } = record['envelope'] as { readonly id: string; readonly marking: WireMarking };
    const cell = cellOf(fromWire(marking), policy.cells)?.id;
    return cell !== undefined && index.has(agency, cell, id);
  };
  return async (agency, records) => {
    const intake = intakes(agency);
    if (intake?.takeReleased === undefined) throw agencyUnreachable({ agency });
    for (const record of records) {
      if (isWritten(agency, record)) continue;
      const answer = await intake.takeReleased(record).catch((cause: unknown) => {
        if (isRefusal(cause) && !cause.retriable) return { status: 'refused' as const, code: cause.code };
        throw agencyUnreachable({ agency }, cause);
      });
      if (answer.status !== 'accepted') return { refused: answer.code };
    }
    return { written: true };
  };
}
