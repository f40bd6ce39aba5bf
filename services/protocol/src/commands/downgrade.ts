// Commands on a downgrade: what is verified before the machine decides, and what is handed down after.
// Holds: a grant is judged whole, from nothing, when it is applied, against the record as it lies on the bus then.
// Source: README.md#grants

import { randomUUID } from 'node:crypto';
import { isAtLeast, type Marking } from '@sitebus/marking';
import { fromWire, toWire, type WireMarking } from '@sitebus/sdk';
import type { Asker } from '../asker.ts';
import { isBelow } from '../below.ts';
import { decideDowngrade, NO_DOWNGRADE, type Downgrade, type DowngradeCommand } from '../downgrade.ts';
import { givenMarking } from '../drafting.ts';
import { commandRefused } from '../errors.ts';
import { grantFault, grantText, signerFault, type DowngradeGrant } from '../grant.ts';
import { isRefused } from '../machine.ts';
import type { ReadRecord } from '../record-index.ts';
import { CITING_TYPES, downgradedRecords } from '../released-records.ts';
import { GUARD, noInstant, type CommandParts } from './command-parts.ts';

/** Asks for one. `args`: as its schema has them. */
export async function requestDowngrade(
  { writer, policy, clock }: CommandParts,
  asker: Asker,
  source: ReadRecord,
  args: unknown,
): Promise<void> {
  const { to, reason, expires } = args as { readonly to: unknown; readonly reason: string; readonly expires: string };
  const until = Date.parse(expires);
  if (Number.isNaN(until)) return asker.refuse('INVALID_DRAFT', [], noInstant('/expires'));
  if (CITING_TYPES.includes(source.type)) return asker.refuse('NOT_RELEASABLE');
  const lowered = givenMarking(to, policy, source.marking); // it stays whose it was
  if ('faults' in lowered) return asker.refuse(lowered.code, [], lowered.faults);
  if (!isBelow(lowered, source.marking)) return asker.refuse('TARGET_NOT_BELOW', [], NOT_BELOW);
  const asked = { record: source.cited, lowered: toWire(lowered), reason, expires: until };
  const decision = decideDowngrade(NO_DOWNGRADE, { kind: 'request', ...asked }, asker.asking, clock.now());
  return writer.carryOut('downgrade', asker, decision, source.cited.marking);
}

/** Gives one command. `args`: as its schema has them. */
export async function commandDowngrade(parts: CommandParts, asker: Asker, name: string, args: unknown): Promise<void> {
  const downgrade = parts.writer.stateOf('downgrade', asker.id);
  switch (name) {
    case 'sign':
      return sign(parts, asker, downgrade, (args as { readonly signature: string }).signature);
    case 'apply':
      return apply(parts, asker, downgrade);
    default: {
      const command = { ...(args as object), kind: name } as DowngradeCommand; // as its schema says
      const decision = decideDowngrade(downgrade, command, asker.asking, parts.clock.now());
      return parts.writer.carryOut('downgrade', asker, decision);
    }
  }
}

/** Hands down what is in hand, once more where it broke off; rejects where it cannot be, or was refused. */
export async function finishDowngrade(parts: CommandParts, id: string): Promise<void> {
  const { writer, index, handDown, clock } = parts;
  const { record, lowered, handedDown, isInHand } = writer.stateOf('downgrade', id);
  if (isInHand !== true || record === undefined || lowered === undefined || handedDown === undefined) return;
  const source = await index.readAgain(record);
  const keeps = (parent: string): boolean => mayBeNamed(parent, lowered, parts);
  const handed =
    source?.cited.contentHash === record.contentHash
      ? await handDown(record.agency, inOrder(downgradedRecords(source, record, lowered, handedDown, clock.now(), keeps))) // prettier-ignore
      : { refused: 'CONTENT_CHANGED' };
  const outcome: DowngradeCommand =
    'refused' in handed ? { kind: 'give-up', reason: handed.refused } : { kind: 'confirm' };
  await writer.ofGuard('downgrade', id, decideDowngrade(writer.stateOf('downgrade', id), outcome, GUARD, clock.now()));
  if ('refused' in handed) throw commandRefused({ code: 'AGENCY_REFUSED', possible: [], faults: [] });
}

/** Ends what has run out of time. */
export async function expireDowngrade({ writer, clock }: CommandParts, id: string): Promise<void> {
  const decision = decideDowngrade(writer.stateOf('downgrade', id), { kind: 'tick' }, GUARD, clock.now());
  return writer.ofGuard('downgrade', id, decision);
}

async function sign({ writer, clock }: CommandParts, asker: Asker, downgrade: Downgrade, given: string): Promise<void> {
  const signature = writer.signatureBy(asker, given);
  const decision = decideDowngrade(downgrade, { kind: 'sign', signature }, asker.asking, clock.now());
  if (!isRefused(decision)) {
    const grant = grantOf(asker.id, downgrade);
    const fault = signerFault(signature, grantText(grant), fromWire(grant.record.marking), writer.facts());
    if (fault !== undefined) return asker.refuse(fault);
  }
  return writer.carryOut('downgrade', asker, decision);
}

async function apply(parts: CommandParts, asker: Asker, downgrade: Downgrade): Promise<void> {
  const { writer, index, clock } = parts;
  const { id } = asker;
  const grant = grantOf(id, downgrade);
  const source = await index.readAgain(grant.record);
  const contentHash = source?.cited.contentHash ?? '';
  const handedDown = { id: randomUUID(), linkId: randomUUID(), origin: null };
  const decision = decideDowngrade(downgrade, { kind: 'apply', contentHash, handedDown }, asker.asking, clock.now());
  if (isRefused(decision) && decision.refused === 'ILLEGAL_TRANSITION')
    return writer.carryOut('downgrade', asker, decision);
  const isApplied = downgrade.state === 'APPLIED';
  const fault = grantFault(grant, { ...writer.facts(), isApplied, source: source && { ...source, contentHash } });
  if (fault !== undefined) return asker.refuse(fault, isRefused(decision) ? decision.possible : []);
  if (isRefused(decision)) return writer.carryOut('downgrade', asker, decision);
  const records = [{ id }, { id: grant.record.id, contentHash }];
  await asker.leaf({ decision: 'HANDED_DOWN', reason: 'DOWNGRADE', records });
  await writer.carryOut('downgrade', asker, decision);
  return finishDowngrade(parts, id);
}

/** Of a downgrade that has been asked for. */
function grantOf(id: string, { record, lowered, reason, expires, signatures }: Downgrade): DowngradeGrant {
  return { id, record: record!, to: lowered!, reason: reason ?? '', expires: expires ?? 0, signatures };
}

/** A record below may name as its parent only what its own readers may know of. */
function mayBeNamed(parent: string, lowered: WireMarking, { index }: CommandParts): boolean {
  const below = ownedByNobody(lowered);
  return index.markingsOf(parent).some((marking) => isAtLeast(below, ownedByNobody(toWire(marking))));
}

/** Whose it is does not decide who reads it. */
function ownedByNobody(wire: WireMarking): Marking {
  return fromWire({ ...wire, owners: [], origins: [] });
}

function inOrder({ link, lower }: ReturnType<typeof downgradedRecords>) {
  return [link, lower];
}

const NOT_BELOW = [{ pointer: '/to', code: 'TARGET_NOT_BELOW', detail: 'is not below the record' }];
