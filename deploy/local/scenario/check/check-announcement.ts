// Check 9: the public is told at the same instant where nobody who was told before says or opens anything.

import type { Codec } from '@sitebus/sdk';
import { ACTS } from '../acts/index.ts';
import type { Run } from './checks.ts';
import { D0_MS, playInMemory, type PlayedInMemory, type PlayParts } from './in-memory.ts';

const ANNOUNCED_AT = new Date(D0_MS - 4 * 86_400_000 + 12 * 3_600_000).toISOString();

/** When the public was told of case 3, in a play; null: never. */
export interface AnnouncementRecord {
  readonly announcedAt: string | null;
  /** Acts of recipients in that play, and acts that were not answered as they say. */
  readonly ofRecipients: number;
  readonly faults: readonly string[];
}

/** Of the play with people. */
export function recordAnnouncement({ parts, played }: Pick<Run, 'parts' | 'played'>): AnnouncementRecord {
  return {
    announcedAt: announcedAt(played, parts.codec),
    ofRecipients: played.done.filter(({ act }) => act.isOfRecipient === true).length,
    faults: played.done.flatMap(({ act, fault }) => (fault === undefined ? [] : [`${act.id} ${fault}`])),
  };
}

/** Of the same case, in a play in which nobody who is told does anything. */
export async function recordSilence(parts: PlayParts): Promise<AnnouncementRecord> {
  const views = ['public', 's-can', 'ts-can'];
  const acts = ACTS.filter(({ id, isOfRecipient }) => /^(writ|case3)\./.test(id) && isOfRecipient !== true);
  const played = await playInMemory({ ...parts, views, acts, keep: ({ row }) => row.startsWith('1.') });
  try {
    return recordAnnouncement({ parts, played });
  } finally {
    await played.stop();
  }
}

/** Check 9. What the play with people answered is check 8's. */
export function announcementFaults(heard: AnnouncementRecord, silent: AnnouncementRecord): readonly string[] {
  return [
    ...silent.faults,
    ...(heard.ofRecipients > 0 && silent.ofRecipients === 0 ? [] : ['the two plays do not differ in what recipients do']),
    ...(heard.announcedAt === ANNOUNCED_AT ? [] : [`announced at ${heard.announcedAt ?? 'no time'}, not ${ANNOUNCED_AT}`]),
    ...(silent.announcedAt === ANNOUNCED_AT ? [] : [`without their events announced at ${silent.announcedAt ?? 'no time'}`]),
  ];
} // prettier-ignore

/** When case 3 said that the public is told. */
function announcedAt({ bus }: Pick<PlayedInMemory, 'bus'>, codec: Codec): string | null {
  for (const { value } of bus.records('case.ts-can')) {
    const { value: event } = codec.decode(value!) as { readonly value: { readonly kind: string; readonly at: number } };
    if (event.kind === 'announced') return new Date(event.at).toISOString();
  }
  return null;
}
