// Takes in one whole file: reads it, plans, checks, journals, writes, and answers for every item in file order.
// Holds: accepted + refused + skipped = items; nothing is called accepted before acks=all; the journal is on disk before
// the bus is written, so that a crash repeats the same bytes; refused bytes are kept. Source: README.md#accounting

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  isRefusal,
  type BatchSummary,
  type Clock,
  type Fault,
  type ImportMapping,
  type ItemAnswer,
  type Log,
  type Policy,
} from '@sitebus/sdk';
import type { Journal, JournalNote } from './journal.ts';
import { findMapping } from './mapping.ts';
import {
  planDrafts,
  planLeftovers,
  planPending,
  planWithdrawal,
  type DraftPlan,
  type PlannedRecord,
  type PlanParts,
} from './plan.ts';
import { cellsOfAgency, type CheckedObservation, type PublishPort } from './publish-port.ts';
import type { FormatReader, ImportDraft, ItemFate, ItemPlace, Reading, ReadingContext } from './reading.ts';
import { createTally, type NotCarriedReason } from './tally.ts';

/** What an import needs of its agency's service. */
export interface ImportParts {
  readonly agency: string;
  readonly namespace: string;
  readonly policy: Policy;
  readonly readers: readonly FormatReader[];
  readonly signerKey: Buffer;
  readonly journal: Journal;
  readonly publisher: PublishPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** An item’s answer, or, last, the summary that adds up. */
export type ImportAnswer = ItemAnswer | { readonly summary: BatchSummary };

/** Largest file taken in, as for bulk requests over HTTP. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024; // README.md#limits
const MAX_IN_FLIGHT = 500;

/**
 * Takes in one file. Rejects with UNREACHABLE, NOT_DURABLE or TIMEOUT (retriable) when the bus does not answer: what was
 * written by then is known at the next try, and nothing doubles.
 */
export async function importFile(
  format: string,
  source: string,
  content: Buffer,
  parts: ImportParts,
): Promise<readonly ImportAnswer[]> {
  const answers = await takeReading(readFile(format, source, content, parts), parts);
  // A format that this agency does not read may hold what must not be kept, and there is nobody here to say what.
  if (parts.readers.some((reader) => reader.format === format))
    await keepRefused(format, source, fileToKeep(format, source, content, parts), answers, parts);
  return [...answers, { summary: summaryOf(answers) }];
}

/** Plans, checks, journals and writes what was read, and answers for every item of it. Rejects as `importFile` does. */
export async function takeReading(reading: Reading, parts: ImportParts): Promise<readonly ItemAnswer[]> {
  const planParts: PlanParts = { ...parts, nowMs: parts.clock.now() };
  const drafts = draftsIn(reading);
  const plans = planDrafts(drafts, planParts);
  const withdrawals = new Map(
    reading.fates.flatMap((fate) =>
      fate.status === 'withdrawn' ? [[fate, planWithdrawal(fate.withdrawal, planParts)]] : [],
    ),
  );
  const outcomes = await writeAll(
    recordsOf(plans, [...withdrawals.values()].flat(), [
      ...planLeftovers(drafts, plans, planParts),
      ...planPending(planParts),
    ]),
    { ofRecord: notesByRecord(plans), ofFile: [...(reading.notes ?? []), ...notesOfKnown(plans)] },
    parts,
  );
  return reading.fates.map((fate) => answerFor(fate, plans, withdrawals, outcomes));
}

/** Notes of the drafts that make a record, by the record's id. */
function notesByRecord(plans: ReadonlyMap<ImportDraft, DraftPlan>): ReadonlyMap<string, readonly JournalNote[]> {
  return new Map(
    [...plans].flatMap(([{ notes = [] }, plan]) =>
      plan.kind === 'write' && notes.length > 0 ? [[plan.record.entry.id, notes] as const] : [],
    ),
  );
}

/** What was known before is remembered all the same: its first import may be older than the note. */
function notesOfKnown(plans: ReadonlyMap<ImportDraft, DraftPlan>): readonly JournalNote[] {
  return [...plans].flatMap(([{ notes = [] }, plan]) => (plan.kind === 'known' ? notes : []));
}

/** The file as it may be kept: its reader says what of it must not be. */
export function fileToKeep(
  format: string,
  source: string,
  content: Buffer,
  { agency, policy, readers }: Pick<ImportParts, 'agency' | 'policy' | 'readers'>,
): Buffer {
  const reader = readers.find((each) => each.format === format);
  return reader?.toKeep?.(content, findMapping(policy, agency, source) ?? {}) ?? content;
}

/** Counts what became of the items. */
export function summaryOf(answers: readonly ItemAnswer[]): BatchSummary {
  const count = (status: ItemAnswer['status']): number => answers.filter((answer) => answer.status === status).length;
  return { items: answers.length, accepted: count('accepted'), refused: count('refused'), skipped: count('skipped') };
}

function readFile(format: string, source: string, content: Buffer, parts: ImportParts): Reading {
  const refuse = (why: NotCarriedReason): Reading => {
    const tally = createTally();
    tally.item('').refuse(why);
    return tally.reading();
  };
  const { agency, policy } = parts;
  const reader = parts.readers.find((each) => each.format === format);
  if (reader === undefined)
    return refuse({
      code: 'FORMAT_UNKNOWN',
      reason: 'this agency reads no such format',
      fix: `send one of ${parts.readers.map((each) => each.format).join(', ')}`,
    });
  if (content.length > MAX_FILE_BYTES)
    return refuse({ code: 'TOO_LARGE', reason: `the file is larger than ${MAX_FILE_BYTES} bytes`, fix: 'divide it' });
  const mapping = findMapping(policy, agency, source);
  if (mapping === undefined)
    return refuse({
      code: 'MAPPING_REQUIRED',
      reason: 'policy has no mapping for this source',
      fix: 'name a known source, or have a mapping for it signed',
    });
  return reader.read(content, readingContext({ format, source, mapping }, parts));
}

/** What a reader of one source may know. */
export function readingContext(
  from: { readonly format: string; readonly source: string; readonly mapping: ImportMapping },
  { agency, policy, journal, clock }: Pick<ImportParts, 'agency' | 'policy' | 'journal' | 'clock'>,
): ReadingContext {
  return {
    ...from,
    agency,
    policy,
    nowMs: clock.now(),
    isListed: (account) => journal.latestOf('accounts', account, '1') !== undefined,
    notesOf: (kind) => journal.notesOf(kind),
  };
}

function draftsIn({ fates }: Reading): readonly ImportDraft[] {
  return [...new Set(fates.flatMap((fate) => (fate.status === 'carried' ? fate.drafts : [])))];
}

/** Recalls come after what replaces them, so that no view shows neither. */
function recordsOf(
  plans: ReadonlyMap<ImportDraft, DraftPlan>,
  withdrawn: readonly PlannedRecord[],
  leftovers: readonly PlannedRecord[],
): readonly PlannedRecord[] {
  const writes = [...new Set(plans.values())].filter((plan) => plan.kind === 'write');
  const all = [
    ...writes.map(({ record }) => record),
    ...writes.flatMap(({ recalls }) => recalls),
    ...withdrawn,
    ...leftovers,
  ];
  return [...new Map(all.map((record) => [record.entry.id, record])).values()];
}

type Outcome = { readonly cell: string } | NotCarriedReason;

/** Checks, journals and writes; an outcome for every record, by id. */
async function writeAll(
  records: readonly PlannedRecord[],
  notes: { readonly ofRecord: ReadonlyMap<string, readonly JournalNote[]>; readonly ofFile: readonly JournalNote[] },
  { publisher, journal }: ImportParts,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const checked: { readonly id: string; readonly entry: PlannedRecord['entry']; readonly ready: CheckedObservation }[] =
    [];
  for (const { observation, entry } of records) {
    const ready = publisher.check(observation);
    if ('faults' in ready) outcomes.set(entry.id, fromFault(ready.faults));
    else checked.push({ id: entry.id, entry, ready });
  }
  await journal.begin(
    checked.map(({ entry }) => entry).filter(({ id }) => journal.entryOf(id) === undefined),
    [...notes.ofFile, ...checked.flatMap(({ id }) => notes.ofRecord.get(id) ?? [])],
  );
  for (let index = 0; index < checked.length; index += MAX_IN_FLIGHT) {
    const written = await Promise.all(
      checked
        .slice(index, index + MAX_IN_FLIGHT)
        .map(async ({ id, ready }) => ({ id, outcome: await writeOne(ready, publisher) })),
    );
    await journal.accept(written.flatMap(({ id, outcome }) => ('cell' in outcome ? id : [])));
    for (const { id, outcome } of written) outcomes.set(id, outcome);
  }
  return outcomes;
}

/** What the bus will never take is the item's fault; that the bus is away is nobody's, and ends the import. */
async function writeOne(ready: CheckedObservation, publisher: PublishPort): Promise<Outcome> {
  try {
    await publisher.publish(ready);
    return { cell: ready.cell };
  } catch (cause) {
    if (!isRefusal(cause) || cause.retriable) throw cause;
    return {
      code: cause.code,
      reason: 'the bus refused the record',
      fix: cause.code === 'TOO_LARGE' ? 'divide the report' : 'ask an operator for the rights of this agency',
    };
  }
}

function fromFault(faults: readonly Fault[]): NotCarriedReason {
  const [first] = faults;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
  return {
    code: first?.code ?? 'INVALID_OBSERVATION',
    reason: `${first?.pointer ?? ''} ${first?.detail ?? 'is not valid'}${more}`.trim(),
    fix: first?.hint ?? 'correct it at its source',
  };
}

function answerFor(
  fate: ItemFate,
  plans: ReadonlyMap<ImportDraft, DraftPlan>,
  withdrawals: ReadonlyMap<ItemFate, readonly PlannedRecord[]>,
  outcomes: ReadonlyMap<string, Outcome>,
): ItemAnswer {
  switch (fate.status) {
    case 'carried':
      return carriedAnswer(
        fate,
        fate.drafts.map((draft) => draftOutcome(plans.get(draft), outcomes)),
        fate.warnings,
      );
    case 'withdrawn': {
      const recalls = withdrawals.get(fate) ?? [];
      if (recalls.length === 0)
        return notAccepted(fate, 'skipped', {
          code: 'NOTHING_TO_RECALL',
          reason: 'nothing of it was taken in',
          fix: 'nothing',
        });
      return carriedAnswer(
        fate,
        recalls.map(({ entry }) => written(entry.id, outcomes)),
        [],
      );
    }
    default:
      return fate;
  }
}

type Taken = { readonly id: string; readonly cell: string; readonly known: boolean };
type DraftOutcome = Taken | { readonly status: 'refused' | 'skipped'; readonly why: NotCarriedReason };

function draftOutcome(plan: DraftPlan | undefined, outcomes: ReadonlyMap<string, Outcome>): DraftOutcome {
  if (plan === undefined) throw new Error('a draft was not planned');
  if (plan.kind === 'known') return { ...plan, known: true };
  return plan.kind === 'not' ? plan : written(plan.record.entry.id, outcomes);
}

function written(id: string, outcomes: ReadonlyMap<string, Outcome>): DraftOutcome {
  const outcome = outcomes.get(id);
  if (outcome === undefined) throw new Error('a record has no outcome');
  return 'cell' in outcome ? { id, cell: outcome.cell, known: false } : { status: 'refused', why: outcome };
}

/** An item is accepted when an observation carries it; a part that was refused beside it is a warning. */
function carriedAnswer(place: ItemPlace, all: readonly DraftOutcome[], warnings: readonly string[]): ItemAnswer {
  const taken = all.flatMap((each) => ('id' in each ? each : []));
  const refused = all.flatMap((each) => ('id' in each ? [] : each));
  const [first] = taken;
  if (first === undefined) {
    const [why] = refused;
    if (why === undefined) throw new Error('an item is carried by nothing');
    return notAccepted(place, why.status, why.why);
  }
  const said = [...warnings, ...refused.map(({ why }) => `one of its observations was not accepted: ${why.code}`)];
  return {
    line: place.line,
    pointer: place.pointer,
    status: 'accepted',
    id: first.id,
    cell: first.cell,
    ...(taken.every(({ known }) => known) && { known: true }),
    ...(said.length > 0 && { warnings: said }),
  };
}

function notAccepted({ line, pointer }: ItemPlace, status: 'refused' | 'skipped', why: NotCarriedReason): ItemAnswer {
  return { line, pointer, status, ...why };
}

/** Codes of an item that no cell of this agency may hold: kept in the highest, its file would be written down. */
const MARKED_ABOVE = ['NO_CELL', 'NOT_ALLOWED'];

/** Keeps the file when something in it was refused that a redrive could mend; a private person's data is no such thing. */
async function keepRefused(
  format: string,
  source: string,
  content: Buffer,
  answers: readonly ItemAnswer[],
  parts: ImportParts,
): Promise<void> {
  const codes = new Set(
    answers.flatMap((answer) => (answer.status === 'refused' && answer.code !== 'PERSONAL_DATA' ? answer.code : [])),
  );
  const cell = cellsOfAgency(parts.policy, parts.agency).at(-1);
  if (codes.size === 0 || cell === undefined) return;
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (MARKED_ABOVE.some((code) => codes.has(code))) {
    parts.log.warn({ agency: parts.agency, sha256 }, 'refused bytes may lie nowhere'); // an item is above all our cells
    return;
  }
  const headers = { 'content-encoding': 'gzip', format, source, codes: [...codes].sort().join(' '), sha256 };
  try {
    await parts.publisher.keepRefused(cell, { key: sha256, value: gzipSync(content), headers });
  } catch (cause) {
    if (!isRefusal(cause) || cause.retriable) throw cause;
    parts.log.warn({ agency: parts.agency, cell, code: cause.code, sha256 }, 'refused bytes could not be kept');
  }
}
