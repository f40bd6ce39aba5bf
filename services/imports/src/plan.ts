// Decides, draft by draft, what an import writes: a new observation, one that supersedes, a recall, or nothing new.
// Holds: pure but for what it asks the journal; the same file twice yields nothing new; only a newer native revision
// supersedes, and only under the same marking; otherwise the older is recalled. Source: README.md#revisions

import { createHash } from 'node:crypto';
import { cellOf, isSameMarking } from '@sitebus/marking';
import { fromWire, toWire, type Policy } from '@sitebus/sdk';
import { deriveId, deriveRecallId } from './ids.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { finish, type FinishedObservation } from './observation.ts';
import type { ImportDraft, Withdrawal } from './reading.ts';
import type { NotCarriedReason } from './tally.ts';
import { sortedJson } from './untrusted.ts';

/** A record to write, with the journal's entry to begin before it. */
export interface PlannedRecord {
  readonly observation: FinishedObservation;
  readonly entry: JournalEntry;
}

export type DraftPlan =
  | { readonly kind: 'write'; readonly record: PlannedRecord; readonly recalls: readonly PlannedRecord[] }
  | { readonly kind: 'known'; readonly id: string; readonly cell: string }
  | { readonly kind: 'not'; readonly status: 'refused' | 'skipped'; readonly why: NotCarriedReason };

export interface PlanParts {
  readonly agency: string;
  readonly namespace: string;
  readonly policy: Policy;
  readonly signerKey: Buffer;
  readonly journal: Journal;
  readonly nowMs: number;
}

/** Plans one file's drafts; equal drafts of one id are one plan, and another content under it is refused. */
export function planDrafts(drafts: readonly ImportDraft[], parts: PlanParts): ReadonlyMap<ImportDraft, DraftPlan> {
  const byId = new Map<string, { readonly draft: ImportDraft; readonly plan: DraftPlan }>();
  const inFile = new Map<string, JournalEntry>();
  const plans = new Map<ImportDraft, DraftPlan>();
  for (const draft of drafts) {
    const id = deriveId(parts.namespace, draft.native);
    const before = byId.get(id);
    if (before !== undefined) {
      const isSame = contentHashOf(before.draft) === contentHashOf(draft);
      plans.set(draft, isSame ? before.plan : { kind: 'not', status: 'refused', why: sameRevision });
      continue;
    }
    const plan = planDraft(id, draft, inFile, parts);
    byId.set(id, { draft, plan });
    if (plan.kind === 'write') inFile.set(partName(draft.native), plan.record.entry);
    plans.set(draft, plan);
  }
  return plans;
}

/** Recalls for the parts of a thing that its newest revision no longer has. */
export function planLeftovers(
  drafts: readonly ImportDraft[],
  plans: ReadonlyMap<ImportDraft, DraftPlan>,
  parts: PlanParts,
): readonly PlannedRecord[] {
  const written = drafts.filter((draft) => plans.get(draft)?.kind === 'write');
  const things = new Map(written.map(({ native }) => [`${native.format}\u001f${native.nativeId}`, native]));
  const present = new Set(drafts.map(({ native }) => partName(native)));
  return [...things.values()].flatMap(({ format, nativeId }) =>
    parts.journal
      .liveOf(format, nativeId)
      .filter((entry) => !present.has(partName(entry)))
      .map((entry) => planRecall(entry, 'absent from the newer revision', parts)),
  );
}

/** Recalls for everything that was made from what is withdrawn and still stands; empty when nothing was. */
export function planWithdrawal(withdrawal: Withdrawal, parts: PlanParts): readonly PlannedRecord[] {
  return madeFrom(withdrawal, parts.journal).map((entry) => planRecall(entry, withdrawal.reason, parts, withdrawal));
}

/** What an earlier import was about to recall when it was interrupted: the same bytes again. */
export function planPending(parts: PlanParts): readonly PlannedRecord[] {
  return parts.journal.pendingRecalls().flatMap(({ recalls }) => {
    const target = recalls === null ? undefined : parts.journal.entryOf(recalls);
    return target === undefined ? [] : planRecall(target, 'withdrawn', parts);
  });
}

function madeFrom(withdrawal: Withdrawal, journal: Journal): readonly JournalEntry[] {
  if (!('recordId' in withdrawal)) return journal.liveOf(withdrawal.format, withdrawal.nativeId);
  const entry = journal.entryOf(withdrawal.recordId);
  return entry === undefined ? [] : journal.liveOf(entry.format, entry.nativeId).filter(({ id }) => id === entry.id);
}

