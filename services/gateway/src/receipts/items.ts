// What is said of a notification: to its recipient, to who is told that it is late, and to who reads receipts.
// Holds: pure; of a recalled one nothing of its decision is said; every item is judged under the product's marking before it
// goes out (release.ts). Source: README.md#receipts

import { isRecallOwed, notificationAsOf, statusOfNotification } from '@sitebus/kit';
import type { Distribution } from '@sitebus/sdk';
import type { Marking } from '@sitebus/marking';
import type { Json, JsonObject } from '../avro-json.ts';
import type { Board, Notice, NotificationEntry, WithheldEntry } from './board.ts';

/** Something about a notification, as the monitor judges it: `value` is what goes out, beside its marking. */
export interface StoredNotification {
  readonly kind: 'notification';
  readonly id: string;
  readonly atMs: number;
  readonly marking: Marking;
  readonly value: JsonObject;
}

/** @returns what its recipient is sent: the notification, or word of its recall. Undefined for one that was never issued. */
export function toItem(entry: NotificationEntry, board: Pick<Board, 'distribution'>): StoredNotification | undefined {
  const by = firstDistribution(entry, board);
  if (by === undefined) return undefined;
  const { facts, deadlineAt } = entry.state;
  const status = statusOfNotification(entry.state);
  const value: JsonObject =
    facts.RECALLED !== undefined
      ? { kind: 'recall', id: entry.id, product: productOf(entry, by), status, recalledAt: time(facts.RECALLED) }
      : {
          kind: 'notification',
          id: entry.id,
          product: productOf(entry, by),
          status,
          precedence: by.precedence,
          from: by.sender,
          reason: by.reason,
          issuedAt: time(by.at),
          ...(deadlineAt === undefined ? {} : { deadlineAt: time(deadlineAt) }),
          isOverdue: facts.OVERDUE !== undefined,
        };
  return { kind: 'notification', id: entry.id, atMs: by.at, marking: entry.marking, value };
}

/** @returns what somebody else is told of it: that it is late or withheld, and whose it is. */
export function toNoticeItem(
  notice: Notice,
  about: NotificationEntry,
  board: Pick<Board, 'distribution'>,
): StoredNotification | undefined {
  const by = firstDistribution(about, board);
  if (by === undefined) return undefined;
  const { deadlineAt } = about.state;
  const value: JsonObject = {
    kind: 'escalation',
    id: about.id,
    notice: notice.kind,
    product: productOf(about, by),
    person: about.person,
    precedence: by.precedence,
    at: time(notice.at),
    ...(notice.kind === 'WITHHELD' || deadlineAt === undefined ? {} : { deadlineAt: time(deadlineAt) }),
  };
  return { kind: 'notification', id: about.id, atMs: notice.at, marking: about.marking, value };
}

/** @returns a row of the receipts as they stood at a moment; undefined where nothing had been issued by then. */
export function toReceiptItem(
  entry: NotificationEntry,
  board: Pick<Board, 'distribution'>,
  asOf: number,
): StoredNotification | undefined {
  const by = firstDistribution(entry, board);
  const state = notificationAsOf(entry.state, asOf);
  if (by === undefined || state.facts.ISSUED === undefined) return undefined;
  const receipts = Object.entries(entry.receipts).filter(([, { at }]) => at <= asOf);
  const value: JsonObject = {
    id: entry.id,
    product: productOf(entry, by),
    person: entry.person,
    status: statusOfNotification(state),
    isOverdue: state.facts.OVERDUE !== undefined,
    isEscalated: state.facts.ESCALATED !== undefined,
    isRecallOwed: isRecallOwed(state),
    precedence: by.precedence,
    from: by.sender,
    distributions: entry.distributions.filter((id) => (board.distribution(id)?.at ?? Infinity) <= asOf),
    ...(state.deadlineAt === undefined ? {} : { deadlineAt: time(state.deadlineAt) }),
    times: Object.fromEntries(Object.entries(state.facts).sort().map(([kind, at]): [string, Json] => [kind, time(at)])),
    receipts: receipts.map(([kind, { at, channel, leafIndex, contentHash, text }]): JsonObject => ({
      kind, at: time(at), channel,
      ...(leafIndex === null ? {} : { leafIndex }),
      ...(contentHash === null ? {} : { contentHash }),
      ...(text === null ? {} : { text }),
    })),
    told: entry.notices
      .filter(({ at }) => at <= asOf)
      .map(({ kind, to, at, toldAt }): JsonObject => ({
        kind, to, at: time(at), ...(toldAt === undefined || toldAt > asOf ? {} : { toldAt: time(toldAt) }),
      })),
  }; // prettier-ignore
  return { kind: 'notification', id: entry.id, atMs: state.facts.ISSUED, marking: entry.marking, value };
}

/** @returns the row of a person to whom a distribution sent nothing. */
export function toWithheldItem(
  entry: WithheldEntry,
  board: Pick<Board, 'distribution'>,
): StoredNotification | undefined {
  const by = board.distribution(entry.distribution);
  if (by === undefined) return undefined;
  const value: JsonObject = {
    product: productOf(entry, by),
    person: entry.person,
    status: 'WITHHELD',
    precedence: by.precedence,
    from: by.sender,
    distributions: [entry.distribution],
    times: { WITHHELD: time(entry.at) },
    receipts: [],
    told: [],
  };
  return { kind: 'notification', id: entry.id, atMs: entry.at, marking: entry.marking, value };
}

/** @returns what a distribution did, for who ordered it: nobody learns why something is withheld. */
export function toDistributionItem(
  by: Distribution,
  marking: Marking,
  notificationOf: (person: string) => { readonly id: string; readonly status: string },
): StoredNotification {
  const value: JsonObject = {
    id: by.id,
    product: productOf(by, by),
    precedence: by.precedence,
    from: by.sender,
    reason: by.reason,
    issuedAt: time(by.at),
    recipients: by.recipients.map(({ person, isWithheld, deadlineAt }): JsonObject =>
      isWithheld
        ? { person, status: 'WITHHELD' }
        : {
            person,
            status: notificationOf(person).status,
            notification: notificationOf(person).id,
            deadlineAt: time(deadlineAt),
          },
    ),
  };
  return { kind: 'notification', id: by.id, atMs: by.at, marking, value };
}

/** Several may have issued it: what is said is what the first one said. */
function firstDistribution(
  { distributions }: NotificationEntry,
  board: Pick<Board, 'distribution'>,
): Distribution | undefined {
  const all = distributions.flatMap((id) => board.distribution(id) ?? []);
  return all.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))[0];
}

function productOf(
  { productId, productVersion }: { readonly productId: string; readonly productVersion: number },
  { productKind }: Pick<Distribution, 'productKind'>,
): JsonObject {
  return { id: productId, version: productVersion, kind: productKind };
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}
