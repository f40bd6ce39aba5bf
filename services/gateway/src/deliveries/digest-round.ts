// One person's digest: what stands assigned or escalated and has not been told, released at this moment, mailed, noted as told.
// Holds: one mail a person and beat, whatever number of subscriptions ask for it; the leaf is acknowledged before the mail; who
// it is for is looked up before the leaf and again in the turn of sending; what was not taken stays untold and goes with the
// next attempt, under the same id where nothing has changed. Source: README.md#deliveries

import type { Clock, DeliveryPolicy, Log, View } from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';
import { NIL_ID } from '../cursor.ts';
import { matches } from '../filter.ts';
import type { ReadModel } from '../read-model/model.ts';
import { isWithheld, open, statement, UNMARKED_BANNER } from '../release.ts';
import type { Judged, Monitor, Released } from '../release.ts';
import type { DeliveryEntry, KeptDeliveries, Told } from '../store/deliveries.ts';
import type { DeskItem, DeskStore, StandingDecision } from '../store/desk.ts';
import { filterOfSubscription } from '../subscription.ts';
import { afterFailure } from './back-off.ts';
import type { ChannelReader, ChannelReaders } from './channel-readers.ts';
import { throughChannel } from './channel-readers.ts';
import { beatAt, digestItems } from './digest-items.ts';
import { renderDigest } from './digest-text.ts';
import type { DigestText } from './digest-text.ts';
import type { Mailer, MailOutcome } from './mailer.ts';
import { digestPlaceOf } from './place-names.ts';

/** What digests are made of. */
export interface DigestRoundParts {
  readonly view: View;
  readonly homeBanner: (judged: readonly Judged[]) => string;
  readonly deliveries: DeliveryPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly monitor: Monitor;
  readonly readers: ChannelReaders;
  readonly desk: Pick<DeskStore, 'triage'>;
  readonly kept: KeptDeliveries;
  readonly readModel: Pick<ReadModel, 'alert'>;
  readonly mailer: Mailer;
  readonly holder: string;
  readonly spread: () => number;
}

/** What of a person's desk waits for a digest. */
export interface GatheredDigest {
  readonly items: readonly GatheredItem[];
  /** Decisions about what they read and what may not go this way. */
  readonly withheld: readonly StandingDecision[];
}

/** One decision, judged with its alert, and the subscriptions that let it through. */
export interface GatheredItem {
  readonly decision: StandingDecision;
  readonly judged: Judged;
  readonly by: readonly DeskItem[];
}

/** Digests of one gateway. */
export interface DigestRound {
  /** Sends the person's digest where one is due; `subscriptions` are theirs, all active. @returns when to look again, where it failed. */
  run(subscriptions: readonly DeskItem[]): Promise<number | undefined>;
  /** Sends what stands, told or not, marked as a test; nothing is noted as told. */
  test(subscription: DeskItem, entry: DeliveryEntry): Promise<void>;
  /** What would go, were it due. */
  gather(reader: ChannelReader, subscriptions: readonly DeskItem[], isAgain?: boolean): Promise<GatheredDigest>;
}

const LEASE_MS = 120_000;
/** Standing decisions of a view that are looked at, the newest. */
const MOST_STANDING = 5_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** @returns where a person's digest begins: at the beat in which they first asked for one, so that the first goes at the next. */
export function freshDigest(
  subscriptions: readonly DeskItem[],
  everyMinutes: number,
): { readonly next: bigint; readonly lastId: string } {
  const firstMs = Math.min(...subscriptions.map(({ createdMs }) => createdMs));
  return { next: BigInt(beatAt(firstMs, everyMinutes)), lastId: NIL_ID };
}

