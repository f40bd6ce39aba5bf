// Who was issued, sent, opened, acknowledged and recalled what: the fold of receipt.<view>.
// Holds: pure; facts folded in any order, each any number of times, give one board; a notification is of one product
// version and one person, however many distributions name both. Source: N1 to N5 in services/kit README.md#receipts

import { evolveNotification, isDue, isRecallOwed, notificationFor, toNotificationEvent } from '@sitebus/kit';
import type { NotificationState } from '@sitebus/kit';
import { fromWire } from '@sitebus/sdk';
import type { Distribution, NotificationFact, ProductRecall, Receipt, ReceiptKind, WireMarking } from '@sitebus/sdk';
import type { Marking } from '@sitebus/marking';
import { notificationIdOf } from './facts.ts';
import type { Fact, ProductVersion } from './facts.ts';

/** What a notice tells of, to somebody other than its recipient. */
export type NoticeKind = 'WITHHELD' | 'OVERDUE' | 'ESCALATED';

/** Word to one person that another's notification is late or withheld. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly to: string;
  /** UTC milliseconds. */
  readonly at: number;
  /** When it went to them; absent: it is still to go. */
  readonly toldAt?: number;
}

/** What a receipt says beside its time. */
export interface ReceiptDetail {
  readonly at: number;
  readonly channel: string;
  readonly leafIndex: number | null;
  readonly contentHash: string | null;
  readonly text: string | null;
}

/** One product version for one named person. */
export interface NotificationEntry extends ProductVersion {
  readonly id: string;
  readonly person: string;
  readonly state: NotificationState;
  readonly marking: Marking;
  /** Those that issued it, sorted. */
  readonly distributions: readonly string[];
  readonly receipts: Readonly<Partial<Record<ReceiptKind, ReceiptDetail>>>;
  /** Sorted by kind, then by whom they are to. */
  readonly notices: readonly Notice[];
}

/** A person to whom a distribution sent nothing. */
export interface WithheldEntry extends ProductVersion {
  /** Of this row alone: no notification has it. */
  readonly id: string;
  readonly person: string;
  readonly distribution: string;
  readonly at: number;
  readonly marking: Marking;
}

/** The fold, and what is asked of it. Everything handed out is frozen or a copy; order is by id. */
export interface Board {
  /** Takes a fact in. @returns persons whom it concerns. */
  apply(fact: Fact): ReadonlySet<string>;
  distribution(id: string): Distribution | undefined;
  notification(id: string): NotificationEntry | undefined;
  notifications(): Iterable<NotificationEntry>;
  /** The same, those whose id stands after `after`; made as they are asked for. */
  notificationsAfter(after: string): Iterable<NotificationEntry>;
  /** Those whose next timer has run out by then, and that are still to be acknowledged. */
  late(now: number): readonly NotificationEntry[];
  /** Those that are still to be sent. */
  due(): readonly NotificationEntry[];
  notificationsOf(person: string): readonly NotificationEntry[];
  /** Notices to the person, with whose notification they are about. */
  noticesTo(person: string): readonly { readonly notice: Notice; readonly about: NotificationEntry }[];
  withheld(): readonly WithheldEntry[];
  /** Versions of which something was issued, each once, with all of it: who has it, and whether it counts. */
  products(): Iterable<IssuedProduct>;
  product(version: ProductVersion): IssuedProduct | undefined;
}

/** What is known of a version that was issued. */
export interface IssuedProduct extends ProductVersion {
  readonly kind: Distribution['productKind'];
  readonly marking: Marking;
  /** First recall of the whole version; absent while it counts. */
  readonly recalledAt?: number;
  readonly distributions: readonly string[];
}

interface Held {
  id: string;
  readonly person: string;
  readonly version: ProductVersion;
  state: NotificationState;
  marking: WireMarking;
  readonly distributions: Set<string>;
  readonly receipts: Map<ReceiptKind, ReceiptDetail>;
  /** `KIND person` → first time it was owed, and first time it was told. */
  readonly owed: Map<string, number>;
  readonly told: Map<string, number>;
}

interface HeldProduct {
  readonly version: ProductVersion;
  readonly distributions: Map<string, Distribution>;
  readonly recalls: ProductRecall[];
  readonly persons: Map<string, Held>;
}

