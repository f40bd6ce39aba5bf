import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { localDay } from '@sitebus/kit';
import {
  decideAd,
  evolveAd,
  missingFrom,
  UNKNOWN_AD,
  type AdCommand,
  type AdEvent,
  type AdRules,
  type AdState,
} from './ad-machine.ts';
import { canHaveFindings, dutyOf } from './duty.ts';

const RUNS = propertyRuns(800);
const HOUR = 3_600_000;
/** Both changes of the year of each zone lie within what is drawn. */
const ZONES = [
  'America/Toronto',
  'America/St_Johns',
  'America/Vancouver',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'UTC',
];
/** Days around which instants are drawn: both changes of the clocks in one or another zone, and a day of neither. */
const ANCHORS = ['2031-03-09T07:00Z', '2031-11-02T06:00Z', '2031-04-24T22:00Z', '2031-10-31T21:00Z', '2031-10-05T03:00Z', '2031-10-20T04:00Z'].map((text) => Date.parse(text)); // prettier-ignore

const instant = fc
  .tuple(fc.constantFrom(...ANCHORS), fc.integer({ min: -60 * 60, max: 60 * 60 }))
  .map(([anchor, minutes]) => anchor + minutes * 60_000);
const command: fc.Arbitrary<AdCommand> = fc.oneof(
  instant.map((atMs) => ({ kind: 'sight', atMs }) as const),
  fc
    .tuple(instant, fc.integer({ min: -30 * 60, max: 60 * 60 }))
    .map(
      ([firstDisplayedAtMs, minutes]) =>
        ({ kind: 'enter', firstDisplayedAtMs, enteredAtMs: firstDisplayedAtMs + minutes * 60_000 }) as const,
    ),
  instant.map((nowMs) => ({ kind: 'tick', nowMs }) as const),
);
const rules = (timeZone: string, inDuty: boolean): AdRules => ({
  timeZone,
  canHaveFindings: () => inDuty,
  publishUntil: 24_000,
  retainUntil: 26_000,
});

interface Run {
  readonly state: AdState;
  readonly events: readonly AdEvent[];
}

function play(commands: readonly AdCommand[], by: AdRules): Run {
  return commands.reduce<Run>(
    ({ state, events }, each) => {
      const decided = decideAd(state, each, by);
      if ('code' in decided) return { state, events };
      return { state: decided.reduce(evolveAd, state), events: [...events, ...decided] };
    },
    { state: UNKNOWN_AD, events: [] },
  );
}

const of = <K extends AdEvent['kind']>(kind: K, { events }: Run): Extract<AdEvent, { kind: K }>[] =>
  events.filter((event): event is Extract<AdEvent, { kind: K }> => event.kind === kind);

test('D1: an ad is late exactly when its platform is in duty and the local days of first display and entry differ', () => {
  // The days as another calendar has them: the wall clock's text, cut at its day.
  const wallDay = (atMs: number, timeZone: string): string =>
    new Date(atMs).toLocaleDateString('sv-SE', { timeZone, calendar: 'iso8601' });
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.boolean(),
      instant,
      fc.integer({ min: -48 * 60, max: 48 * 60 }),
      (zone, inDuty, shown, minutes) => {
        const entered = shown + minutes * 60_000;
        const run = play([{ kind: 'enter', firstDisplayedAtMs: shown, enteredAtMs: entered }], rules(zone, inDuty));
        const isLate = inDuty && wallDay(entered, zone) > wallDay(shown, zone);
        expect([of('LATE', run).length, of('ENTERED', run).length, of('FOUND_LATE', run).length]).toEqual(
          isLate ? [1, 0, 1] : [0, 1, 0],
        );
        for (const { daysLate } of of('LATE', run)) expect(daysLate).toBeGreaterThanOrEqual(1);
      },
    ),
    { numRuns: RUNS, examples: [['America/Toronto', true, Date.parse('2031-11-02T03:50:00Z'), 25 * 60]] },
  );
});

test('D2: displaying an ad again, or correcting it, never restarts the clock nor moves the first entry', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.array(command, { minLength: 1, maxLength: 8 }), (zone, commands) => {
      const by = rules(zone, true);
      let state: AdState = UNKNOWN_AD;
      for (const each of commands) {
        const decided = decideAd(state, each, by);
        if ('code' in decided) continue;
        const next = decided.reduce(evolveAd, state);
        if (state.state !== 'DISPLAYED' && next.state !== 'DISPLAYED') {
          expect(next.enteredAtMs).toBe(state.enteredAtMs);
          expect(next.firstDisplayedAtMs).toBeLessThanOrEqual(state.firstDisplayedAtMs);
          expect(next.daysLate).toBeGreaterThanOrEqual(state.daysLate);
        }
        state = next;
      }
      const entries = commands.flatMap((each) => (each.kind === 'enter' ? [each] : []));
      if (state.state === 'DISPLAYED') {
        expect(entries).toEqual([]);
        return;
      }
      expect(state.enteredAtMs).toBe(entries[0]?.enteredAtMs);
      expect(state.firstDisplayedAtMs).toBe(Math.min(...entries.map(({ firstDisplayedAtMs }) => firstDisplayedAtMs)));
    }),
    { numRuns: RUNS },
  );
});

