import { describe, expect, it } from '@jest/globals';
import { CutTiming, type AtHand } from './cut-timing.ts';

const CUT_MS = 50;
const FULL = 20_000;
const waiting = (length: number, rest: Partial<AtHand> = {}): AtHand => {
  return { length, backlog: length, isFull: false, hasInFlight: false, ...rest };
};
/** A step was made at 1,000 and on its way at 1,010. */
function timingOf(): CutTiming {
  const timing = new CutTiming({ cutMs: CUT_MS, maxCutRecords: FULL }, 0);
  timing.begin(1_000);
  timing.sent(1_010);
  return timing;
}

describe('when a cut is due', () => {
  it('counts from the beginning where none has been made', () => {
    const timing = new CutTiming({ cutMs: CUT_MS, maxCutRecords: FULL }, 500);
    expect([waiting(1), waiting(1, { backlog: FULL })].map((atHand) => timing.dueAt(atHand))).toEqual([550, 1_500]);
  });

  it.each([
    ['few wait', waiting(99), 1_050],
    ['many wait', waiting(100), 1_025],
    ['a thousand wait, and one is in flight', waiting(1_000, { hasInFlight: true }), 1_025],
    ['a full one lies on the bus', waiting(4_999, { backlog: FULL }), 2_010],
    ['a full one lies on the bus, and one is in flight', waiting(19_999, { backlog: FULL, hasInFlight: true }), 2_010],
    ['a quarter of a full one is here, and nothing in flight', waiting(5_000, { backlog: FULL }), 1_050],
  ])('where %s', (_, atHand, at) => {
    const timing = timingOf();
    expect([at - 1, at].map((now) => timing.isDue(atHand, now))).toEqual([false, true]);
    expect(timing.dueAt(atHand)).toBe(at);
  });

  it.each([
    ['enough for a full one are here', waiting(FULL, { backlog: 2 * FULL, hasInFlight: true })],
    ['reading has stopped', waiting(300, { backlog: FULL, isFull: true, hasInFlight: true })],
  ])('at any time where %s', (_, atHand) => {
    expect(timingOf().isDue(atHand, 1_011)).toBe(true);
  });

  it('is not while one is in flight and fewer than a thousand wait, however long', () => {
    const timing = timingOf();
    const few = waiting(999, { hasInFlight: true });
    expect(timing.isDue(few, 60_000)).toBe(false);
    expect(timing.isDue({ ...few, hasInFlight: false }, 60_000)).toBe(true);
  });
});
