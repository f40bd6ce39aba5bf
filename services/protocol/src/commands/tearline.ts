// Commands on a tearline: what is verified before the machine decides, and what is handed down after.
// Holds: an approval is on the draft as it stands and signed by its person's own key; on the day of publication the source
// is there, and everyone who approved may still do so. Source: README.md#tearline

import { randomBytes, randomUUID } from 'node:crypto';
import type { TearlineDraftArgs } from '@sitebus/kit';
import { featuresOf, fromWire, type HandedDown, type TearlineDraft } from '@sitebus/sdk';
import type { Asker } from '../asker.ts';
import { draftOf } from '../drafting.ts';
import { commandRefused, type RefusedCode } from '../errors.ts';
import { approvalText, signerFault } from '../grant.ts';
import { isRefused } from '../machine.ts';
import type { ReadRecord } from '../record-index.ts';
import { recallOf, tearlineRecords } from '../released-records.ts';
import { awaitedFor, decideTearline, NO_TEARLINE, type Tearline, type TearlineCommand } from '../tearline.ts';
import { GUARD, noInstant, type CommandParts } from './command-parts.ts';

/** Asks for one. `args`: as its schema has them. */
export async function requestTearline(
  { writer }: CommandParts,
  asker: Asker,
  { cited }: ReadRecord,
  args: unknown,
): Promise<void> {
  const { for: wanted, by } = args as { readonly for: string; readonly by?: string };
  const wantedBy = by === undefined ? null : Date.parse(by);
  if (Number.isNaN(wantedBy)) return asker.refuse('INVALID_DRAFT', [], noInstant('/by'));
  const decision = decideTearline(NO_TEARLINE, { kind: 'request', source: cited, for: wanted, wantedBy }, asker.asking);
  return writer.carryOut('tearline', asker, decision, cited.marking);
}

/** Gives one command. `args`: as its schema has them. */
export async function commandTearline(parts: CommandParts, asker: Asker, name: string, args: unknown): Promise<void> {
  const tearline = parts.writer.stateOf('tearline', asker.id);
  switch (name) {
    case 'draft':
      return draft(parts, asker, tearline, args as TearlineDraftArgs);
    case 'approve':
      return approve(parts, asker, tearline, (args as { readonly signature: string }).signature);
    case 'publish':
      return publish(parts, asker, tearline);
    case 'withdraw':
      return withdraw(parts, asker, tearline, (args as { readonly reason: string }).reason);
    default: {
      const command = { ...(args as object), kind: name } as TearlineCommand; // as its schema says
      return parts.writer.carryOut('tearline', asker, decideTearline(tearline, command, asker.asking));
    }
  }
}

/** Hands down what is in hand, once more where it broke off; rejects where it cannot be, or was refused. */
export async function finishTearline({ writer, handDown, clock }: CommandParts, id: string): Promise<void> {
  const { source, draft: approved, inHand } = writer.stateOf('tearline', id);
  if (source === undefined || approved === undefined || inHand === undefined) return;
  const { lower, link } = tearlineRecords(approved, source, inHand, clock.now());
  const handed = await handDown(source.agency, [link, lower]);
  const outcome: TearlineCommand =
    'refused' in handed ? { kind: 'give-up', reason: handed.refused } : { kind: 'confirm' };
  await writer.ofGuard('tearline', id, decideTearline(writer.stateOf('tearline', id), outcome, GUARD));
  if ('refused' in handed) throw commandRefused({ code: 'AGENCY_REFUSED', possible: [], faults: [] });
}

async function draft(
  { writer, index, policy, codec, clock }: CommandParts,
  asker: Asker,
  tearline: Tearline,
  args: TearlineDraftArgs,
): Promise<void> {
  const decide = (given: TearlineDraft) => decideTearline(tearline, { kind: 'draft', draft: given }, asker.asking);
  const trial = decide(NO_DRAFT);
  if (isRefused(trial)) return writer.carryOut('tearline', asker, trial);
  const source = await index.readAgain(tearline.source!);
  if (source === undefined) return asker.refuse('SOURCE_GONE');
  const { features } = featuresOf(codec, source);
  const made = draftOf(args, { source: tearline.source!, features, policy, now: clock.now() });
  if ('faults' in made) return asker.refuse(made.code, [], made.faults);
  return writer.carryOut('tearline', asker, decide(made));
}

