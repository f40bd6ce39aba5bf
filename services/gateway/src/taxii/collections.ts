// Which collections a reader has: one to read a view they may enter, and one to write where they may publish.
// Holds: pure; a view that may not be entered, one that is not served here and one that does not exist are the same
// nothing. Source: TAXII 2.1 §5.1; README.md#taxii

import { clearanceDominates } from '@sitebus/marking';
import type { View } from '@sitebus/sdk';
import type { Subject } from '../subject.ts';
import { STIX_TYPE } from './media.ts';

/** Where objects are posted: it can be written and not read, and is the same for every agency. */
export const INBOX = '016cae35-b4ea-4537-ae4a-0364ddb3cf56';

/** A collection as its resource. */
export interface CollectionResource {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly alias: string;
  readonly can_read: boolean;
  readonly can_write: boolean;
  readonly media_types: readonly string[];
}

/** @returns the collections of the views served at this origin that the reader may enter, then the inbox. */
export function collectionsOf(
  { held, agency }: Pick<Subject, 'held' | 'agency'>,
  views: readonly View[],
  mayPublish: boolean,
): readonly CollectionResource[] {
  const readable = views
    .filter(({ collection, clearance }) => collection !== undefined && clearanceDominates(held, clearance))
    .map(({ id, name, collection = '' }) => ({
      id: collection,
      title: name.en,
      description: `${name.en} / ${name.fr}: what the reader's clearance of the moment dominates.`,
      alias: id,
      can_read: true,
      can_write: false,
      media_types: [STIX_TYPE],
    }));
  if (agency === undefined || !mayPublish) return readable;
  const inbox = {
    id: INBOX,
    title: 'Inbox',
    description: 'Marked objects posted here become observations of the poster’s agency.',
    alias: 'inbox',
    can_read: false,
    can_write: true,
    media_types: [STIX_TYPE],
  };
  return [...readable, inbox];
}

/** @returns the view whose collection a URL names; undefined for every other URL. */
export function viewOfCollection<V extends Pick<View, 'collection'>>(url: string, views: readonly V[]): V | undefined {
  const id = /^\/taxii2\/sitebus\/collections\/([0-9a-f-]{36})(?:[/?]|$)/.exec(url)?.[1];
  return id === undefined ? undefined : views.find(({ collection }) => collection === id);
}
