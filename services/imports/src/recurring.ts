// What an agency observes by itself when time has come: a missing entry at the end of a day, a day's count.
// Holds: what is due is a function of notes, policy and the clock, so a restart finds it again and doubles nothing; dropped
// files that wait come first, or what they bring would be missed; while the bus is away it is tried again.
// Source: README.md#what-is-due

import type { Clock, ImportFormat, ItemAnswer, Log, Policy } from '@sitebus/sdk';
import { findMapping } from './mapping.ts';
import { readingContext, type ImportParts } from './import-file.ts';
import type { Reading, ReadingContext } from './reading.ts';

/** One thing that comes due. Its source has a mapping and, where it needs one, an import decision of policy. */
export interface Recurring {
  readonly format: ImportFormat;
  readonly source: string;
  /** What is due now, as a reader would read it from a file; no items where nothing is. */
  readonly due: (context: ReadingContext) => Reading;
  /** When something may be due next, UTC milliseconds; undefined: not before something is taken in. */
  readonly nextDueMs: (context: ReadingContext) => number | undefined;
}

/** Looks at least this often, so that a clock that was set, or a machine that slept, is noticed. */
const LONGEST_WAIT_MS = 60_000;
const RETRY_MS = 5_000;

export interface DueParts {
  readonly agency: string;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Log;
  readonly recurring: readonly Recurring[];
  readonly importParts: () => Pick<ImportParts, 'agency' | 'policy' | 'journal' | 'clock'>;
  /** Takes in what is due, in turn with imports. */
  readonly take: (reading: () => Reading) => Promise<readonly ItemAnswer[]>;
}

/** The clockwork of one service. */
export interface Due {
  /** Takes in everything that is due now. Rejects as an import does. */
  run(): Promise<readonly ItemAnswer[]>;
  /** Looks when something is due next, and waits for it; call it after everything taken in. */
  wind(): void;
  /** Waits no longer; resolves when nothing is in hand. */
  stop(): Promise<void>;
}

/** Makes the clockwork; it waits for nothing until wound. */
export function createDue({ agency, policy, clock, log, recurring, importParts, take }: DueParts): Due {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let isStopped = false;
  const contextOf = ({ format, source }: Recurring): ReadingContext | undefined => {
    const mapping = findMapping(policy, agency, source);
    if (mapping === undefined) log.error({ agency, source }, 'policy has no mapping for what is due');
    return mapping === undefined ? undefined : readingContext({ format, source, mapping }, importParts());
  };
  const run = async (): Promise<readonly ItemAnswer[]> => {
    const answers: ItemAnswer[] = [];
    for (const each of recurring) {
      const reading = (): Reading => {
        const context = contextOf(each); // read in turn: an import may just have brought what was missing
        return context === undefined ? { fates: [] } : each.due(context);
      };
      answers.push(...(await take(reading)));
    }
    for (const answer of answers)
      if (answer.status === 'refused') log.error({ agency, code: answer.code }, 'what was due was refused');
    return answers;
  };
  const waitMs = (): number => {
    const next = recurring.flatMap((each) => {
      const context = contextOf(each);
      return context === undefined ? [] : (each.nextDueMs(context) ?? []);
    });
    return Math.max(0, Math.min(LONGEST_WAIT_MS, ...next.map((atMs) => atMs - clock.now())));
  };
  const wait = (ms: number): void => {
    clearTimeout(timer);
    if (isStopped || recurring.length === 0) return;
    timer = setTimeout(() => {
      running = run().then(
        () => wait(Math.max(1, waitMs())),
        (cause: unknown) => {
          log.warn({ agency, cause }, 'what is due could not be taken in and is tried again');
          wait(RETRY_MS);
        },
      );
    }, ms);
    timer.unref();
  };
  return {
    run,
    wind: () => wait(waitMs()),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