/** An empty board of the view whose ids begin with this namespace. */
export function createBoard(viewNamespace: string): Board {
  const products = new Map<string, HeldProduct>();
  const distributions = new Map<string, Distribution>();
  const byId = new Map<string, Held>();
  const byPerson = new Map<string, Map<string, Held>>();
  const open = new Set<Held>(); // what a clock may still change
  const byListener = new Map<string, Map<string, Held>>(); // whom notices are to

  const productOf = (version: ProductVersion): HeldProduct => {
    const key = keyOf(version);
    const { productId, productVersion } = version;
    const held = products.get(key) ?? {
      version: Object.freeze({ productId, productVersion }),
      distributions: new Map<string, Distribution>(),
      recalls: [],
      persons: new Map<string, Held>(),
    };
    products.set(key, held);
    return held;
  };
  const heldOf = (product: HeldProduct, person: string, marking: WireMarking): Held => {
    const known = product.persons.get(person);
    if (known !== undefined) return known;
    const held: Held = {
      id: notificationIdOf(viewNamespace, product.version, person),
      person,
      version: product.version,
      state: notificationFor(person),
      marking,
      distributions: new Set(),
      receipts: new Map(),
      owed: new Map(),
      told: new Map(),
    };
    product.persons.set(person, held);
    byId.set(held.id, held);
    open.add(held);
    enter(byPerson, person, held);
    return held;
  };
  const recallWhatIsMeant = (product: HeldProduct, held: Held): void => {
    if (held.distributions.size === 0) return; // receipts that came first: what issued it is still to be read
    for (const { distributionId, at } of product.recalls)
      if (distributionId === null || held.distributions.has(distributionId))
        held.state = evolveNotification(held.state, { kind: 'RECALLED', at });
  };

  const applyDistribution = (value: Distribution): ReadonlySet<string> => {
    const product = productOf(value);
    const known = distributions.get(value.id);
    if (known === undefined || isBefore(value, known)) {
      product.distributions.set(value.id, value);
      distributions.set(value.id, value);
    }
    const concerned = new Set<string>();
    for (const { person, isWithheld, deadlineAt, graceEndsAt } of value.recipients) {
      if (isWithheld) continue; // a row of the distribution, and no notification
      const held = heldOf(product, person, value.marking);
      held.distributions.add(value.id);
      held.state = evolveNotification(held.state, { kind: 'ISSUED', at: value.at, deadlineAt, graceEndsAt });
      recallWhatIsMeant(product, held);
      concerned.add(person);
    }
    return concerned;
  };
  const applyReceipt = (value: Receipt): ReadonlySet<string> => {
    const held = heldOf(productOf(value), value.person, value.marking);
    held.state = evolveNotification(held.state, toNotificationEvent(value));
    const { at, channel, leafIndex, contentHash, text } = value;
    const detail: ReceiptDetail = { at, channel, leafIndex, contentHash, text };
    const known = held.receipts.get(value.kind);
    if (known === undefined || isBefore(detail, known)) held.receipts.set(value.kind, Object.freeze(detail));
    return new Set([value.person]);
  };
  const applyEvent = (value: NotificationFact): ReadonlySet<string> => {
    const held = heldOf(productOf(value), value.person, value.marking);
    const told = TOLD.get(value.kind);
    const { kind } = value;
    if (told !== undefined) for (const to of value.told) first(held.told, `${told} ${to}`, value.at);
    else {
      held.state = evolveNotification(held.state, {
        kind: kind as Exclude<typeof kind, `${NoticeKind}_TOLD`>,
        at: value.at,
      });
      for (const to of value.told) {
        first(held.owed, `${kind} ${to}`, value.at);
        enter(byListener, to, held);
      }
    }
    return new Set([value.person, ...value.told]);
  };
  const applyRecall = (value: ProductRecall): ReadonlySet<string> => {
    const product = productOf(value);
    product.recalls.push(value);
    for (const held of product.persons.values()) recallWhatIsMeant(product, held);
    return new Set(product.persons.keys());
  };

  function* entriesAfter(after: string): Generator<NotificationEntry> {
    for (const id of [...byId.keys()].filter((each) => each > after).sort()) yield toEntry(byId.get(id) as Held);
  }

  const toProduct = (product: HeldProduct): IssuedProduct | undefined => {
    const [one] = product.distributions.values();
    if (one === undefined) return undefined; // receipts alone: their distribution is still to be read
    const recalledAt = Math.min(...product.recalls.filter((each) => each.distributionId === null).map(({ at }) => at));
    return {
      ...product.version,
      kind: one.productKind,
      marking: fromWire(one.marking),
      ...(Number.isFinite(recalledAt) ? { recalledAt } : {}),
      distributions: [...product.distributions.keys()].sort(),
    };
  };

  return {
    apply(fact) {
      switch (fact.type) {
        case 'Distribution':
          return applyDistribution(fact.value);
        case 'Receipt':
          return applyReceipt(fact.value);
        case 'NotificationEvent':
          return applyEvent(fact.value);
        case 'ProductRecall':
          return applyRecall(fact.value);
      }
    },
    distribution: (id) => distributions.get(id),
    notification(id) {
      const held = byId.get(id);
      return held && toEntry(held);
    },
    notifications: () => entriesAfter(''),
    notificationsAfter: entriesAfter,
    late(now) {
      const late: Held[] = [];
      for (const held of open) {
        if (isSettled(held.state)) open.delete(held);
        else if (isLate(held.state, now)) late.push(held);
      }
      return late.sort((a, b) => (a.id < b.id ? -1 : 1)).map(toEntry);
    },
    due: () => [...open].filter(({ state }) => isDue(state)).map(toEntry),
    notificationsOf: (person) => sorted(byPerson.get(person)).map(toEntry),
    noticesTo: (person) =>
      sorted(byListener.get(person)).flatMap((held) => {
        const about = toEntry(held);
        return about.notices.filter(({ to }) => to === person).map((notice) => ({ notice, about }));
      }),
    withheld: () =>
      [...distributions.values()].flatMap(({ id, at, productId, productVersion, marking, recipients }) =>
        recipients
          .filter(({ isWithheld }) => isWithheld)
          .map(({ person }) => ({
            id: notificationIdOf(id, { productId, productVersion }, person),
            productId,
            productVersion,
            person,
            distribution: id,
            at,
            marking: fromWire(marking),
          })),
      ),
    *products() {
      for (const key of [...products.keys()].sort()) {
        const product = toProduct(products.get(key) as HeldProduct);
        if (product !== undefined) yield product;
      }
    },
    product(version) {
      const held = products.get(keyOf(version));
      return held && toProduct(held);
    },
  };
}

