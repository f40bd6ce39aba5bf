// What the routes of people and partners have in common: whom they ask, and what they show of a proposal.
// Holds: administrators alone come here; nothing of the registry's keys is shown but a new one, once.

import { Type } from 'typebox';
import { failClosed, notFound } from '../errors.ts';
import type { GatewayParts } from '../parts.ts';
import type { RegistryCommands } from '../registry/commands.ts';
import { nameOf, proposalHash } from '../registry/proposal-hash.ts';
import type { ProposalRow } from '@sitebus/kit';

/** The commands of the registry. Throws `fail-closed` where this process reaches no writer. */
export function registryCommandsOf({ registryCommands }: Pick<GatewayParts, 'registryCommands'>): RegistryCommands {
  if (registryCommands === undefined) throw failClosed({ part: 'registry' });
  return registryCommands;
}

/** Who asks for what, and until when it can be approved. */
export const ProposalBody = Type.Object({ by: Type.String(), at: Type.String(), until: Type.String() });

/** The proposal as it is shown. */
export function proposalBody({ by, at, until }: Pick<ProposalRow, 'by' | 'at' | 'until'>) {
  return { by, at: new Date(at).toISOString(), until: new Date(until).toISOString() };
}

/** Proposals of one kind whose time has not passed. */
export function openProposals<K extends ProposalRow['kind']>(
  kind: K,
  { registry, clock }: Pick<GatewayParts, 'registry' | 'clock'>,
): readonly Extract<ProposalRow, { kind: K }>[] {
  return registry
    .proposals()
    .filter((each): each is Extract<ProposalRow, { kind: K }> => each.kind === kind && clock.now() < each.until);
}

/** Names what is shown here now as waiting for approval, to tell the writer what was read. Throws `not-found` where nothing is. */
export function proposalShown(
  kind: ProposalRow['kind'],
  name: string,
  parts: Pick<GatewayParts, 'registry' | 'clock'>,
): string {
  const shown = openProposals(kind, parts).find((each) => nameOf(each) === name);
  if (shown === undefined) throw notFound({});
  return proposalHash(shown);
}
