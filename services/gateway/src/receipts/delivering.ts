// One item on its way to a person: judged, claimed, released, sent, and what is written once it went.
// Holds: ATTEMPTED before the leaf, the leaf before the bytes, SENT after them; what was recalled in between goes out as its
// recall. Source: README.md#receipts

import { isWithheld } from '../release.ts';
import type { Judged, Monitor } from '../release.ts';
import type { Subject } from '../subject.ts';
import { isDueTo, isRecallOwedTo } from './board.ts';
import type { NoticeKind, NotificationEntry } from './board.ts';
import { toItem, toNoticeItem } from './items.ts';
import type { StoredNotification } from './items.ts';
import type { Delivery } from './new-facts.ts';
import type { Receipts } from './receipts.ts';

/** Something that may go to a person, and where it stands. */
export interface Sendable {
  /** Of the item: a notification, its recall, or word of another's; the same until it went. */
  readonly key: string;
  readonly record: StoredNotification;
  /** True for what has not gone to them yet. */
  readonly isNew: boolean;
  /** Claims it before its leaf. @returns what goes out instead where it changed meanwhile; undefined for nothing. */
  begin(): Promise<StoredNotification | undefined>;
  /** To be called once its last byte went. Resolves when that is on the bus. */
  went(how: Delivery): Promise<void>;
}

/** @returns everything there is for the person, the newest first; not yet judged. */
export function sendablesOf(receipts: Receipts, reader: Subject): readonly Sendable[] {
  const { board } = receipts;
  const own = board.notificationsOf(reader.person).flatMap((entry) => ownItem(receipts, reader, entry));
  const notices = board.noticesTo(reader.person).flatMap(({ notice, about }) => {
    const record = toNoticeItem(notice, about, board);
    return record === undefined ? [] : [noticeItem(receipts, reader, record, about.id, notice)];
  });
  return [...own, ...notices].sort((a, b) => b.record.atMs - a.record.atMs || (a.key < b.key ? -1 : 1));
}

/** @returns the item as this reader may see it now. */
export function judgedItem(monitor: Monitor, record: StoredNotification, reader: Subject): Judged | undefined {
  const judged = monitor.judge(record, reader);
  return isWithheld(judged) ? undefined : judged;
}

function ownItem(receipts: Receipts, reader: Subject, entry: NotificationEntry): Sendable[] {
  const { board } = receipts;
  const { facts } = entry.state;
  const record = toItem(entry, board);
  const isTheirs = facts.SENT !== undefined || facts.ATTEMPTED !== undefined;
  const isWithheldNow = facts.WITHHELD !== undefined && !isTheirs;
  // What was recalled before it went, and what is withheld, was never theirs.
  if (record === undefined || isWithheldNow || (facts.RECALLED !== undefined && !isTheirs)) return [];
  const again = (): StoredNotification | undefined => {
    const now = board.notification(entry.id);
    return now === undefined || now.state.facts.WITHHELD !== undefined ? undefined : toItem(now, board);
  };
  if (facts.RECALLED === undefined)
    return [
      {
        key: `notification ${entry.id}`,
        record,
        isNew: isDueTo(entry),
        begin: async () => (isDueTo(entry) ? (await receipts.begin(entry.id), again()) : again()),
        went: (how) => receipts.went(entry.id, ['SENT'], reader, how),
      },
    ];
  return [
    {
      key: `recall ${entry.id}`,
      record,
      isNew: isRecallOwedTo(entry),
      begin: async () => again(),
      went: (how) => receipts.went(entry.id, ['RECALL_SENT'], reader, how),
    },
  ];
}

function noticeItem(
  receipts: Receipts,
  reader: Subject,
  record: StoredNotification,
  id: string,
  notice: { readonly kind: NoticeKind; readonly toldAt?: number },
): Sendable {
  return {
    key: `${notice.kind} ${id}`,
    record,
    isNew: notice.toldAt === undefined,
    begin: async () => record,
    went: ({ leafIndex }) => receipts.told(id, notice.kind, reader.person, leafIndex),
  };
}