/** True for an entry that its person is still to be sent. */
export const isDueTo = ({ state }: NotificationEntry): boolean => isDue(state);
/** True for an entry whose recall is owed to its person. */
export const isRecallOwedTo = ({ state }: NotificationEntry): boolean => isRecallOwed(state);

const TOLD: ReadonlyMap<string, NoticeKind> = new Map([
  ['WITHHELD_TOLD', 'WITHHELD'],
  ['OVERDUE_TOLD', 'OVERDUE'],
  ['ESCALATED_TOLD', 'ESCALATED'],
]);

function toEntry(held: Held): NotificationEntry {
  const notices = [...held.owed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, at]): Notice => {
      const [kind = '', to = ''] = key.split(' ');
      const toldAt = held.told.get(key);
      return { kind: kind as NoticeKind, to, at, ...(toldAt === undefined ? {} : { toldAt }) };
    });
  return {
    ...held.version,
    id: held.id,
    person: held.person,
    state: held.state,
    marking: fromWire(held.marking),
    distributions: [...held.distributions].sort(),
    receipts: Object.fromEntries([...held.receipts].sort(([a], [b]) => (a < b ? -1 : 1))),
    notices,
  };
}

/** No clock changes it any more. None of these facts is ever taken back. */
function isSettled({ facts }: NotificationState): boolean {
  return (['WITHHELD', 'RECALLED', 'ACKNOWLEDGED', 'ACTIONED', 'ESCALATED'] as const).some((kind) => kind in facts);
}

function isLate({ facts, deadlineAt = Infinity, graceEndsAt = Infinity }: NotificationState, now: number): boolean {
  return (now >= deadlineAt && facts.OVERDUE === undefined) || now >= graceEndsAt;
}

/** Of two that say the same the first counts; of two of one moment, always the same one. */
function isBefore<T extends { readonly at: number }>(a: T, b: T): boolean {
  return a.at < b.at || (a.at === b.at && JSON.stringify(a) < JSON.stringify(b));
}

function keyOf({ productId, productVersion }: ProductVersion): string {
  return `${productId} ${productVersion}`;
}

function sorted(held: ReadonlyMap<string, Held> | undefined): readonly Held[] {
  return [...(held?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function enter(map: Map<string, Map<string, Held>>, person: string, held: Held): void {
  map.set(person, (map.get(person) ?? new Map<string, Held>()).set(held.id, held));
}

function first(map: Map<string, number>, key: string, at: number): void {
  map.set(key, Math.min(map.get(key) ?? Infinity, at));
}
