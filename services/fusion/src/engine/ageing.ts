// Once a day: which assessments have aged out of their band or their confidence.
// Holds: ageing alone never publishes between two days; nobody's clock but the cut's decides what day it is.
// Source: README.md#time

import { figuresOf } from './figures.ts';
import { LIVE_ID } from './issued.ts';
import type { EngineState } from './state.ts';

const DAY_MS = 86_400_000;
const CONFIDENCES = ['LOW', 'MODERATE', 'HIGH'];

/** Adds to `affected` the anchors of assessments that moved since their last version, on the first cut of a day. */
export function withAged(state: EngineState, now: number, affected: Set<number>): void {
  const day = Math.floor(now / DAY_MS);
  if (day <= state.day) return;
  const first = state.day < 0;
  state.day = day;
  if (first) return;
  const { issued, records, components } = state;
  for (let identity = 1; identity <= records.count; identity += 1) {
    if (issued.status[identity] !== LIVE_ID) continue;
    const anchor = records.presentRecord(identity);
    const members = components.membersOf(components.find(anchor)).sort((a, b) => records.compare(a, b));
    const { band, confidence } = figuresOf(state, members, now);
    const moved =
      band !== issued.band[identity] || CONFIDENCES.indexOf(confidence.confidence) !== issued.confidence[identity];
    if (moved) affected.add(anchor);
  }
}