test('D4: an ad of a platform without duty has no finding; with duty it has each finding at most once', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.boolean(),
      fc.array(command, { minLength: 1, maxLength: 10 }),
      (zone, inDuty, commands) => {
        const run = play(commands, rules(zone, inDuty));
        const [late, missing] = [of('FOUND_LATE', run), of('FOUND_NO_ENTRY', run)];
        if (!inDuty) {
          expect([...late, ...missing]).toEqual([]);
          return;
        }
        expect(missing.length).toBeLessThanOrEqual(1);
        const days = late.map(({ daysLate }) => daysLate); // found again only where it is later than was known
        expect(days).toEqual([...new Set(days)].sort((a, b) => a - b));
      },
    ),
    { numRuns: RUNS },
  );
});

test('a missing entry is found at the end of the local day of the first sighting, not before, and not once there is an entry', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.array(instant, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: -2 * HOUR, max: 2 * HOUR }),
      (zone, sightings, around) => {
        const first = Math.min(...sightings);
        const end = missingFrom(first, zone);
        expect(localDay(end, zone)).toBeGreaterThan(localDay(first, zone));
        expect(localDay(end - 1, zone)).toBe(localDay(first, zone));
        const seen = sightings.map((atMs) => ({ kind: 'sight', atMs }) as const);
        const tick = { kind: 'tick', nowMs: end + around } as const;
        const by = rules(zone, true);
        expect(of('FOUND_NO_ENTRY', play([...seen, tick, tick], by))).toEqual(
          around >= 0 ? [{ kind: 'FOUND_NO_ENTRY', atMs: end }] : [],
        );
        const entry = { kind: 'enter', firstDisplayedAtMs: first, enteredAtMs: first } as const;
        expect(of('FOUND_NO_ENTRY', play([...seen, entry, tick], by))).toEqual([]);
      },
    ),
    { numRuns: propertyRuns(800) },
  );
});

test('an ad is withdrawn from view after its last public day and purged after its last kept day, whatever clock ticks came before', () => {
  const by: AdRules = { ...rules('America/Toronto', true), publishUntil: 22_600, retainUntil: 22_610 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 22_590, max: 22_620 }), { minLength: 1, maxLength: 6 }), (days) => {
      const noon = (day: number): number => day * 24 * HOUR + 16 * HOUR;
      const entry = { kind: 'enter', firstDisplayedAtMs: noon(22_580), enteredAtMs: noon(22_580) } as const;
      const { state } = play([entry, ...days.map((day) => ({ kind: 'tick', nowMs: noon(day) }) as const)], by);
      const last = Math.max(...days);
      expect(state.state).toBe(last > 22_610 ? 'PURGED' : last > 22_600 ? 'WITHDRAWN_FROM_VIEW' : 'PUBLISHED');
    }),
    { numRuns: propertyRuns(800) },
  );
});

test('the duty is the exact average of the whole months before, and unknown where one of them is', () => {
  const rule = { monthsCounted: 12, minMonthlyVisits: { en: 3_000_000, fr: 1_000_000, other: 100_000 }, unknown: 'NO_FINDING' } as const; // prettier-ignore
  const firstDay = Date.parse('2031-10-05') / 86_400_000;
  fc.assert(
    fc.property(
      fc.constantFrom('en', 'fr', 'other'),
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 12, maxLength: 12 }),
      fc.option(fc.integer({ min: 0, max: 11 })),
      (mainLanguage, offsets, unknown) => {
        const threshold = rule.minMonthlyVisits[mainLanguage];
        const visits = offsets.flatMap((offset, index) => {
          const month = new Date(Date.UTC(2031, 8 - index, 1)).toISOString().slice(0, 7);
          return index === unknown ? [] : [{ from: month, to: month, monthly: threshold + offset }];
        });
        const duty = dutyOf({ id: 'p', name: { en: 'P', fr: 'P' }, mainLanguage, visits }, firstDay, rule);
        const sum = offsets.reduce((total, offset) => total + offset, 0);
        expect(duty).toBe(unknown !== null ? 'DUTY_UNKNOWN' : sum >= 0 ? 'IN_DUTY' : 'NOT_IN_DUTY');
        expect(canHaveFindings(duty, rule)).toBe(duty === 'IN_DUTY');
        expect(canHaveFindings(duty, { ...rule, unknown: 'FINDING' })).toBe(duty !== 'NOT_IN_DUTY');
      },
    ),
    { numRuns: propertyRuns(800) },
  );
});
