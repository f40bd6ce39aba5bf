// What subscriptions send by themselves, and where each of them stands: wakes, chooses, sends, and answers its owner.
// Holds: a target that is slow or dead holds up its own subscription and nobody else's; of several gateways of a view one
// serves a subscription at a time; while registry, ledger or store cannot be asked nothing is sent and nothing is lost.
// Source: README.md#deliveries

import { randomUUID } from 'node:crypto';
import { joinAll, print } from '@sitebus/marking';
import type { Clock, Log, Policy, View } from '@sitebus/sdk';
import { NIL_ID } from '../cursor.ts';
import { illegalTransition, rateLimited } from '../errors.ts';
import type { ReadModel } from '../read-model/model.ts';
import type { Monitor } from '../release.ts';
import type { DeliveryEntry, DeliveryPlace, PlaceState } from '../store/deliveries.ts';
import type { DeskItem, DeskStore } from '../store/desk.ts';
import type { Subject, Subjects } from '../subject.ts';
import { filterOfSubscription } from '../subscription.ts';
import type { DeliverBy } from '../subscription.ts';
import { channelOf, createChannelReaders } from './channel-readers.ts';
import type { ChannelReader } from './channel-readers.ts';
import { collectAlerts } from './collect-alerts.ts';
import { nextBeat, beatAt } from './digest-items.ts';
import { createDigestRound, freshDigest } from './digest-round.ts';
import type { Mailer } from './mailer.ts';
import { digestPlaceOf, placeOf } from './place-names.ts';
import { createWebhookLane } from './webhook-lane.ts';
import type { WebhookPort } from './webhook-port.ts';
import { webhookSecret } from './webhook-signature.ts';

/** What waits: it lets it through, its owner sees it, and it has not gone. */
export interface Lag {
  /** Up to 1,000. */
  readonly waiting: number;
  readonly isMore: boolean;
  /** When the oldest of it came, UTC milliseconds. */
  readonly oldestMs?: number;
}

/** Where a subscription stands. */
export interface SubscriptionStatus {
  readonly state: PlaceState;
  readonly place: DeliveryPlace | undefined;
  readonly lag?: Lag;
  /** When the next digest may go. */
  readonly nextDigestMs?: number;
  /** The newest fifty. */
  readonly deliveries: readonly DeliveryEntry[];
}

/** The deliveries of one gateway. */
export interface Deliveries {
  /** @returns why nothing can be sent this way from here: no such channel in this view, or nothing behind it; undefined where it can. */
  missing(deliver: DeliverBy): 'NO_CHANNEL' | 'NOT_CONFIGURED' | undefined;
  /** Origins that posts may go to. */
  readonly webhookOrigins: readonly string[];
  /** What posts of it are signed with: for its owner's eyes. */
  secretOf(subscription: string): string;
  /** A subscription was made, or replaced: it begins now, but where it goes on the way it went. */
  kept(subscription: DeskItem, before?: DeskItem): Promise<void>;
  removed(subscription: DeskItem): Promise<void>;
  status(subscription: DeskItem, subject: Subject): Promise<SubscriptionStatus>;
  /** Throws `illegal-transition` for what is not sent by itself. @returns the state it has now. */
  pause(subscription: DeskItem): Promise<PlaceState>;
  resume(subscription: DeskItem): Promise<PlaceState>;
  /** Sends one test on its way. Throws `illegal-transition` or `rate-limited`. @returns the delivery's id; its end is in the log. */
  test(subscription: DeskItem): Promise<string>;
  /** A stream has sent of it up to there. */
  streamed(subscription: string, passed: { readonly next: bigint; readonly lastId: string }): void;
}

/** Deliveries with their life. */
export interface RunningDeliveries extends Deliveries {
  start(): void;
  stop(): Promise<void>;
}

/** What deliveries are made of. */
export interface DeliveriesParts {
  readonly view: View;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Log;
  readonly monitor: Monitor;
  readonly subjects: Subjects;
  readonly desk: DeskStore;
  readonly readModel: Pick<ReadModel, 'alert' | 'alertLog'>;
  readonly isModelRead: () => boolean;
  readonly port: WebhookPort;
  readonly webhookOrigins: readonly string[];
  readonly mailer: Mailer | undefined;
  /** Keys the secrets of webhooks. */
  readonly key: Buffer;
  readonly tickMs: number;
}

