// What two persons do to have a record skipped everywhere: the first one asks, another one confirms, each with their own key.
// Holds: pinned keys of policy's signers alone count, two distinct ones, held by two distinct administrators; what is confirmed
// is the text that was asked for; an order says its place in the list, so that of two at once one is refused.
// Source: README.md#spills

import { previousOf, SPILL_SIGNERS, spillId, spillOrderIn, spillSigners, toSpillValue } from '@sitebus/kit';
import type { SkipList, SpillCopy, SpillEntry } from '@sitebus/kit';
import { POLICY_ORIGIN, spillTopic } from '@sitebus/sdk';
import type { BusPort, BusProducer, Clock, Policy } from '@sitebus/sdk';
import { parseNote, renderNote } from '@sitebus/sdk/merkle';
import { failClosed, illegalTransition, notFound } from '../errors.ts';
import { noteRefused, secondPersonNeeded } from '../order-refusals.ts';
import type { Held } from '../registry/writer.ts';

/** Both throw `invalid-body` for a note that does not do, `illegal-transition`, `fail-closed`. */
export interface SpillCommands {
  proposeSpill(by: string, note: string): Promise<SpillEntry>;
  /** Throws `not-found` too. */
  confirmSpill(by: string, id: string, note: string): Promise<SpillEntry>;
}

/** How long an order that was acknowledged may take to be read again here. */
const READ_WITHIN_MS = 20_000;

/** Makes the commands of the one process that writes the lists; the caller lets one be decided after the other. */
export function createSpillCommands(parts: {
  /** As the registry's principal sees it. */
  readonly bus: BusPort;
  /** Of every cell; it is started with the first command. */
  readonly spills: SpillCopy;
  readonly held: () => Pick<Held, 'persons'>;
  /** Rejects where another process writes the registry now: two who wrote orders would fork a list, and so close its cell. */
  readonly stillWrites: () => Promise<void>;
  readonly policy: Policy;
  readonly clock: Clock;
}): SpillCommands {
  const { bus, spills, policy, clock } = parts;
  let ready: Promise<BusProducer> | undefined;
  const start = (): Promise<BusProducer> =>
    (ready ??= spills.start().then(
      () => bus.createProducer(),
      (cause: unknown) => {
        ready = undefined;
        throw failClosed({ part: 'spills' }, cause);
      },
    ));
  const write = async (entry: SpillEntry): Promise<SpillEntry> => {
    const producer = await start();
    const topic = spillTopic(entry.order.cell);
    try {
      await parts.stillWrites();
      await producer.send({ topic, key: spillId(entry.order), value: toSpillValue(entry) });
    } catch (cause) {
      throw failClosed({ part: 'kafka' }, cause);
    }
    await untilRead(spills, entry);
    return entry;
  };
  const listOf = (cell: string): SkipList => {
    if (spills.state() !== 'ok') throw failClosed({ part: 'spills' });
    const list = spills.current().list(cell);
    if (list === undefined) throw notFound({});
    return list;
  };
  /** A key that bears the name of a person of the registry is that person's. */
  const checkHolders = (by: string, names: readonly string[]): void => {
    const persons = new Set(parts.held().persons.map(({ person }) => person));
    const holder = names.map((name) => name.slice(POLICY_ORIGIN.length + 1)).find((name) => persons.has(name) && name !== by);
    if (holder !== undefined) throw noteRefused('KEY_OF_ANOTHER', 'the key that signed is another person’s');
  };
  const signed = (note: string): readonly string[] => {
    const names = spillSigners(note, policy.signers ?? []);
    if (names === undefined) throw noteRefused('SIGNATURE_INVALID', 'a signature is not of this text');
    if (names.length === 0) throw noteRefused('SIGNER_UNKNOWN', 'no key that policy pins has signed it');
    return names;
  };

  return {
    async proposeSpill(by, note) {
      await start();
      const order = spillOrderIn(note);
      if (order === undefined) throw noteRefused('NO_ORDER', 'is no signed order');
      const { orders } = listOf(order.cell);
      const names = signed(note);
      checkHolders(by, names);
      if (names.length !== 1) throw noteRefused('ONE_SIGNATURE', 'the second person signs when they confirm');
      if (order.by !== by) throw noteRefused('NOT_THE_ASKER', 'the order names somebody else as its first person');
      if (order.policyVersion !== policy.version) throw noteRefused('OTHER_POLICY', 'was made under another policy');
      const isTimely = order.at <= clock.now() && clock.now() < order.until && order.until - order.at <= mostMs(policy);
      if (!isTimely) throw noteRefused('OUT_OF_TIME', 'begins or ends at another time than an order may');
      const isNext = order.seq === orders.length + 1 && order.previous === previousOf(orders);
      const isThere = orders.some((each) => each.order.topic === order.topic && each.order.partition === order.partition && each.order.offset === order.offset);
      if (!isNext || isThere) throw illegalTransition({ possible: [] });
      return write({ order, note, by: [by], at: clock.now() });
    },
    async confirmSpill(by, id, note) {
      await start();
      const cell = id.slice(0, id.lastIndexOf('.'));
      const { proposal } = listOf(cell);
      if (proposal === undefined || spillId(proposal.order) !== id || clock.now() >= proposal.order.until) throw notFound({});
      const { order } = proposal;
      if (order.by === by) throw secondPersonNeeded(SECOND);
      const own = parseNote(note);
      const first = parseNote(proposal.note);
      if (own === undefined || first === undefined || own.text !== first.text) throw noteRefused('OTHER_TEXT', 'is another text than was asked for');
      const others = signed(proposal.note);
      const ids = new Set(first.signatures.map(({ keyId }) => keyId));
      const added = renderNote(own.text, own.signatures.filter(({ keyId }) => !ids.has(keyId)));
      const names = own.signatures.every(({ keyId }) => ids.has(keyId)) ? [] : signed(added).filter((name) => !others.includes(name));
      if (names.length === 0) throw secondPersonNeeded(SECOND);
      checkHolders(by, names);
      const whole = renderNote(first.text, [...first.signatures, ...own.signatures.filter(({ keyId }) => !ids.has(keyId))]);
      if (signed(whole).length < SPILL_SIGNERS) throw secondPersonNeeded(SECOND);
      return write({ order, note: whole, by: [order.by, by], at: clock.now() });
    },
  };
} // prettier-ignore

/** How long an order may wait for its second person. */
export const mostMs = ({ partners }: Policy): number => partners.proposalHours * 3_600_000;

/** Its list has taken it: what is asked next stands on it. */
async function untilRead(spills: SpillCopy, entry: SpillEntry): Promise<void> {
  const isRead = (): boolean => {
    const list = spills.current().list(entry.order.cell);
    return [...(list?.orders ?? []), ...(list?.proposal === undefined ? [] : [list.proposal])].some(({ note }) => note === entry.note);
  };
  if (isRead()) return;
  let timer: NodeJS.Timeout | undefined;
  let stop: () => void = () => {};
  const read = new Promise<boolean>((resolve) => {
    stop = spills.onChange(() => isRead() && resolve(true));
    timer = setTimeout(resolve, READ_WITHIN_MS, false);
  });
  const isThere = await read;
  clearTimeout(timer);
  stop();
  if (!isThere) throw failClosed({ part: 'kafka' });
} // prettier-ignore

/** What the first of the two is told who would do it alone. */
const SECOND = 'another administrator confirms, with another key';
