// N1 to N5 over drawn sequences of commands by several persons, with clocks that move and receipts that come late.
import { describe, expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import {
  decideNotification,
  evolveNotification,
  isDue,
  isRecallOwed,
  notificationAsOf,
  notificationFor,
  statusOfNotification,
  toNotificationEvent,
  toNotificationTimers,
  toldOf,
} from './notification.ts';
import type { NotificationCommand, NotificationEvent, NotificationState } from './notification.ts';

const PERSON = 'ama-lindqvist';
const RUNS = { numRuns: propertyRuns(1_000) };
const MINUTE_MS = 60_000;
const NOTIFICATION_TIMERS = toNotificationTimers((await loadPolicy('schemas/policy')).timers.notifications);

const command: fc.Arbitrary<NotificationCommand> = fc.oneof(
  fc.record({
    kind: fc.constant('issue' as const),
    precedence: fc.constantFrom('FLASH' as const, 'IMMEDIATE' as const, 'PRIORITY' as const, 'ROUTINE' as const),
    dominates: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('send' as const), dominates: fc.boolean() }),
  fc.record({
    kind: fc.constantFrom('open' as const, 'acknowledge' as const, 'action' as const, 'acknowledge-recall' as const),
    by: fc.constantFrom(PERSON, PERSON, PERSON, 'teodor-vance'),
  }),
  fc.constantFrom<NotificationCommand>(
    { kind: 'sent' },
    { kind: 'exhaust-attempts' },
    { kind: 'recall' },
    { kind: 'recall-sent' },
    { kind: 'tick' },
  ),
);
const step = fc.record({ command, waitMs: fc.constantFrom(0, MINUTE_MS, 11 * MINUTE_MS, 300 * MINUTE_MS) });
/** Begins with an issue most of the time, or most sequences would be refusals alone. */
const history = fc
  .tuple(fc.boolean(), fc.array(step, { maxLength: 14 }))
  .map(([isIssued, steps]) => [
    ...(isIssued ? [{ command: { kind: 'issue', precedence: 'FLASH', dominates: true } as const, waitMs: 0 }] : []),
    ...steps,
  ]);

interface Played {
  readonly state: NotificationState;
  readonly events: readonly NotificationEvent[];
  readonly steps: readonly {
    readonly before: NotificationState;
    readonly command: NotificationCommand;
    readonly now: number;
    readonly events: readonly NotificationEvent[];
    readonly refused: string | undefined;
  }[];
}

function play(steps: readonly { readonly command: NotificationCommand; readonly waitMs: number }[]): Played {
  let state = notificationFor(PERSON);
  let now = 1_000;
  const played: Played['steps'][number][] = [];
  for (const { command: asked, waitMs } of steps) {
    now += waitMs;
    const before = state;
    const outcome = decideNotification(state, asked, NOTIFICATION_TIMERS, now);
    const events = 'refused' in outcome ? [] : outcome;
    state = events.reduce(evolveNotification, state);
    played.push({ before, command: asked, now, events, refused: 'refused' in outcome ? outcome.refused : undefined });
  }
  return { state, events: played.flatMap((each) => each.events), steps: played };
}

const kinds = (events: readonly NotificationEvent[]): string[] => events.map(({ kind }) => kind);

describe('the laws', () => {
  test('N1 delivered, opened and acknowledged are facts of their own: none is there that did not happen', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { state, events } = play(steps);
        expect(Object.keys(state.facts).sort()).toEqual([...new Set(kinds(events))].sort());
        for (const each of play(steps).steps)
          if (each.command.kind === 'acknowledge') expect(kinds(each.events)).not.toContain('OPENED');
      }),
      RUNS,
    );
  });

  test('N2 nobody acts for another person', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { command: asked, refused, events } of play(steps).steps)
          if ('by' in asked && asked.by !== PERSON) expect([refused, events]).toEqual(['not-yours', []]);
      }),
      RUNS,
    );
  });

  test('N3 after a recall everyone who may have been sent it is owed the recall until they have it, and nobody else', () => {
    fc.assert(
      fc.property(history, fc.boolean(), (steps, isLate) => {
        const recalled = play([...steps, { command: { kind: 'recall' }, waitMs: 0 }]).state;
        // A gateway of the view sent it just before; its receipt is folded only now.
        const state = isLate ? evolveNotification(recalled, { kind: 'SENT', at: 1 }) : recalled;
        const mayHaveIt = state.facts.SENT !== undefined || state.facts.ATTEMPTED !== undefined;
        const isOpen = state.facts.RECALLED !== undefined && state.facts.RECALL_SENT === undefined;
        expect(isRecallOwed(state)).toBe(mayHaveIt && isOpen);
        const outcome = decideNotification(state, { kind: 'recall-sent' }, NOTIFICATION_TIMERS, 10 ** 12);
        const after = ('refused' in outcome ? [] : outcome).reduce(evolveNotification, state);
        expect(isRecallOwed(after)).toBe(false);
        expect(after.facts.RECALL_SENT !== undefined).toBe(mayHaveIt && state.facts.RECALLED !== undefined);
      }),
      RUNS,
    );
  });

  test('N4 whose clearance does not dominate at the time of sending is sent nothing, and only the sender hears of it', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { command: asked, events } of play(steps).steps) {
          if (!('dominates' in asked) || asked.dominates) continue;
          expect(kinds(events).filter((kind) => kind !== 'WITHHELD')).toEqual([]);
          expect(events.flatMap((event) => [...toldOf(event)])).toEqual(events.map(() => 'sender'));
        }
      }),
      RUNS,
    );
  });

  test('N5 events folded in any order, each any number of times, give the same state and status', () => {
    fc.assert(
      fc.property(
        history.chain((steps) => {
          const { events } = play(steps);
          const twice = [...events, ...events];
          return fc.tuple(fc.constant(steps), fc.shuffledSubarray(twice, { minLength: twice.length }));
        }),
        ([steps, shuffled]) => {
          const { state } = play(steps);
          const folded = shuffled.reduce(evolveNotification, notificationFor(PERSON));
          expect(folded).toEqual(state);
          expect(statusOfNotification(folded)).toBe(statusOfNotification(state));
        },
      ),
      RUNS,
    );
  });

  test('where it stood at a moment is the fold of what had happened by then', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 2_000 * MINUTE_MS }), (steps, at) => {
        const { state, events } = play(steps);
        const by = events.filter((event) => event.at <= at).reduce(evolveNotification, notificationFor(PERSON));
        expect(notificationAsOf(state, at)).toEqual(by);
      }),
      RUNS,
    );
  });

  test('what is recalled is sent to nobody, and what was sent is due to nobody', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { before, command: asked, events } of play(steps).steps) {
          if (asked.kind === 'send' && kinds(events).includes('ATTEMPTED')) expect(isDue(before)).toBe(true);
          if (before.facts.RECALLED !== undefined || before.facts.SENT !== undefined) expect(isDue(before)).toBe(false);
        }
      }),
      RUNS,
    );
  });

  test('each change is one event, and an event happens once', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { events, steps: played } = play(steps);
        expect(new Set(kinds(events)).size).toBe(events.length);
        for (const { before, events: some } of played)
          for (const { kind } of some) expect(before.facts[kind]).toBeUndefined();
      }),
      RUNS,
    );
  });

  test('nothing is overdue before its deadline, nor escalated before its grace is over, nor late once acknowledged', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { before, events } of play(steps).steps)
          for (const { kind, at } of events) {
            if (kind === 'OVERDUE') expect(at).toBeGreaterThanOrEqual(before.deadlineAt ?? Infinity);
            if (kind === 'ESCALATED') expect(at).toBeGreaterThanOrEqual(before.graceEndsAt ?? Infinity);
            if (kind === 'OVERDUE' || kind === 'ESCALATED') expect(before.facts.ACKNOWLEDGED).toBeUndefined();
          }
      }),
      RUNS,
    );
  });
});