const SHOWN = 50;
const MOST_COUNTED = 1_000;
const SWEEP_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes the deliveries of one gateway. */
export function createDeliveries(parts: DeliveriesParts): RunningDeliveries {
  const { view, policy, clock, log, monitor, subjects, desk, readModel, webhookOrigins } = parts;
  const { deliveries: rules } = policy;
  const kept = desk.deliveries;
  const holder = randomUUID();
  const readers = createChannelReaders({ deliveries: rules, view, subjects, monitor });
  const alertLog = () => readModel.alertLog;
  const secretOf = (subscription: string): string => webhookSecret(parts.key, subscription);
  const common = { view, deliveries: rules, clock, log, monitor, readers, kept, holder, spread: Math.random };
  const lane = createWebhookLane({ ...common, alertLog, port: parts.port, secretOf, allowed: webhookOrigins });
  const digests =
    parts.mailer === undefined
      ? undefined
      : createDigestRound({
          ...common, desk, readModel, mailer: parts.mailer,
          homeBanner: (judged) => print(joinAll(judged.map(({ marking }) => marking)), policy),
        }); // prettier-ignore

  const busy = new Set<string>(); // places and tests that this process is at
  const onTheirWay = new Map<string, number>(); // posts, by person
  const running = new Set<Promise<void>>();
  const retryDigestsAt = new Map<string, number>();
  const testedAt = new Map<string, number>();
  const streamed = new Map<string, { next: bigint; lastId: string; lastSentMs: number }>();
  let lastBeat = -1;
  let sweptAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> | undefined;
  let isStopped = false;

  const byState = async (subscriptions: readonly DeskItem[]): Promise<readonly DeskItem[]> => {
    const places = await kept.places(subscriptions.map(placeOf));
    const isDue = (each: DeskItem): boolean => {
      const place = places.get(placeOf(each));
      return place === undefined || (place.state === 'ACTIVE' && (place.retryAtMs ?? 0) <= clock.now());
    };
    return subscriptions.filter(isDue);
  };
  const launch = (name: string, work: () => Promise<void>): void => {
    busy.add(name);
    const run = work()
      .catch((cause: unknown) => {
        const { slug, code } = cause as { slug?: string; code?: string };
        log.warn({ view: view.id, code: slug ?? code }, 'a delivery waits');
      })
      .finally(() => {
        busy.delete(name);
        running.delete(run);
      });
    running.add(run);
  };
  const launchWebhook = (subscription: DeskItem): void => {
    const name = placeOf(subscription);
    const { person } = subscription;
    const own = onTheirWay.get(person) ?? 0;
    if (busy.has(name) || own >= rules.webhook.atOnce) return;
    onTheirWay.set(person, own + 1);
    launch(name, () => lane.run(subscription).finally(() => onTheirWay.set(person, (onTheirWay.get(person) ?? 1) - 1)));
  };
  const launchDigests = (subscriptions: readonly DeskItem[]): void => {
    const nowMs = clock.now();
    const beat = beatAt(nowMs, rules.digest.everyMinutes);
    const isBeat = beat !== lastBeat;
    lastBeat = beat;
    for (const person of new Set(subscriptions.map((each) => each.person))) {
      const own = subscriptions.filter((each) => each.person === person);
      const name = digestPlaceOf({ person });
      if (busy.has(name) || !(isBeat || (retryDigestsAt.get(name) ?? Infinity) <= nowMs)) continue;
      retryDigestsAt.delete(name);
      launch(name, async () => {
        try {
          const againAt = await digests?.run(own);
          if (againAt !== undefined) retryDigestsAt.set(name, againAt);
        } catch (cause) {
          retryDigestsAt.set(name, clock.now()); // not known to have gone: looked at with the next tick
          throw cause;
        }
      });
    }
  };
  const writeStreamed = async (): Promise<void> => {
    for (const [subscription, passed] of [...streamed]) {
      streamed.delete(subscription);
      await kept.pass(placeOf({ id: subscription }), passed);
    }
  };
  const tick = async (): Promise<void> => {
    if (isStopped || desk.state() !== 'ok' || !parts.isModelRead()) return;
    await writeStreamed();
    if (clock.now() - sweptAt >= SWEEP_MS) {
      sweptAt = clock.now();
      await kept.sweep(clock.now() - rules.keptDays * DAY_MS);
    }
    const subscriptions = await desk.items.every('subscription');
    const webhooks = subscriptions.filter(({ body }) => body['deliver'] === 'webhook');
    for (const each of await byState(webhooks)) launchWebhook(each);
    launchDigests(await byState(subscriptions.filter(({ body }) => body['deliver'] === 'digest')));
  };
  const tickOnce = (): void => {
    ticking ??= tick()
      .catch((cause: unknown) => {
        log.warn({ view: view.id, code: (cause as { slug?: string }).slug }, 'deliveries wait');
      })
      .finally(() => (ticking = undefined));
  };

  const lagFrom = async (
    subscription: DeskItem,
    reader: Pick<ChannelReader, 'sight' | 'ownSight'>,
    from: bigint,
  ): Promise<Lag> => {
    // prettier-ignore
    let [waiting, next, isEnd]: [number, bigint, boolean] = [0, from, false];
    let oldestMs: number | undefined;
    while (!isEnd && waiting <= MOST_COUNTED) {
      const found = await collectAlerts(
        { monitor, log: alertLog() },
        { from: next, reader, filter: filterOfSubscription(subscription.body), limit: MOST_COUNTED + 1 - waiting },
      );
      waiting += found.judged.length;
      oldestMs ??= found.alerts[0]?.atMs;
      ({ next, isEnd } = found);
    }
    return lagOf(waiting, oldestMs);
  };
  const digestStatus = async (subscription: DeskItem, own: DeliveryPlace | undefined) => {
    const place = await kept.place(digestPlaceOf(subscription));
    const reader = readers.reader(subscription.person, 'digest');
    const items = reader === undefined ? [] : ((await digests?.gather(reader, [subscription]))?.items ?? []);
    const state = own?.state === 'PAUSED' ? 'PAUSED' : (place?.state ?? 'ACTIVE');
    const nowMs = clock.now();
    return {
      state,
      place,
      lag: lagOf(items.length, items[0]?.decision.entry.atMs),
      nextDigestMs: nextBeat(Number(place?.next ?? beatAt(nowMs, rules.digest.everyMinutes)), nowMs, rules.digest.everyMinutes), // prettier-ignore
    } as const;
  };
  const begin = () => ({ next: alertLog().ends().next, lastId: NIL_ID });
  const mustSend = ({ body }: DeskItem): void => {
    if (!isSent(body)) throw illegalTransition({ possible: [] });
  };

  return {
    webhookOrigins,
    secretOf,
    missing(deliver) {
      if (deliver !== 'digest' && deliver !== 'webhook') return undefined;
      if (channelOf(rules, view.id, deliver) === undefined) return 'NO_CHANNEL';
      const isThere = deliver === 'digest' ? digests !== undefined : webhookOrigins.length > 0;
      return isThere ? undefined : 'NOT_CONFIGURED';
    },
    async kept(subscription, before) {
      const isSame = before?.body['deliver'] === subscription.body['deliver'];
      if (isSame) return;
      if (before !== undefined) await kept.forget(placeOf(before), before.id);
      await kept.turn(placeOf(subscription), 'ACTIVE', begin());
    },
    removed: (subscription) => kept.forget(placeOf(subscription), subscription.id),
    async status(subscription, subject) {
      const { id, person, body, createdMs } = subscription;
      await writeStreamed();
      const [place, deliveries] = await Promise.all([kept.place(placeOf(subscription)), kept.newest(id, SHOWN)]);
      if (body['deliver'] === 'digest') return { ...(await digestStatus(subscription, place)), deliveries };
      if (body['deliver'] === 'taxii') return { state: 'ACTIVE', place, deliveries };
      const sight = monitor.sightOf(subject);
      const reader = body['deliver'] === 'webhook' ? readers.reader(person, 'webhook') : { sight, ownSight: sight };
      const from = place?.next ?? alertLog().offsetAt(createdMs);
      const lag = reader === undefined ? {} : { lag: await lagFrom(subscription, reader, from) };
      return { state: place?.state ?? 'ACTIVE', place, deliveries, ...lag };
    },
    async pause(subscription) {
      mustSend(subscription);
      await kept.turn(placeOf(subscription), 'PAUSED', begin());
      return 'PAUSED';
    },
    async resume(subscription) {
      mustSend(subscription);
      await kept.turn(placeOf(subscription), 'ACTIVE', begin());
      if (subscription.body['deliver'] === 'digest') {
        const fresh = freshDigest([subscription], rules.digest.everyMinutes);
        await kept.turn(digestPlaceOf(subscription), 'ACTIVE', fresh);
      }
      return 'ACTIVE';
    },
    async test(subscription) {
      mustSend(subscription);
      const { id: of, person, body } = subscription;
      if (parts.isModelRead() && this.missing(body['deliver'] as DeliverBy) !== undefined)
        throw illegalTransition({ possible: [] }); // the way was closed since it was made
      const waitMs = (testedAt.get(person) ?? -Infinity) + rules.testSeconds * 1000 - clock.now();
      if (waitMs > 0) throw rateLimited({ retryAfterSeconds: Math.ceil(waitMs / 1000) });
      testedAt.set(person, clock.now());
      const entry: DeliveryEntry = { id: randomUUID(), subscription: of, kind: 'TEST', state: 'SENDING', startedMs: clock.now(), records: 0, withheld: 0, attempts: 0 }; // prettier-ignore
      await kept.log(entry);
      launch(`test ${entry.id}`, () =>
        (body['deliver'] === 'webhook' ? lane.test(subscription, entry) : (digests?.test(subscription, entry) ?? Promise.resolve())).catch(async (cause: unknown) => {
          await kept.log({ ...entry, state: 'FAILED', endedMs: clock.now(), code: 'FAIL_CLOSED' });
          throw cause;
        }),
      ); // prettier-ignore
      return entry.id;
    },
    streamed(subscription, { next, lastId }) {
      streamed.set(subscription, { next, lastId, lastSentMs: clock.now() });
    },
    start() {
      timer = setInterval(tickOnce, parts.tickMs);
      timer.unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      parts.port.close();
      await ticking;
      await Promise.allSettled([...running]);
      await writeStreamed().catch(() => undefined); // it is sent again at worst
      parts.mailer?.close();
    },
  };
}

/** True for what goes by itself. */
function isSent(body: DeskItem['body']): boolean {
  return body['deliver'] === 'webhook' || body['deliver'] === 'digest';
}

function lagOf(count: number, oldestMs: number | undefined): Lag {
  return {
    waiting: Math.min(count, MOST_COUNTED),
    isMore: count > MOST_COUNTED,
    ...(oldestMs === undefined ? {} : { oldestMs }),
  };
}
