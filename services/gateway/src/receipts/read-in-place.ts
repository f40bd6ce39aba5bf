// A product that its recipient reads where it stands, and not through their notification: it is opened all the same.
// Holds: the version that is shown and no other, for the one who was issued it; ATTEMPTED before the leaf, SENT and OPENED after
// the last byte; what is hidden, recalled or answered with less than its body opens nothing. Source: README.md#receipts

import { createHash } from 'node:crypto';
import type { Matter, ProtocolPort } from '@sitebus/kit';
import type { View } from '@sitebus/sdk';
import type { FastifyReply } from 'fastify';
import type { Opened } from '../release.ts';
import type { Subject } from '../subject.ts';
import { isDueTo } from './board.ts';
import type { NotificationEntry } from './board.ts';
import type { Receipts } from './receipts.ts';

/** The newest version of a product that a person was issued and has not opened. */
export interface Unopened {
  readonly entry: NotificationEntry;
  readonly version: number;
}

/**
 * To be asked before the product is read: what is read after it is at least that version.
 * @returns undefined where there is nothing to be opened, and protocol is not asked for nothing.
 */
export async function unopenedOf(
  { receipts, view }: { readonly receipts: Pick<Receipts, 'board'>; readonly view: View },
  productId: string,
  { person }: Pick<Subject, 'person'>,
  issues: ProtocolPort['issues'],
): Promise<Unopened | undefined> {
  const open = receipts.board.notificationsOf(person).filter((each) => each.productId === productId && mayBeOpened(each));
  if (open.length === 0) return undefined;
  const issued = (await issues(view.id)).filter(({ id, to, isRecalled }) => id === productId && !isRecalled && to.includes(person));
  const version = Math.max(...issued.map((issue) => issue.version));
  const entry = open.find(({ productVersion }) => productVersion === version);
  return entry && { entry, version };
} // prettier-ignore

/** The same of an assessment, whose versions the gateway itself knows: `version` is the one that is about to be shown. */
export function unopenedVersionOf(
  { board }: Pick<Receipts, 'board'>,
  productId: string,
  version: number,
  { person }: Pick<Subject, 'person'>,
): Unopened | undefined {
  const entry = board
    .notificationsOf(person)
    .find((each) => each.productId === productId && each.productVersion === version && mayBeOpened(each));
  return entry && { entry, version };
}

/** True where what was found is that version: a product that says its version says it of what it shows. */
export function isThatVersion({ version }: Unopened, { body }: Pick<Matter, 'body'>): boolean {
  return body['version'] === undefined || body['version'] === version;
}

/** To be called before its leaf: from here on it may have arrived. */
export async function beginOpening(receipts: Pick<Receipts, 'begin'>, { entry }: Unopened): Promise<void> {
  if (isDueTo(entry)) await receipts.begin(entry.id);
}

/** Has it opened once the last byte of the answer went, where that was the body. */
export function opensWithReply(
  receipts: Pick<Receipts, 'went'>,
  { entry: { id } }: Unopened,
  reply: FastifyReply,
  { opened: { body, leaf }, reader }: { readonly opened: Opened<unknown>; readonly reader: Subject },
): void {
  const contentHash = createHash('sha256').update(JSON.stringify(body), 'utf8').digest('hex'); // as in its leaf
  const how = { channel: 'http', leafIndex: leaf === undefined ? null : Number(leaf.index), contentHash } as const;
  reply.raw.once('finish', () => {
    if (reply.statusCode === 200) void receipts.went(id, ['SENT', 'OPENED'], reader, how); // 304: they have it already
  });
}

function mayBeOpened({ state: { facts } }: NotificationEntry): boolean {
  return [facts.OPENED, facts.WITHHELD, facts.RECALLED].every((at) => at === undefined);
}
