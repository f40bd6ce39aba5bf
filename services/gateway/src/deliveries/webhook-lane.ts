// One webhook subscription on its way: what is new since its place, released at this moment, posted, and where that leaves it.
// Holds: the leaf is acknowledged before the post; who it is for is looked up before the leaf and again in the turn of the post;
// the place moves past what was taken alone, so nothing is lost and a crash sends again under the same id; a target that fails
// waits for longer and longer and is then given up, which costs nobody else anything. Source: README.md#deliveries

import type { Clock, DeliveryPolicy, Log, View } from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';
import { NIL_ID } from '../cursor.ts';
import type { AlertLog } from '../read-model/model.ts';
import { open, statement } from '../release.ts';
import type { Monitor, Released } from '../release.ts';
import { lostAfter } from '../stale.ts';
import type { DeliveryEntry, DeliveryPlace, KeptDeliveries } from '../store/deliveries.ts';
import type { DeskItem } from '../store/desk.ts';
import { filterOfSubscription } from '../subscription.ts';
import { afterFailure } from './back-off.ts';
import type { ChannelReader, ChannelReaders } from './channel-readers.ts';
import { collectAlerts } from './collect-alerts.ts';
import type { CollectedAlerts } from './collect-alerts.ts';
import { placeOf } from './place-names.ts';
import type { PostOutcome, WebhookPort } from './webhook-port.ts';
import { signatureHeaders } from './webhook-signature.ts';
import { webhookTarget } from './webhook-target.ts';

/** What posts are made of. */
export interface WebhookLaneParts {
  readonly view: View;
  readonly deliveries: DeliveryPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly monitor: Monitor;
  readonly readers: ChannelReaders;
  readonly kept: KeptDeliveries;
  readonly alertLog: () => AlertLog;
  readonly port: WebhookPort;
  readonly secretOf: (subscription: string) => string;
  readonly allowed: readonly string[];
  /** Of this process: whose a place is. */
  readonly holder: string;
  /** From 0 to 1, for waits. */
  readonly spread: () => number;
}

/** Sends what subscriptions are for. */
export interface WebhookLane {
  /** Posts everything that waits, unless another process does. Rejects with `fail-closed`; a failing target is no rejection. */
  run(subscription: DeskItem): Promise<void>;
  /** Posts the newest alert that it lets through, once, marked as a test; its place stays. `entry` is the log's so far. */
  test(subscription: DeskItem, entry: DeliveryEntry): Promise<void>;
}

const LEASE_MS = 120_000;
/** Posts after which another subscription gets its turn. */
const POSTS_A_RUN = 20;
const TEST_BACK_MS = 7 * 24 * 60 * 60 * 1000;

