// The receipts of one view on the bus: commands become facts on receipt.<view>, and facts the board.
// Holds: a fact counts once the bus has acknowledged it, and nothing is decided before every older one has been read;
// ATTEMPTED is acknowledged before the first byte, SENT follows the last one and is tried until it is; what is decided of one
// notification is decided one after the other; a timer that runs out is announced before it is written, so that a crash
// in between announces twice under one id and never not at all. Source: README.md#receipts

import { decideNotification, toNotificationTimers, toOpsNotice } from '@sitebus/kit';
import type { NotificationCommand } from '@sitebus/kit';
import { receiptTopic, toWire } from '@sitebus/sdk';
import type {
  BusConsumer,
  BusPort,
  BusProducer,
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
import { failClosed, illegalTransition } from '../errors.ts';
import type { ReadModel } from '../read-model/model.ts';
import type { Registry } from '../registry/reader.ts';
import type { Subject } from '../subject.ts';
import { createBoard } from './board.ts';
import type { Board, NoticeKind, NotificationEntry } from './board.ts';
import { createChanges } from './changes.ts';
import { notificationIdOf, toFact, toFactRecord } from './facts.ts';
import type { Fact, ProductVersion } from './facts.ts';
import { recallCauseOf } from './recall-cause.ts';
import { mayReceive, toldOfLate } from './recipients.ts';
import { createShelf } from './shelf.ts';
import type { Shelf } from './shelf.ts';
import { createTurnsByKey } from './turns.ts';

/** How something went to a person. */
export interface Delivery {
  readonly channel: 'http' | 'stream';
  readonly leafIndex: number | null;
  readonly contentHash?: string;
}

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

/** How soon a receipt that was not acknowledged is written again, ms. */
const RETRY_MS = 500;

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
  /** Whether the read model can be asked. */
  readonly isModelRead: () => boolean;
  readonly groupId: string;
  readonly tickMs: number;
}): RunningReceipts {
  const { bus, view, policy, codec, clock, log, registry } = parts;
  const topic = receiptTopic(view.id);
  const board = createBoard(view.namespace);
  const shelf = createShelf();
  const timers = toNotificationTimers(policy.timers.notifications);
  const turns = createTurnsByKey();
  const changes = createChanges();
  const unwritten = new Set<Promise<void>>();
  const pending = new Set<string>(); // notifications of which something happened that is not on the bus yet
  const open = new Map<number, bigint>(); // partitions not read to the end they had at start
  let producer: BusProducer | undefined;
  let consumer: BusConsumer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopListening: () => void = () => {};
  let state = 'not started';
  let mustLook = true;
  let mustReview = true; // somebody's clearance may have changed
  let isStopping = false;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const take = (fact: Fact): void => {
    if (fact.type === 'Distribution') {
      shelf.keep(fact.value);
      mustLook = true; // it may have ended since it was decided
    }
    changes.note(board.apply(fact));
  };
  const append = async (facts: readonly Fact[]): Promise<void> => {
    if (producer === undefined || state !== 'ok') throw failClosed({ part: 'receipts' });
    for (const fact of facts) {
      try {
        await producer.send(toFactRecord(fact, view.id, codec));
      } catch (cause) {
        throw failClosed({ part: 'receipts' }, cause);
      }
      take(fact);
    }
  };
  const entryOf = (id: string): NotificationEntry => {
    const entry = board.notification(id);
    if (entry === undefined || state !== 'ok' || pending.has(id)) throw failClosed({ part: 'receipts' });
    return entry;
  };
  const sendersOf = ({ distributions }: NotificationEntry): readonly string[] =>
    distributions.flatMap((id) => board.distribution(id)?.sender ?? []);
  const decide = (entry: NotificationEntry, command: NotificationCommand) => {
    const outcome = decideNotification(entry.state, command, timers, clock.now());
    return 'refused' in outcome ? undefined : outcome;
  };
  const versionOf = ({ productId, productVersion }: ProductVersion): ProductVersion => ({ productId, productVersion });

  const eventFact = (
    entry: NotificationEntry,
    kind: Extract<Fact, { type: 'NotificationEvent' }>['value']['kind'],
    more: { at: number; told?: readonly string[]; leafIndex?: number | null },
  ): Fact => ({
    type: 'NotificationEvent',
    value: {
      ...versionOf(entry), person: entry.person, kind, at: more.at, told: more.told ?? [], leafIndex: more.leafIndex ?? null,
      marking: toWire(entry.marking),
    },
  }); // prettier-ignore
  const receiptFact = (
    entry: NotificationEntry,
    kind: ReceiptKind,
    reader: Subject,
    more: { readonly at: number; readonly how: Delivery; readonly text?: string },
  ): Fact => ({
    type: 'Receipt',
    value: {
      ...versionOf(entry), person: entry.person, onBehalfOf: reader.agency ?? reader.party ?? null, channel: more.how.channel,
      kind, at: more.at, leafIndex: more.how.leafIndex, contentHash: more.how.contentHash ?? null, text: more.text ?? null,
      epoch: reader.epoch, marking: toWire(entry.marking),
    },
  }); // prettier-ignore

  /** What has happened cannot be refused any more: it is written, however often that takes. */
  const writeUntilWritten = (id: string, toFacts: (entry: NotificationEntry) => readonly Fact[]): Promise<void> => {
    let later: Promise<void> | undefined;
    const first = turns.inTurn(id, async () => {
      const entry = board.notification(id);
      if (entry === undefined) return;
      const facts = toFacts(entry);
      try {
        await append(facts);
      } catch (cause) {
        log.error({ view: view.id, code: (cause as { code?: string }).code }, 'a receipt was not acknowledged');
        pending.add(id);
        later = untilDone(() => append(facts)).then(() => void pending.delete(id));
      }
    });
    const whole = first.then(() => later);
    unwritten.add(whole);
    void whole.finally(() => unwritten.delete(whole));
    return whole;
  };
  const untilDone = async (act: () => Promise<void>): Promise<void> => {
    for (;;) {
      await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS).unref());
      if (isStopping) return; // ATTEMPTED says what may have arrived
      try {
        await act();
        return;
      } catch {
        continue; // logged when it began
      }
    }
  };

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
    for (const { id } of late) await turns.inTurn(id, () => runTimers(id, persons));
  };
  const runTimers = async (id: string, persons: readonly Person[]): Promise<void> => {
    const entry = entryOf(id);
    for (const { kind, at } of decide(entry, { kind: 'tick' }) ?? []) {
      if (kind !== 'OVERDUE' && kind !== 'ESCALATED') continue;
      const told = toldOfLate(kind, entry.person, { senders: sendersOf(entry), persons, policy });
      await announce(kind, id);
      await append([eventFact(entry, kind, { at, told })]);
    }
  };
  /** For the view's operators: that somebody is late, not who, nor with what. */
  const announce = async (kind: 'OVERDUE' | 'ESCALATED', id: string): Promise<void> => {
    try {
      const notice = toOpsNotice(view.id, clock.now(), `NOTIFICATION_${kind}`, { notification: id });
      await producer?.send({ ...notice, headers: { ...notice.headers, ce_id: `${id} ${kind}` } });
    } catch (cause) {
      throw failClosed({ part: 'receipts' }, cause);
    }
  };

  const receipts: RunningReceipts = {
    board,
    shelf,
    fatal,
    state: () => state,
    async start() {
      producer = await bus.createProducer();
      for (const { partition, earliest, next } of await bus.inspect.ends(topic))
        if (earliest < next) open.set(partition, next);
      state = open.size === 0 ? 'ok' : 'reading the receipts';
      let read: () => void = () => {};
      const isRead = new Promise<void>((resolve) => (read = resolve));
      if (open.size === 0) read();
      consumer = await bus.createConsumer({
        groupId: parts.groupId,
        topics: [topic],
        from: 'earliest',
        commit: 'never',
        async onBatch({ records }) {
          for (const record of records) {
            const fact = await decoded(() => toFact(record, codec), codec);
            if (fact !== undefined) take(fact);
            const end = open.get(record.partition);
            if (end === undefined || record.offset + 1n < end) continue;
            open.delete(record.partition);
            if (open.size === 0) read();
          }
        },
      });
      void consumer.fatal.then(died);
      const cause = await Promise.race([isRead, consumer.fatal]);
      if (cause instanceof Error) throw cause;
      state = 'ok';
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
      isStopping = true;
      await Promise.allSettled([...unwritten]);
      state = 'stopped';
      await consumer?.close();
      await producer?.close();
    },
    distribute: (order, by) =>
      turns.inTurn(order.id, async () => {
        const known = board.distribution(order.id);
        if (known !== undefined) return known;
        const version = shelf.get(order);
        if (version === undefined || (await recallCauseOf(version, parts.readModel, view.clearance)) !== undefined)
          throw illegalTransition({ possible: [] });
        if (board.product(order)?.recalledAt !== undefined) throw illegalTransition({ possible: [] });
        const { id, productKind, precedence, reason } = order;
        const at = clock.now();
        const recipients = [...new Set(order.recipients)].map((person) => {
          const present = board.notification(notificationIdOf(view.namespace, order, person));
          const deadlineAt = present?.state.deadlineAt ?? at + timers.deadlineMs[precedence];
          const graceEndsAt =
            present?.state.graceEndsAt ?? deadlineAt + (timers.deadlineMs[precedence] * timers.gracePerCent) / 100;
          const isWithheld = !mayReceive(registry.personNamed(person), version.marking, view, at);
          return { person, isWithheld, deadlineAt, graceEndsAt };
        });
        const value: Distribution = {
          ...versionOf(order), id, productKind, sender: by.person, onBehalfOf: by.agency ?? null, precedence, reason, at,
          epoch: by.epoch, policyVersion: policy.version, recipients, marking: toWire(version.marking),
        }; // prettier-ignore
        await append([{ type: 'Distribution', value }]);
        return value;
      }),
    recall: ({ distributionId, ...of }, why) =>
      turns.inTurn(`recall ${of.productId}`, async () => {
        const product = board.product(of);
        if (product === undefined || product.recalledAt !== undefined) return;
        const concerned = [...board.notifications()].filter(
          (entry) => isOf(entry, of) && (distributionId === undefined || entry.distributions.includes(distributionId)),
        );
        const isDone = concerned.length > 0 && concerned.every(({ state: { facts } }) => facts.RECALLED !== undefined);
        if (distributionId !== undefined && isDone) return;
        const { by = null, reason = null } = why.cause === 'ORDERED' ? why : {};
        await append([
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
      turns.inTurn(id, async () => {
        const entry = entryOf(id);
        const dominates = mayReceive(registry.personNamed(entry.person), entry.marking, view, clock.now());
        const events = decide(entry, { kind: 'send', dominates });
        if (events === undefined) return false;
        await append(
          events.flatMap(({ kind, at }) => {
            if (kind === 'WITHHELD') return [eventFact(entry, kind, { at, told: sendersOf(entry) })];
            return kind === 'ATTEMPTED' ? [eventFact(entry, kind, { at })] : [];
          }),
        );
        return dominates && entry.state.facts.SENT === undefined;
      }),
    went(id, kinds, reader, how) {
      const at = clock.now();
      return writeUntilWritten(id, (entry) =>
        kinds
          .filter((kind) => entry.state.facts[kind] === undefined)
          .map((kind) => receiptFact(entry, kind, reader, { at, how })),
      );
    },
    told(id, kind, to, leafIndex) {
      const at = clock.now();
      return writeUntilWritten(id, (entry) => {
        const isUntold = entry.notices.some(
          (notice) => notice.kind === kind && notice.to === to && notice.toldAt === undefined,
        );
        return isUntold ? [eventFact(entry, `${kind}_TOLD`, { at, told: [to], leafIndex })] : [];
      });
    },
    answer: (id, command, reader, text) =>
      turns.inTurn(id, async () => {
        const entry = entryOf(id);
        const isRecalled = entry.state.facts.RECALLED !== undefined;
        const kind = isRecalled && command === 'acknowledge' ? 'acknowledge-recall' : command;
        const events = decide(entry, { kind, by: reader.person });
        if (events === undefined) throw illegalTransition({ possible: possibleOf(entry) });
        const how: Delivery = { channel: 'http', leafIndex: null };
        await append(
          events.map(({ kind: said, at }) =>
            receiptFact(entry, said as ReceiptKind, reader, { at, how, ...(text === undefined ? {} : { text }) }),
          ),
        );
        return board.notification(id) as NotificationEntry;
      }),
    tick: () =>
      turns.inTurn('tick', async () => {
        if (state !== 'ok') return;
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

/** A schema that is not known yet is asked for once; one that nobody knows ends the reading: half a board decides wrongly. */
async function decoded(read: () => Fact | undefined, codec: Codec): Promise<Fact | undefined> {
  try {
    return read();
  } catch (cause) {
    const { code, details } = cause as { code?: string; details?: { schemaId?: number } };
    if (code !== 'SCHEMA_UNKNOWN' || details?.schemaId === undefined) throw cause;
    const known = await codec.ensure(details.schemaId);
    if (known === 'denied') return undefined;
    return read();
  }
}
