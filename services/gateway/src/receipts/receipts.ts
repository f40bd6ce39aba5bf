// What is decided of receipts: issued, sent, answered, late, recalled; each decision becomes a fact (receipt-log.ts).
// Holds: ATTEMPTED is acknowledged before the first byte, SENT follows the last one; what is decided of one notification is
// decided one after the other; a timer that runs out is announced before it is written, so that a crash in between announces
// twice under one id and never not at all. Source: README.md#receipts

import { decideNotification, toNotificationTimers, toOpsNotice } from '@sitebus/kit';
import type { Issue, NotificationCommand } from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type {
  BusPort,
  Clock,
  Codec,
  Distribution,
  Log,
  Person,
  Policy,
  RecallCause,
  ReceiptKind,
  View,
} from '@sitebus/sdk';
import { illegalTransition } from '../errors.ts';
import type { ReadModel, StoredAssessment } from '../read-model/model.ts';
import type { Registry } from '@sitebus/kit';
import type { Subject } from '../subject.ts';
import type { Board, NoticeKind, NotificationEntry } from './board.ts';
import { createChanges } from './changes.ts';
import { notificationIdOf } from './facts.ts';
import type { ProductVersion } from './facts.ts';
import { eventFact, receiptFact } from './new-facts.ts';
import type { Delivery } from './new-facts.ts';
import { recallCauseOf } from './recall-cause.ts';
import { createReceiptLog } from './receipt-log.ts';
import { mayReceive, toldOfLate } from './recipients.ts';
import { createShelf } from './shelf.ts';
import type { Shelf } from './shelf.ts';

/** A distribution as it is ordered; `id` decides which order a repeated one is. */
export interface DistributionOrder extends ProductVersion {
  readonly id: string;
  readonly productKind: Distribution['productKind'];
  readonly recipients: readonly string[];
  readonly precedence: Distribution['precedence'];
  readonly reason: string;
}

/** What the routes and streams of one gateway do with receipts. */
export interface Receipts {
  readonly board: Board;
  readonly shelf: Shelf;
  /** Issues a product version to persons; an order whose id is known is answered with what it did then. */
  distribute(order: DistributionOrder, by: Subject): Promise<Distribution>;
  /** Takes over what protocol has issued to persons, as the distribution of that id; one that is known changes nothing. */
  issue(distributionId: string, issue: Issue): Promise<void>;
  /** Recalls all of a version, or what one distribution issued of it. Again: changes nothing. */
  recall(what: ProductVersion & { readonly distributionId?: string }, why: RecallOrder): Promise<void>;
  /** To be called before the first byte. @returns false where it may not be sent: recalled, sent, or withheld now. */
  begin(id: string): Promise<boolean>;
  /** To be called once the last byte went. Resolves when that is on the bus, however often it takes; rejects never. */
  went(id: string, kinds: readonly ReceiptKind[], reader: Subject, how: Delivery): Promise<void>;
  /** As `went`, for word of another's notification. */
  told(id: string, kind: NoticeKind, to: string, leafIndex: number | null): Promise<void>;
  /** What its person says of it; of one whose recall they were sent, that they have taken note. Throws `illegal-transition`. */
  answer(id: string, command: 'acknowledge' | 'action', reader: Subject, text?: string): Promise<NotificationEntry>;
  /** Lets timers run out, withholds what may not go any more, and recalls what counts no longer. */
  tick(): Promise<void>;
  /** Something was read that may end what was issued. */
  lookAgain(): void;
  /** Resolves when something that concerns the person has changed since `seen`, or the signal aborts. */
  change(person: string, seen: number, signal: AbortSignal): Promise<void>;
  /** Counts changes that concern the person. */
  changesOf(person: string): number;
}

/** Why something is recalled, and by whom. */
export type RecallOrder =
  | { readonly cause: 'ORDERED'; readonly by: string; readonly reason: string }
  | { readonly cause: Exclude<RecallCause, 'ORDERED'> };

/** Receipts with their life. */
export interface RunningReceipts extends Receipts {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `ok`, or why nothing is decided. */
  state(): string;
  readonly fatal: Promise<Error>;
}