/** Makes the lane of one gateway. */
export function createWebhookLane(parts: WebhookLaneParts): WebhookLane {
  const { view, deliveries, clock, monitor, readers, kept, holder } = parts;
  const passed = new Map<string, { readonly next: bigint; readonly lastId: string }>(); // beyond its place, where nothing was let through

  const collect = (subscription: DeskItem, reader: ChannelReader, from: bigint, limit: number) =>
    collectAlerts(
      { monitor, log: parts.alertLog() },
      { from, reader, filter: filterOfSubscription(subscription.body), limit },
    );

  /** Judged, on the ledger, still theirs, posted. */
  const post = async (
    subscription: DeskItem,
    reader: ChannelReader,
    what: {
      readonly id: string;
      readonly collected?: CollectedAlerts;
      readonly gap?: object;
      readonly isTest: boolean;
    },
  ): Promise<{ readonly outcome: PostOutcome; readonly leafIndex?: bigint } | undefined> => {
    const url = webhookTarget(String(subscription.body['url']), parts.allowed);
    if (url === undefined) return { outcome: { isTaken: false, code: 'TARGET_NOT_ALLOWED', isGone: true } };
    const head = {
      view: view.id, subscription: subscription.id, test: what.isTest,
      sentAt: new Date(clock.now()).toISOString(), ...(what.gap === undefined ? {} : { gap: what.gap }),
    }; // prettier-ignore
    const released = await releasedText(monitor, reader, what.collected, head);
    if (!readers.mayStillGo(what.collected?.judged ?? [], reader)) return undefined;
    const { body, banner, leaf } = open(released);
    const headers = {
      ...signatureHeaders(parts.secretOf(subscription.id), { id: what.id, atMs: clock.now(), body }),
      'content-type': 'application/json',
      'user-agent': 'sitebus',
      'sitebus-marking': banner,
      ...(leaf === undefined ? {} : { 'sitebus-ledger': `leaves=${leaf.index}-${leaf.index}; checkpoint=${leaf.checkpoint}` }),
    }; // prettier-ignore
    const outcome = await parts.port.post(url, headers, body, deliveries.webhook.answerSeconds * 1000);
    return { outcome, ...(leaf === undefined ? {} : { leafIndex: leaf.index }) };
  };

  /** @returns the place after one post; undefined where nothing is left, or nothing may be done now. */
  const once = async (subscription: DeskItem, place: DeliveryPlace): Promise<DeliveryPlace | undefined> => {
    const { id } = subscription;
    const name = placeOf(subscription);
    const nowMs = clock.now();
    if (place.state !== 'ACTIVE' || (place.retryAtMs ?? 0) > nowMs) return undefined;
    const reader = readers.reader(subscription.person, 'webhook');
    if (reader === undefined) return undefined; // they may come back: the place stays
    const log = parts.alertLog();
    const lost = await lostAfter(log, { offset: place.next - 1n, id: place.lastId, atMs: 0, epoch: 0 });
    const known = passed.get(id);
    const from = lost !== undefined ? log.ends().earliest : known !== undefined && known.next > place.next ? known.next : place.next; // prettier-ignore
    const collected = await collect(subscription, reader, from, deliveries.webhook.itemsMax);
    const after = { ...place, next: collected.next, lastId: collected.lastId ?? place.lastId };
    const gap = lost === undefined ? undefined : gapOf(lost, place.lastSentMs ?? subscription.createdMs, nowMs, view);
    if (collected.judged.length === 0 && gap === undefined) {
      if (collected.withheld > 0) {
        await kept.log(entryOf(subscription, collected, { id: idOf([id, 'withheld', String(collected.next)], view), atMs: nowMs, attempts: 0 }, 'WITHHELD')); // prettier-ignore
        return (await kept.move(name, holder, after)) ? nextOf(after, collected) : undefined;
      }
      passed.set(id, { next: collected.next, lastId: after.lastId });
      if (collected.next - place.next > FAR && !(await kept.move(name, holder, after))) return undefined;
      return nextOf(collected.next - place.next > FAR ? after : place, collected);
    }
    const deliveryId = idOf([id, ...collected.alerts.map((alert) => alert.id), ...(gap === undefined ? [] : ['gap', String(from)])], view); // prettier-ignore
    const attempts = place.failures + 1;
    const entry = (state: DeliveryEntry['state'], more: Partial<DeliveryEntry> = {}): DeliveryEntry => ({
      ...entryOf(subscription, collected, { id: deliveryId, atMs: nowMs, attempts }, state),
      ...more,
    });
    await kept.log(entry('SENDING'));
    const sent = await post(subscription, reader, {
      id: deliveryId,
      collected,
      isTest: false,
      ...(gap === undefined ? {} : { gap }),
    });
    const endedMs = clock.now();
    if (sent === undefined) {
      await kept.log(entry('WITHHELD', { endedMs, records: 0 })); // no longer theirs when it was to go: no cause is told
      return undefined;
    }
    const { outcome } = sent;
    const leaf = sent.leafIndex === undefined ? {} : { leafIndex: sent.leafIndex };
    if (outcome.isTaken) {
      const { firstFailedMs: _first, retryAtMs: _retry, ...rest } = after;
      const moved = { ...rest, failures: 0, lastSentMs: endedMs };
      const isMoved = await kept.move(name, holder, moved);
      await kept.log(entry('SENT', { endedMs, ...leaf, ...lagOf(collected, endedMs) }));
      return isMoved ? nextOf(moved, collected) : undefined;
    }
    const failed = afterFailure(place, endedMs, deliveries.retry, parts.spread());
    const isDead = failed.isDead || outcome.isGone;
    await kept.move(name, holder, { ...place, ...failed, isDead });
    await kept.log(entry(isDead ? 'FAILED' : 'RETRYING', { endedMs, code: outcome.code, ...leaf }));
    if (isDead) parts.log.warn({ view: view.id, code: outcome.code }, 'a subscription is given up');
    return undefined;
  };

  return {
    async run(subscription) {
      const name = placeOf(subscription);
      const fresh = { next: parts.alertLog().ends().next, lastId: NIL_ID };
      const take = () => kept.take(name, holder, { nowMs: clock.now(), leaseUntilMs: clock.now() + LEASE_MS }, fresh);
      let place = await take();
      if (place === undefined) return;
      try {
        for (let posts = 0; place !== undefined && posts < POSTS_A_RUN; posts += 1) {
          place = await once(subscription, place);
          if (place !== undefined) place = await take(); // longer; and its owner may have held it meanwhile
        }
      } finally {
        await kept.leave(name, holder);
      }
    },
    async test(subscription, entry) {
      const finish = (more: Partial<DeliveryEntry>) =>
        kept.log({ ...entry, endedMs: clock.now(), attempts: 1, ...more });
      const reader = readers.reader(subscription.person, 'webhook');
      if (reader === undefined) return finish({ state: 'WITHHELD' });
      const collected = await newestOf((from) => collect(subscription, reader, from, 1), parts.alertLog(), clock.now() - TEST_BACK_MS); // prettier-ignore
      const sent = await post(subscription, reader, {
        id: entry.id,
        isTest: true,
        ...(collected === undefined ? {} : { collected }),
      });
      if (sent === undefined) return finish({ state: 'WITHHELD' });
      const records = collected?.judged.length ?? 0;
      const leaf = sent.leafIndex === undefined ? {} : { leafIndex: sent.leafIndex };
      return sent.outcome.isTaken
        ? finish({ state: 'SENT', records, ...leaf })
        : finish({ state: 'FAILED', records, code: sent.outcome.code, ...leaf });
    },
  };
}

