// What a row or object says about its own marking: `marking` in text form, `tlp`, `groups`.
// Holds: what cannot be read refuses the item; groups narrow and never widen. Source: README.md#how-an-import-is-marked

import { createMarking, isImportRefusal, readImportedMarking, type Marking } from '@sitebus/marking';
import { decideMarking, isMarkingRefused, type MarkingRefused, type StatedMarking } from './marking-decision.ts';
import type { ReadingContext } from './reading.ts';
import { toTlp } from './tlp.ts';

export interface WrittenMarking {
  readonly marking?: string | undefined;
  readonly tlp?: string | undefined;
  /** Need-to-know: one of these groups. Empty demands nothing. */
  readonly groups: readonly string[];
}

/** Decides the marking of one item from what is written in it and from policy. */
export function decideWritten(written: WrittenMarking, context: ReadingContext): Marking | MarkingRefused {
  const decided = decideMarking(statedOf(written, context), context, context.policy, context.nowMs);
  if (isMarkingRefused(decided) || written.groups.length === 0) return decided;
  return createMarking({ ...decided, needToKnow: [...decided.needToKnow, written.groups] });
}

function statedOf(written: WrittenMarking, context: ReadingContext): StatedMarking {
  const full = written.marking === undefined ? undefined : readFull(written.marking, context);
  if (full !== undefined && 'unreadable' in full) return full;
  const tlp = written.tlp === undefined ? undefined : toTlp(written.tlp);
  if (written.tlp !== undefined && tlp === undefined) return { unreadable: 'the TLP colour is none of TLP 2.0' };
  return { ...full, ...(tlp !== undefined && { tlp }) };
}

function readFull(text: string, { policy }: ReadingContext): StatedMarking {
  const { homeNation, nationGroups } = policy;
  const read = readImportedMarking(text, { owner: homeNation, homeNation, nationGroups });
  return isImportRefusal(read) ? { unreadable: read.reason } : { full: read };
}
