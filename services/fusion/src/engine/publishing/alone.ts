// When a record that nothing links to is an assessment of its own, and when it stays the observation that it is.
// Holds: a function of the record, of what is said of it, of the electoral calendar and of what was issued before; an id that
// was issued stays issued. Most records of a stream stand alone and are mild, so this must cost next to nothing.
// Source: README.md#alone

import { facetListsOf } from './facet-lists.ts';
import { identityOf } from './issued.ts';
import { percentAt, stepAt } from '../judgement/proximity.ts';
import { severityOf } from '../judgement/severity.ts';
import { REPORT } from '../records/records.ts';
import type { EngineState } from '../state.ts';

/** Whether one live record that nothing links to is published by itself. Only a report can be. */
export function isIssuedAlone(state: EngineState, record: number, now: number): boolean {
  return (
    state.records.is(record, REPORT) &&
    (isSevereAlone(state, record, now) || isSpokenOf(state, record) || wasIssued(state, record))
  );
}

/** Whether its severity, as its assessment would show it, reaches what policy asks of a record that stands alone. */
export function isSevereAlone(state: EngineState, record: number, now: number): boolean {
  return state.moulds.severities.of(state, record, now) >= state.rules.assessAloneFrom;
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

/** Severities of records that stand alone: all that say the same are equally severe until the calendar's next step. */
export class LoneSeverities {
  /** By the number of what a report says. */
  readonly #scores = new Map<number, number>();
  #now = NaN;
  #step = -1;

  /** The score that the assessment of this record alone would show. */
  of({ records, rules }: EngineState, record: number, now: number): number {
    if (now !== this.#now) this.#goOnTo(stepAt(rules.calendar, now), now);
    const number = records.facets[record]!;
    let score = this.#scores.get(number);
    if (score === undefined) {
      const facets = records.facetsOf(record);
      const category = facets?.category ?? '';
      const impact = rules.impact.get(category) ?? 0;
      const { ridings } = facetListsOf(facets === undefined ? [] : [facets]);
      ({ score } = severityOf([{ category, impact }], percentAt(rules.calendar, now, ridings)));
      this.#scores.set(number, score);
    }
    return score;
  }

  #goOnTo(step: number, now: number): void {
    if (step !== this.#step) this.#scores.clear();
    this.#step = step;
    this.#now = now;
  }
}
