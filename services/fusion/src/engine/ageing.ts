// Once a day: which assessments have aged out of their band or their confidence.
// Holds: ageing alone never publishes between two days; nobody's clock but the cut's decides what day it is.
// Source: README.md#time

import { figuresOf } from './figures.ts';
import { LIVE_ID } from './issued.ts';
import { stepAt } from './proximity.ts';
import type { EngineState } from './state.ts';

const DAY_MS = 86_400_000;
const CONFIDENCES = ['LOW', 'MODERATE', 'HIGH'];

/** Adds to `affected` the anchors of assessments that moved since their last version, on the first cut of a day. */
export function withAged(state: EngineState, now: number, affected: Set<number>): void {
  const day = Math.floor(now / DAY_MS);
  if (day <= state.day) return;
  const first = state.day < 0;
  const { calendar } = state.rules;
  const isNearer = stepAt(calendar, state.day * DAY_MS) !== stepAt(calendar, now);
  state.day = day;
  if (first) return;
  const { issued, records, components } = state;
  issued.forgetBefore(day);
  for (let entry = 1; entry <= issued.count; entry += 1) {
    if (issued.status[entry] !== LIVE_ID) continue;
    const anchor = issued.anchor[entry]!;
    if (affected.has(anchor)) continue;
    if (isNearer) {
      affected.add(anchor); // published only if that makes it more or less urgent
      continue;
    }
    const members = components.membersOf(components.find(anchor)).sort((a, b) => records.compare(a, b));
    const { band, confidence } = figuresOf(state, members, now);
    const moved =
      band !== issued.band[entry] || CONFIDENCES.indexOf(confidence.confidence) !== issued.confidence[entry];
    if (moved) affected.add(anchor);
  }
}
