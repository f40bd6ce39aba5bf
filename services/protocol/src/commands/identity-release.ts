// Commands on an identity release: the name must be one that the product suppresses; an approval is on the ledger.
// Source: README.md#identity-release

import type { Asker } from '../asker.ts';
import { suppressedTarget } from '../disclosure-body.ts';
import { decideIdentityRelease, NO_IDENTITY_RELEASE, type IdentityReleaseCommand } from '../identity-release.ts';
import type { ReadRecord } from '../record-index.ts';
import { GUARD, type CommandParts } from './command-parts.ts';

const KIND = 'identity-release';

/** Asks for one. `args`: as its schema has them. */
export async function requestIdentityRelease(
  { writer, clock }: CommandParts,
  asker: Asker,
  { cited, value }: ReadRecord,
  args: unknown,
): Promise<void> {
  const { suppressedRef } = args as { readonly suppressedRef: string };
  if (suppressedTarget(value, suppressedRef) === undefined) return asker.refuse('NO_SUCH_SUPPRESSION');
  const command = { kind: 'request', product: cited, suppressedRef } as const;
  const decision = decideIdentityRelease(NO_IDENTITY_RELEASE, command, asker.asking, clock.now());
  return writer.carryOut(KIND, asker, decision, cited.marking);
}

/** Gives one command. `args`: as its schema has them. */
export async function commandIdentityRelease(
  { writer, clock }: CommandParts,
  asker: Asker,
  name: string,
  args: unknown,
): Promise<void> {
  const command = { ...(args as object), kind: name } as IdentityReleaseCommand; // as its schema says
  const decision = decideIdentityRelease(writer.stateOf(KIND, asker.id), command, asker.asking, clock.now());
  await writer.carryOut(KIND, asker, decision);
  const { state, product } = writer.stateOf(KIND, asker.id);
  if (name !== 'approve' || state !== 'APPROVED') return;
  await asker.leaf({ decision: 'IDENTITY_APPROVED', reason: 'IDENTITY', records: [{ id: asker.id }, { id: product!.id }] }); // prettier-ignore
}

/** Ends what has run out of time. */
export async function expireIdentityRelease({ writer, clock }: CommandParts, id: string): Promise<void> {
  const decision = decideIdentityRelease(writer.stateOf(KIND, id), { kind: 'tick' }, GUARD, clock.now());
  return writer.ofGuard(KIND, id, decision);
}