async function approve({ writer }: CommandParts, asker: Asker, tearline: Tearline, given: string): Promise<void> {
  const { source, draft: standing } = tearline;
  const contentHash = standing?.contentHash ?? '';
  const signature = writer.signatureBy(asker, given);
  const decision = decideTearline(tearline, { kind: 'approve', contentHash, signature }, asker.asking);
  if (!isRefused(decision)) {
    const text = approvalText(asker.id, contentHash);
    const fault = signerFault(signature, text, fromWire(source!.marking), writer.facts());
    if (fault !== undefined) return asker.refuse(fault);
  }
  return writer.carryOut('tearline', asker, decision);
}

async function publish(parts: CommandParts, asker: Asker, tearline: Tearline): Promise<void> {
  const { id } = asker;
  const decision = decideTearline(tearline, { kind: 'publish', handedDown: freshIds() }, asker.asking);
  if (isRefused(decision)) return parts.writer.carryOut('tearline', asker, decision);
  const fault = await approvalsFault(parts, id, tearline);
  if (fault !== undefined) return asker.refuse(fault);
  const { source, draft: approved } = tearline;
  const records = [{ id }, { id: source!.id, contentHash: approved!.contentHash }];
  await asker.leaf({ decision: 'HANDED_DOWN', reason: 'TEARLINE', records });
  await parts.writer.carryOut('tearline', asker, decision);
  return finishTearline(parts, id);
}

/** The recall first: a stop in between leaves a tearline that may be withdrawn again, and never one that only seems to be. */
async function withdraw(
  { writer, handDown, clock }: CommandParts,
  asker: Asker,
  tearline: Tearline,
  reason: string,
): Promise<void> {
  const decision = decideTearline(tearline, { kind: 'withdraw', reason }, asker.asking);
  if (!isRefused(decision)) {
    const { source, draft: approved, published } = tearline;
    await asker.leaf({ decision: 'HANDED_DOWN', reason: 'RECALL', records: [{ id: asker.id }, { id: published!.id }] });
    const recall = recallOf(randomUUID(), published!.id, approved!.marking, reason, clock.now());
    const handed = await handDown(source!.agency, [recall]);
    if ('refused' in handed) return asker.refuse('AGENCY_REFUSED');
  }
  return writer.carryOut('tearline', asker, decision);
}

/** Why what was approved may not be published today: the source, and each who approved, as they are now. */
async function approvalsFault(
  { writer, index }: CommandParts,
  id: string,
  tearline: Tearline,
): Promise<RefusedCode | undefined> {
  const now = await index.readAgain(tearline.source!);
  if (now === undefined) return 'SOURCE_GONE';
  if (now.isRecalled) return 'SOURCE_RECALLED';
  const text = approvalText(id, tearline.draft!.contentHash);
  for (const approval of tearline.approvals) {
    const fault = signerFault(approval, text, now.marking, writer.facts());
    if (fault !== undefined) return fault;
  }
  return awaitedFor(tearline).length === 0 ? undefined : 'ORIGIN_MISSING';
}

/** Random, so that they tell neither when nor after what a record was made. */
function freshIds(): HandedDown {
  const origin = `tearline:${randomBytes(24).toString('base64url')}`;
  return { id: randomUUID(), linkId: randomUUID(), origin };
}

/** Stands in a question that has nothing to do with what a draft says. */
const NO_DRAFT: TearlineDraft = Object.freeze({
  text: '', lang: 'en', title: '', category: '', soWhat: '', values: [], contentHash: '',
  marking: {
    classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'CLEAR', orcon: false,
    owners: [], origins: [], needToKnow: [],
  } as const,
}); // prettier-ignore