/** Makes the digests of one gateway. */
export function createDigestRound(parts: DigestRoundParts): DigestRound {
  const { view, deliveries, clock, monitor, readers, kept, holder } = parts;
  const { itemsMax, everyMinutes, decidedDaysMax } = deliveries.digest;

  const gather: DigestRound['gather'] = async (reader, subscriptions, isAgain = false) => {
    const { person } = reader.subject;
    const nowMs = clock.now();
    const standing = await parts.desk.triage.standing(nowMs - decidedDaysMax * DAY_MS, MOST_STANDING);
    const told = isAgain ? new Map<string, number>() : await kept.told(person, standing.map(({ alertId }) => alertId)); // prettier-ignore
    const sinceMs = isAgain ? 0 : Math.min(...subscriptions.map(({ createdMs }) => createdMs));
    const gathered: { items: GatheredItem[]; withheld: StandingDecision[] } = { items: [], withheld: [] };
    for (const decision of digestItems(standing, { person, told, sinceMs })) {
      const { alertId, entry } = decision;
      const alert = await parts.readModel.alert(alertId);
      if (alert === undefined) continue;
      const record = { ...alert, triage: [entry] };
      const outcome = throughChannel(monitor, record, reader);
      if (outcome === 'unseen') continue;
      const judged = outcome === 'withheld' ? monitor.judgeAs(record, reader.ownSight) : outcome.judged;
      if (isWithheld(judged)) continue;
      const asks = (each: DeskItem): boolean =>
        (isAgain || entry.atMs >= each.createdMs) && matches(judged.body, filterOfSubscription(each.body));
      const by = subscriptions.filter(asks);
      if (by.length === 0) continue;
      if (outcome === 'withheld') gathered.withheld.push(decision);
      else gathered.items.push({ decision, judged, by });
    }
    return gathered;
  };

  const mail = async (
    reader: ChannelReader,
    items: readonly GatheredItem[],
    { id, isTest, more }: { readonly id: string; readonly isTest: boolean; readonly more: number },
  ): Promise<{ readonly outcome: MailOutcome; readonly leafIndex?: bigint } | undefined> => {
    const judged = items.map((item) => item.judged);
    const facts = { view: view.id, banner: judged.length === 0 ? UNMARKED_BANNER : parts.homeBanner(judged), isTest, more }; // prettier-ignore
    const released: Released<DigestText> =
      judged.length === 0
        ? statement(renderDigest([], facts))
        : await monitor.releaseAll(judged, reader.subject, 'DIGEST', (bodies) => renderDigest(bodies, facts));
    if (!readers.mayStillGo(judged, reader)) return undefined;
    const { body, banner, leaf } = open(released);
    const outcome = await parts.mailer.send({ to: reader.subject.person, ...body, banner, id, atMs: clock.now() });
    return { outcome, ...(leaf === undefined ? {} : { leafIndex: leaf.index }) };
  };

  /** A row for each subscription that let something of it through. */
  const logAll = async (
    subscriptions: readonly DeskItem[],
    items: readonly GatheredItem[],
    more: Omit<DeliveryEntry, 'subscription' | 'kind' | 'records' | 'lagMs'>,
  ): Promise<void> => {
    for (const subscription of subscriptions) {
      const own = items.filter(({ by }) => by.includes(subscription));
      if (own.length === 0 && more.state !== 'WITHHELD') continue;
      const [oldest] = own;
      const lag = oldest === undefined || more.state !== 'SENT' ? {} : { lagMs: Math.max(0, (more.endedMs ?? 0) - oldest.decision.entry.atMs) }; // prettier-ignore
      await kept.log({ ...more, subscription: subscription.id, kind: 'DIGEST', records: own.length, ...lag });
    }
  };

  const toldBy = (decisions: readonly StandingDecision[]): Told[] =>
    decisions.map(({ alertId, entry }) => ({ alertId, seq: entry.seq }));

  const send = async (
    name: string,
    subscriptions: readonly DeskItem[],
    place: {
      readonly next: bigint;
      readonly lastId: string;
      readonly failures: number;
      readonly firstFailedMs?: number;
      readonly lastSentMs?: number;
    },
  ): Promise<number | undefined> => {
    const [{ person }] = subscriptions as readonly [DeskItem];
    const reader = readers.reader(person, 'digest');
    if (reader === undefined) return undefined;
    const nowMs = clock.now();
    const done = { next: BigInt(beatAt(nowMs, everyMinutes)), lastId: NIL_ID, failures: 0 };
    const lastSent = place.lastSentMs === undefined ? {} : { lastSentMs: place.lastSentMs };
    const { items: all, withheld } = await gather(reader, subscriptions);
    const items = all.slice(0, itemsMax);
    const id = uuidOf(['digest', person, ...items.map(({ decision: { alertId, entry } }) => `${alertId} ${entry.seq}`)].join(' '), view.namespace); // prettier-ignore
    const row = { id, startedMs: nowMs, withheld: withheld.length, attempts: place.failures + 1 };
    if (items.length === 0) {
      if (withheld.length > 0) await logAll(subscriptions, [], { ...row, id: uuidOf(`withheld ${person} ${done.next}`, view.namespace), state: 'WITHHELD', attempts: 0 }); // prettier-ignore
      await kept.tell(person, toldBy(withheld), nowMs);
      await kept.move(name, holder, { ...done, ...lastSent });
      return undefined;
    }
    await logAll(subscriptions, items, { ...row, state: 'SENDING' });
    const sent = await mail(reader, items, { id, isTest: false, more: all.length - items.length });
    const endedMs = clock.now();
    if (sent === undefined) {
      await logAll(subscriptions, [], { ...row, state: 'WITHHELD', endedMs });
      return undefined;
    }
    const leaf = sent.leafIndex === undefined ? {} : { leafIndex: sent.leafIndex };
    if (sent.outcome.isTaken) {
      await kept.tell(person, toldBy([...items.map(({ decision }) => decision), ...withheld]), endedMs);
      await kept.move(name, holder, { ...done, lastSentMs: endedMs });
      await logAll(subscriptions, items, { ...row, state: 'SENT', endedMs, ...leaf });
      return undefined;
    }
    const failed = afterFailure(place, endedMs, deliveries.retry, parts.spread());
    await kept.move(name, holder, { ...place, ...failed });
    const { code } = sent.outcome;
    await logAll(subscriptions, items, {
      ...row,
      state: failed.isDead ? 'FAILED' : 'RETRYING',
      endedMs,
      code,
      ...leaf,
    });
    if (failed.isDead) parts.log.warn({ view: view.id, code }, 'a digest is given up');
    return failed.isDead ? undefined : failed.retryAtMs;
  };

  return {
    gather,
    async run(subscriptions) {
      const [first] = subscriptions;
      if (first === undefined) return undefined;
      const name = digestPlaceOf(first);
      const nowMs = clock.now();
      const beat = BigInt(beatAt(nowMs, everyMinutes));
      const place = await kept.take(name, holder, { nowMs, leaseUntilMs: nowMs + LEASE_MS }, freshDigest(subscriptions, everyMinutes)); // prettier-ignore
      if (place === undefined) return undefined;
      try {
        if (place.state !== 'ACTIVE') return undefined;
        if (place.failures > 0 && (place.retryAtMs ?? 0) > nowMs) return place.retryAtMs;
        return place.failures === 0 && place.next >= beat ? undefined : await send(name, subscriptions, place);
      } finally {
        await kept.leave(name, holder);
      }
    },
    async test(subscription, entry) {
      const finish = (more: Partial<DeliveryEntry>) =>
        kept.log({ ...entry, endedMs: clock.now(), attempts: 1, ...more });
      const reader = readers.reader(subscription.person, 'digest');
      if (reader === undefined) return finish({ state: 'WITHHELD' });
      const { items: all, withheld } = await gather(reader, [subscription], true);
      const items = all.slice(0, itemsMax);
      const sent = await mail(reader, items, { id: entry.id, isTest: true, more: all.length - items.length });
      if (sent === undefined) return finish({ state: 'WITHHELD' });
      const counts = { records: items.length, withheld: withheld.length, ...(sent.leafIndex === undefined ? {} : { leafIndex: sent.leafIndex }) }; // prettier-ignore
      return sent.outcome.isTaken
        ? finish({ state: 'SENT', ...counts })
        : finish({ state: 'FAILED', code: sent.outcome.code, ...counts });
    },
  };
}