/** Walking on is written down only so often: what let nothing through is walked again after a restart. */
const FAR = 2_000n;

/** The place to go on from; undefined where nothing is left. */
function nextOf(place: DeliveryPlace, { isEnd }: CollectedAlerts): DeliveryPlace | undefined {
  return isEnd ? undefined : place;
}

/** The newest alert within the time that it lets through. */
async function newestOf(
  collect: (from: bigint) => Promise<CollectedAlerts>,
  log: AlertLog,
  sinceMs: number,
): Promise<CollectedAlerts | undefined> {
  let newest: CollectedAlerts | undefined;
  for (let from = log.offsetAt(sinceMs), isEnd = false; !isEnd;) {
    const found = await collect(from);
    if (found.judged.length > 0) newest = found;
    from = found.next;
    isEnd = found.isEnd;
  }
  return newest;
}

async function releasedText(
  monitor: Monitor,
  { subject }: ChannelReader,
  collected: CollectedAlerts | undefined,
  head: object,
): Promise<Released<string>> {
  const text = JSON.stringify(head).slice(0, -1);
  if (collected === undefined || collected.judged.length === 0) return statement(`${text},"items":[]}`);
  return monitor.releaseAll(collected.judged, subject, 'WEBHOOK', (_bodies, leaf, texts) => {
    const place = leaf === undefined ? '' : `,"delivery":{"leafIndex":${leaf.index},"checkpoint":${leaf.checkpoint},"records":${texts.length}}`; // prettier-ignore
    return `${text},"items":[${texts.join()}]${place}}`;
  });
}

function entryOf(
  { id: subscription }: DeskItem,
  { judged, withheld }: CollectedAlerts,
  { id, atMs, attempts }: { readonly id: string; readonly atMs: number; readonly attempts: number },
  state: DeliveryEntry['state'],
): DeliveryEntry {
  return { id, subscription, kind: 'WEBHOOK', state, startedMs: atMs, records: judged.length, withheld, attempts };
}

function lagOf({ alerts }: CollectedAlerts, endedMs: number): Pick<DeliveryEntry, 'lagMs'> {
  const [oldest] = alerts;
  return oldest === undefined ? {} : { lagMs: Math.max(0, endedMs - oldest.atMs) };
}

/** What a stream says of a gap. */
function gapOf(reason: string, fromMs: number, nowMs: number, view: View): object {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(nowMs).toISOString()];
  return { from, to, reason, list: `/v1/alerts?${new URLSearchParams({ view: view.id, from, to }).toString()}` };
}

/** The same records are the same delivery, whoever sends them and however often. */
function idOf(words: readonly string[], view: View): string {
  return uuidOf(words.join(' '), view.namespace);
}