/** Makes the receipts of one view. */
export function createReceipts(parts: {
  readonly bus: BusPort;
  readonly view: View;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Pick<Registry, 'persons' | 'personNamed' | 'onChange'>;
  readonly readModel: Pick<ReadModel, 'observation' | 'assessment'>;
  /** Whether a version rests on a record that is skipped now. Default: none does. */
  readonly isSpilled?: (version: ProductVersion) => boolean;
  /** Whether the read model can be asked. */
  readonly isModelRead: () => boolean;
  readonly groupId: string;
  readonly tickMs: number;
}): RunningReceipts {
  const { view, policy, clock, log, registry } = parts;
  const shelf = createShelf();
  const timers = toNotificationTimers(policy.timers.notifications);
  const changes = createChanges();
  let timer: NodeJS.Timeout | undefined;
  let stopListening: () => void = () => {};
  let mustLook = true; // something that was issued may have ended
  let mustReview = true; // somebody's clearance may have changed
  const facts = createReceiptLog({
    ...parts,
    onFact(fact, concerned) {
      changes.note(concerned);
      if (fact.type !== 'Distribution') return;
      shelf.keep(fact.value);
      mustLook = true; // it may have ended since it was decided
      currentOf(fact.value).then(
        (stored) => stored && shelf.adopt(stored),
        (cause: unknown) =>
          log.warn({ view: view.id, code: (cause as { code?: string }).code }, 'an issued version was not found'),
      );
    },
  });
  const { board } = facts;

  /** The version as the shelf has it; else the newest, where it is that one. */
  const currentOf = async (of: ProductVersion): Promise<StoredAssessment | undefined> => {
    const kept = shelf.get(of);
    if (kept !== undefined) return kept;
    const newest = await parts.readModel.assessment(of.productId);
    return newest?.value.version === of.productVersion ? newest : undefined;
  };
  const sendersOf = ({ distributions }: NotificationEntry): readonly string[] =>
    distributions.flatMap((id) => board.distribution(id)?.sender ?? []);
  const decide = (entry: NotificationEntry, command: NotificationCommand) => {
    const outcome = decideNotification(entry.state, command, timers, clock.now());
    return 'refused' in outcome ? undefined : outcome;
  };
  const versionOf = ({ productId, productVersion }: ProductVersion): ProductVersion => ({ productId, productVersion });

  const recallsOf = async (): Promise<void> => {
    if (!mustLook || !parts.isModelRead()) return;
    mustLook = false;
    try {
      await recallWhatEnded();
    } catch (cause) {
      mustLook = true;
      throw cause;
    }
  };
  const recallWhatEnded = async (): Promise<void> => {
    for (const product of [...board.products()]) {
      if (product.recalledAt === undefined && parts.isSpilled?.(versionOf(product)) === true) {
        await receipts.recall(versionOf(product), { cause: 'MEMBER_RECALLED' });
        continue;
      }
      const version = product.recalledAt === undefined ? shelf.get(product) : undefined;
      if (version === undefined) continue;
      const cause = await recallCauseOf(version, parts.readModel, view.clearance);
      if (cause !== undefined && cause !== 'ORDERED') await receipts.recall(versionOf(product), { cause });
    }
  };
  /** Whose clearance fell before it was sent is sent nothing, whoever asks when. */
  const withholdWhatMayNotGo = async (): Promise<void> => {
    if (!mustReview) return;
    mustReview = false;
    const mayNotHave = (entry: NotificationEntry): boolean =>
      !mayReceive(registry.personNamed(entry.person), entry.marking, view, clock.now());
    try {
      for (const { id } of board.due().filter(mayNotHave)) await receipts.begin(id);
    } catch (cause) {
      mustReview = true; // whether they may is not known: nothing is said
      throw cause;
    }
  };
  const letTimersRun = async (): Promise<void> => {
    const late = board.late(clock.now());
    if (late.length === 0) return;
    const persons = registry.persons();
    for (const { id } of late) await facts.inTurn(id, () => runTimers(id, persons));
  };
  const runTimers = async (id: string, persons: readonly Person[]): Promise<void> => {
    const entry = facts.entry(id);
    for (const { kind, at } of decide(entry, { kind: 'tick' }) ?? []) {
      if (kind !== 'OVERDUE' && kind !== 'ESCALATED') continue;
      const told = toldOfLate(kind, entry.person, { senders: sendersOf(entry), persons, policy });
      await announce(kind, id);
      await facts.append([eventFact(entry, kind, { at, told })]);
    }
  };
  /** For the view's operators: that somebody is late, not who, nor with what. */
  const announce = (kind: 'OVERDUE' | 'ESCALATED', id: string): Promise<void> => {
    const notice = toOpsNotice(view.id, clock.now(), `NOTIFICATION_${kind}`, { notification: id });
    return facts.send({ ...notice, headers: { ...notice.headers, ce_id: `${id} ${kind}` } });
  };

  /** Deadlines run from the first time that a version was issued to somebody. */
  const recipientsOf = (
    of: ProductVersion,
    persons: readonly string[],
    { precedence, marking, at }: Pick<Distribution, 'precedence'> & { readonly marking: Marking; readonly at: number },
  ): Distribution['recipients'][number][] =>
    [...new Set(persons)].map((person) => {
      const present = board.notification(notificationIdOf(view.namespace, of, person));
      const deadlineAt = present?.state.deadlineAt ?? at + timers.deadlineMs[precedence];
      const graceEndsAt =
        present?.state.graceEndsAt ?? deadlineAt + (timers.deadlineMs[precedence] * timers.gracePerCent) / 100;
      return {
        person,
        isWithheld: !mayReceive(registry.personNamed(person), marking, view, at),
        deadlineAt,
        graceEndsAt,
      };
    });

  const receipts: RunningReceipts = {
    board,
    shelf,
    fatal: facts.fatal,
    state: () => facts.state(),
    async start() {
      await facts.start();
      stopListening = registry.onChange(() => void (mustReview = true));
      timer = setInterval(() => {
        receipts.tick().catch((cause: unknown) => {
          log.warn({ view: view.id, code: (cause as { code?: string }).code }, 'timers of notifications wait');
        });
      }, parts.tickMs);
    },
    async stop() {
      clearInterval(timer);
      stopListening();
      await facts.stop();
    },
    distribute: (order, by) =>
      facts.inTurn(order.id, async () => {
        const known = board.distribution(order.id);
        if (known !== undefined) return known;
        const version = await currentOf(order);
        if (version === undefined || (await recallCauseOf(version, parts.readModel, view.clearance)) !== undefined)
          throw illegalTransition({ possible: [] });
        if (board.product(order)?.recalledAt !== undefined) throw illegalTransition({ possible: [] });
        const { id, productKind, precedence, reason } = order;
        const at = clock.now();
        const recipients = recipientsOf(order, order.recipients, { precedence, marking: version.marking, at });
        const value: Distribution = {
          ...versionOf(order), id, productKind, sender: by.person, onBehalfOf: by.agency ?? null, precedence, reason, at,
          epoch: by.epoch, policyVersion: policy.version, recipients, marking: toWire(version.marking),
        }; // prettier-ignore
        shelf.adopt(version); // before the fact: another version may come while it is written
        await facts.append([{ type: 'Distribution', value }]);
        return value;
      }),
    issue: (distributionId, issue) =>
      facts.inTurn(distributionId, async () => {
        if (board.distribution(distributionId) !== undefined) return;
        const version = { productId: issue.id, productVersion: issue.version };
        const { kind, by, precedence, reason, marking } = issue;
        const sender = registry.personNamed(by);
        const at = clock.now();
        const value: Distribution = {
          ...version, id: distributionId, productKind: kind === 'sitrep' ? 'SITREP' : 'NOTICE', sender: by,
          onBehalfOf: sender?.agency ?? null, precedence, reason, at, epoch: sender?.clearance.epoch ?? 0,
          policyVersion: policy.version, recipients: recipientsOf(version, issue.to, { precedence, marking, at }),
          marking: toWire(marking),
        }; // prettier-ignore
        await facts.append([{ type: 'Distribution', value }]);
      }),
    recall: ({ distributionId, ...of }, why) =>
      facts.inTurn(`recall ${of.productId}`, async () => {
        const product = board.product(of);
        if (product === undefined || product.recalledAt !== undefined) return;
        const concerned = [...board.notifications()].filter(
          (entry) => isOf(entry, of) && (distributionId === undefined || entry.distributions.includes(distributionId)),
        );
        const isDone = concerned.length > 0 && concerned.every(({ state }) => state.facts.RECALLED !== undefined);
        if (distributionId !== undefined && isDone) return;
        const { by = null, reason = null } = why.cause === 'ORDERED' ? why : {};
        await facts.append([
          {
            type: 'ProductRecall',
            value: {
              ...versionOf(of), distributionId: distributionId ?? null, cause: why.cause, orderedBy: by, reason,
              at: clock.now(), marking: toWire(product.marking),
            },
          },
        ]); // prettier-ignore
      }),
    begin: (id) =>
      facts.inTurn(id, async () => {
        const entry = facts.entry(id);
        const dominates = mayReceive(registry.personNamed(entry.person), entry.marking, view, clock.now());
        const events = decide(entry, { kind: 'send', dominates });
        if (events === undefined) return false;
        await facts.append(
          events.flatMap(({ kind, at }) => {
            if (kind === 'WITHHELD') return [eventFact(entry, kind, { at, told: sendersOf(entry) })];
            return kind === 'ATTEMPTED' ? [eventFact(entry, kind, { at })] : [];
          }),
        );
        return dominates && entry.state.facts.SENT === undefined;
      }),
    went(id, kinds, reader, how) {
      const at = clock.now();
      return facts.appendUntilWritten(id, (entry) =>
        kinds
          .filter((kind) => entry.state.facts[kind] === undefined)
          .map((kind) => receiptFact(entry, kind, reader, { at, how })),
      );
    },
    told(id, kind, to, leafIndex) {
      const at = clock.now();
      return facts.appendUntilWritten(id, (entry) => {
        const isUntold = entry.notices.some(
          (notice) => notice.kind === kind && notice.to === to && notice.toldAt === undefined,
        );
        return isUntold ? [eventFact(entry, `${kind}_TOLD`, { at, told: [to], leafIndex })] : [];
      });
    },
    answer: (id, command, reader, text) =>
      facts.inTurn(id, async () => {
        const entry = facts.entry(id);
        const isRecalled = entry.state.facts.RECALLED !== undefined;
        const kind = isRecalled && command === 'acknowledge' ? 'acknowledge-recall' : command;
        const events = decide(entry, { kind, by: reader.person });
        if (events === undefined) throw illegalTransition({ possible: possibleOf(entry) });
        const how: Delivery = { channel: 'http', leafIndex: null };
        await facts.append(
          events.map(({ kind: said, at }) =>
            receiptFact(entry, said as ReceiptKind, reader, { at, how, ...(text === undefined ? {} : { text }) }),
          ),
        );
        return board.notification(id) as NotificationEntry;
      }),
    tick: () =>
      facts.inTurn('tick', async () => {
        if (facts.state() !== 'ok') return;
        await withholdWhatMayNotGo();
        await letTimersRun();
        await recallsOf();
      }),
    lookAgain: () => void (mustLook = true),
    changesOf: (person) => changes.countOf(person),
    change: (person, seen, signal) => changes.after(person, seen, signal),
  };
  return receipts;
}

/** @returns what its person may say of it now. */
function possibleOf({ state: { facts } }: NotificationEntry): readonly string[] {
  if (facts.RECALLED !== undefined) return facts.RECALL_SENT === undefined ? [] : ['acknowledge'];
  return facts.SENT === undefined ? [] : ['acknowledge', 'action'];
}

function isOf(entry: ProductVersion, { productId, productVersion }: ProductVersion): boolean {
  return entry.productId === productId && entry.productVersion === productVersion;
}
