// The facts of one notification as they are written: what its person did, and what happened beside.
// Holds: pure; a fact names product, version, person and the marking under which its notification lies.

import { toWire } from '@sitebus/sdk';
import type { NotificationEventKind, ReceiptKind } from '@sitebus/sdk';
import type { Subject } from '../subject.ts';
import type { NotificationEntry } from './board.ts';
import type { Fact } from './facts.ts';

/** How something went to a person. */
export interface Delivery {
  readonly channel: 'http' | 'stream';
  readonly leafIndex: number | null;
  readonly contentHash?: string;
}

/** @returns what the person of the entry was sent, did or said. */
export function receiptFact(
  { productId, productVersion, person, marking }: NotificationEntry,
  kind: ReceiptKind,
  reader: Pick<Subject, 'agency' | 'party' | 'epoch'>,
  { at, how, text }: { readonly at: number; readonly how: Delivery; readonly text?: string },
): Fact {
  return {
    type: 'Receipt',
    value: {
      productId, productVersion, person, kind, at, marking: toWire(marking),
      onBehalfOf: reader.agency ?? reader.party ?? null,
      epoch: reader.epoch,
      channel: how.channel,
      leafIndex: how.leafIndex,
      contentHash: how.contentHash ?? null,
      text: text ?? null,
    },
  };
} // prettier-ignore

/** @returns what happened to the entry that is no receipt. */
export function eventFact(
  { productId, productVersion, person, marking }: NotificationEntry,
  kind: NotificationEventKind,
  { at, told = [], leafIndex = null }: { readonly at: number; readonly told?: readonly string[]; readonly leafIndex?: number | null },
): Fact {
  const value = { productId, productVersion, person, kind, at, told, leafIndex, marking: toWire(marking) };
  return { type: 'NotificationEvent', value };
} // prettier-ignore