function planDraft(
  id: string,
  draft: ImportDraft,
  inFile: ReadonlyMap<string, JournalEntry>,
  parts: PlanParts,
): DraftPlan {
  const contentHash = contentHashOf(draft);
  const begun = parts.journal.entryOf(id);
  if (begun !== undefined && begun.contentHash !== contentHash)
    return { kind: 'not', status: 'refused', why: sameRevision };
  if (begun !== undefined && parts.journal.isAccepted(id)) return { kind: 'known', id, cell: begun.cell };
  if (begun !== undefined) return writePlan(draft, begun, [], parts); // a crash came between: the same bytes again
  const prior =
    inFile.get(partName(draft.native)) ??
    parts.journal.latestOf(draft.native.format, draft.native.nativeId, draft.native.part);
  if (prior !== undefined && isOlder(draft, prior)) return { kind: 'not', status: 'skipped', why: olderRevision };
  const superseding = prior !== undefined && isSameMarking(fromWire(prior.marking), draft.marking);
  const entry: JournalEntry = {
    id,
    format: draft.native.format,
    nativeId: draft.native.nativeId,
    part: draft.native.part,
    revision: draft.native.revision,
    revisedAtMs: draft.native.revisedAtMs ?? null,
    contentHash,
    cell: cellOf(draft.marking, parts.policy.cells)?.id ?? '', // blank only for what the checks refuse
    marking: toWire(draft.marking),
    recordedAtMs: parts.nowMs,
    observedAtMs: draft.observedAtMs ?? parts.nowMs,
    supersedes: superseding ? prior.id : null,
    recalls: null,
  };
  return writePlan(
    draft,
    entry,
    prior !== undefined && !superseding ? [planRecall(prior, 'replaced under another marking', parts)] : [],
    parts,
  );
}

function writePlan(
  draft: ImportDraft,
  entry: JournalEntry,
  recalls: readonly PlannedRecord[],
  parts: PlanParts,
): DraftPlan {
  const observation = finish(
    draft.type,
    draft.fields,
    {
      ...draft,
      ...entry,
      agency: parts.agency,
      marking: draft.marking,
      supersedes: entry.supersedes ?? undefined,
      recalls: undefined,
    },
    parts.signerKey,
  );
  return { kind: 'write', record: { observation, entry }, recalls };
}

/** A recall carries its target's marking: it lies in the target's cell. */
function planRecall(
  target: JournalEntry,
  reason: string,
  parts: PlanParts,
  { replacement, observedAtMs }: Pick<Withdrawal, 'replacement' | 'observedAtMs'> = {},
): PlannedRecord {
  const id = deriveRecallId(parts.namespace, target.id);
  const marking = fromWire(target.marking);
  const begun = parts.journal.entryOf(id);
  const entry: JournalEntry = begun ?? {
    ...target,
    id,
    contentHash: createHash('sha256').update(reason).digest('hex'),
    recordedAtMs: parts.nowMs,
    observedAtMs: Math.min(observedAtMs ?? parts.nowMs, parts.nowMs),
    supersedes: null,
    recalls: target.id,
    recall: { reason, replacement: replacement ?? null },
  };
  const envelope = {
    id,
    agency: parts.agency,
    observedAtMs: entry.observedAtMs,
    recordedAtMs: entry.recordedAtMs,
    marking,
    sourceGrade: 'F',
    infoGrade: 6,
    recalls: target.id,
  } as const;
  return {
    entry,
    observation: finish(
      'Recall',
      entry.recall ?? { reason, replacement: replacement ?? null },
      envelope,
      parts.signerKey,
    ),
  };
}

/** Everything a reader decides, and nothing the service gives. */
function contentHashOf({
  type,
  fields,
  marking,
  observedAtMs,
  sourceGrade,
  infoGrade,
  origin,
  derivedFrom,
}: ImportDraft): string {
  return createHash('sha256')
    .update(
      sortedJson([
        type,
        fields,
        marking,
        observedAtMs ?? null,
        sourceGrade,
        infoGrade,
        origin ?? null,
        derivedFrom ?? [],
      ]),
    )
    .digest('hex');
}

function isOlder(draft: ImportDraft, prior: JournalEntry): boolean {
  const revisedAtMs = draft.native.revisedAtMs;
  return revisedAtMs !== undefined && prior.revisedAtMs !== null && revisedAtMs < prior.revisedAtMs;
}

function partName({
  format,
  nativeId,
  part,
}: {
  readonly format: string;
  readonly nativeId: string;
  readonly part: string;
}): string {
  return [format, nativeId, part].join('\u001f');
}

const sameRevision = {
  code: 'SAME_REVISION_OTHER_CONTENT',
  reason: 'this revision was taken in before with other content',
  fix: 'raise the revision at its source, then send it again',
};
const olderRevision = { code: 'OLDER_REVISION', reason: 'a newer revision was taken in before', fix: 'nothing' };
