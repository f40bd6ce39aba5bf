// When a record that nothing links to is an assessment of its own, and when it stays the observation that it is.
// Holds: a function of the record, of what is said of it, of the electoral calendar and of what was issued before; an id that
// was issued stays issued; nobody who is to be told, and nothing that is to be added up, is lost by standing alone. Most
// records of a stream stand alone and are mild, so this must cost next to nothing. Source: README.md#alone

import { identityOf } from './issued.ts';
import { percentAt, stepAt } from '../judgement/proximity.ts';
import { severityOf } from '../judgement/severity.ts';
import type { Facets } from '../observation.ts';
import { REPORT } from '../records/records.ts';
import type { Rules } from '../rules.ts';
import type { EngineState } from '../state.ts';

/** Whether one live record that nothing links to is published by itself. Only a report can be. */
export function isIssuedAlone(state: EngineState, record: number, now: number): boolean {
  return (
    state.records.is(record, REPORT) &&
    (isWorthAlone(state, record, now) || isSpokenOf(state, record) || wasIssued(state, record))
  );
}

/** Whether what the report itself says makes it an assessment without company. */
export function isWorthAlone(state: EngineState, record: number, now: number): boolean {
  return state.moulds.worth.of(state, record, now);
}

/** Whether a position is about it, or a LineageLink names it as child or parent. */
function isSpokenOf({ records, lineages, positionsAbout }: EngineState, record: number): boolean {
  return (
    (positionsAbout.size > 0 && positionsAbout.has(records.id[record]!)) ||
    (records.links.size > 0 && lineages.linksAbout(record).length > 0)
  );
}

function wasIssued({ issued, records }: EngineState, record: number): boolean {
  return issued.entryOf[record] !== 0 || (issued.departedCount > 0 && issued.isDeparted(identityOf(records, record)));
}

/** Which reports are worth it: all that say the same are, until the calendar's next step. */
export class LoneWorth {
  /** By the number of what a report says. */
  readonly #known = new Map<number, boolean>();
  #now = NaN;
  #step = -1;

  /** Whether it is severe, names whom it was aimed at, or counts towards an accumulation. */
  of({ records, rules }: EngineState, record: number, now: number): boolean {
    if (now !== this.#now) this.#goOnTo(stepAt(rules.calendar, now), now);
    const number = records.facets[record]!;
    let known = this.#known.get(number);
    if (known === undefined) {
      const facets = records.facetsOf(record);
      this.#known.set(number, (known = facets !== undefined && isWorth(rules, facets, now)));
    }
    return known;
  }

  #goOnTo(step: number, now: number): void {
    if (step !== this.#step) this.#known.clear();
    this.#step = step;
    this.#now = now;
  }
}

function isWorth({ assessAloneFrom, calendar, countedFrom, impact }: Rules, facets: Facets, now: number): boolean {
  const { category, ridings, targets, tools } = facets;
  if (targets.length > 0) return true;
  const { score } = severityOf([{ category, impact: impact.get(category) ?? 0 }], percentAt(calendar, now, ridings));
  return (
    score >= assessAloneFrom ||
    (ridings.length > 0 && score >= countedFrom.riding) ||
    (tools.length > 0 && score >= countedFrom.tool)
  );
}