const issued = { command: { kind: 'issue', precedence: 'FLASH', dominates: true }, waitMs: 0 } as const;
const begun = { command: { kind: 'send', dominates: true }, waitMs: 0 } as const;
const went = { command: { kind: 'sent' }, waitMs: 0 } as const;
const sent = [begun, went] as const;
const by = (kind: 'open' | 'acknowledge' | 'action' | 'acknowledge-recall', waitMs = 0) =>
  ({ command: { kind, by: PERSON }, waitMs }) as const;
const tick = (minutes: number) => ({ command: { kind: 'tick' }, waitMs: minutes * MINUTE_MS }) as const;
const recall = { command: { kind: 'recall' }, waitMs: 0 } as const;
const told = { command: { kind: 'recall-sent' }, waitMs: 0 } as const;

test.each([
  ['issued', [issued], 'QUEUED'],
  ['begun to be sent', [issued, begun], 'QUEUED'],
  ['sent', [issued, ...sent], 'DELIVERED'],
  ['opened', [issued, ...sent, by('open')], 'OPENED'],
  ['acknowledged unopened', [issued, ...sent, by('acknowledge')], 'ACKNOWLEDGED'],
  ['acted on', [issued, ...sent, by('action')], 'ACTIONED'],
  ['given up', [issued, { command: { kind: 'exhaust-attempts' }, waitMs: 0 }], 'UNDELIVERED'],
  ['recalled before it was sent', [issued, recall, ...sent, told], 'RECALLED'],
  ['recalled, and acknowledged before they were told', [issued, ...sent, recall, by('acknowledge-recall')], 'RECALLED'],
  ['recalled, and that acknowledged', [issued, ...sent, recall, told, by('acknowledge-recall')], 'RECALL_ACKED'],
  ['recalled while it was being sent', [issued, begun, recall, went, told, by('acknowledge-recall')], 'RECALL_ACKED'],
  ['opened only after its recall', [issued, ...sent, recall, by('open')], 'RECALLED'],
] as const)('what was %s stands there', (_case, steps, status) => {
  expect(statusOfNotification(play(steps).state)).toBe(status);
});

test('receipts read from the bus alone, last first, tell how far a person got', () => {
  const kindsOnBus = ['RECALL_SENT', 'ACKNOWLEDGED', 'OPENED', 'SENT'] as const;
  const state = kindsOnBus
    .map((kind, i) => toNotificationEvent({ kind, at: 10 - i }))
    .reduce(evolveNotification, notificationFor(PERSON));
  expect(state.facts).toEqual({ SENT: 7, OPENED: 8, ACKNOWLEDGED: 9, RECALL_SENT: 10 });
  expect(statusOfNotification(state)).toBe('RECALLED');
});

test('a FLASH that nobody acknowledges is overdue after ten minutes and escalated after fifteen', () => {
  const { steps, state } = play([issued, ...sent, by('open'), tick(9), tick(1), tick(4), tick(1), tick(60)]);
  expect(steps.slice(4).map(({ events }) => kinds(events))).toEqual([[], ['OVERDUE'], [], ['ESCALATED'], []]);
  expect(statusOfNotification(state)).toBe('OPENED'); // late is a flag, and no state of its own
  expect(steps.flatMap(({ events }) => events.flatMap((event) => [...toldOf(event)]))).toEqual([
    'sender',
    'deputy',
    'sender',
    'agency-head',
  ]);
});
