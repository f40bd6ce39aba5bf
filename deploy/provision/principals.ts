// The SCRAM principals that policy asks for: a service per cell or per view, each with what it is.
// Holds: pure; sorted by name; names come from the SDK, so a service and its ACL cannot disagree about who it is.

import {
  agencyPrincipal,
  fusionPrincipal,
  gatewayPrincipal,
  GUARD_PRINCIPAL,
  ledgerPrincipal,
  REGISTRY_PRINCIPAL,
  RESEARCH_PRINCIPAL,
} from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import { cellWriters } from './topics.ts';

/** A principal and the part of the system it speaks for. */
export type Principal =
  | { readonly name: string; readonly kind: 'agency'; readonly writer: string; readonly cell: string }
  | { readonly name: string; readonly kind: 'fusion' | 'gateway' | 'ledger'; readonly view: string }
  | { readonly name: string; readonly kind: 'guard' | 'registry' | 'research' };

/** @returns every principal of this policy, sorted by name; the administrator is not among them. */
export function desiredPrincipals(policy: Policy): readonly Principal[] {
  const agencies = cellWriters(policy).map(({ cell, writer }): Principal => ({
    name: agencyPrincipal(writer, cell),
    kind: 'agency',
    writer,
    cell,
  }));
  const perView = policy.views.flatMap(({ id }): Principal[] => [
    { name: fusionPrincipal(id), kind: 'fusion', view: id },
    { name: gatewayPrincipal(id), kind: 'gateway', view: id },
    { name: ledgerPrincipal(id), kind: 'ledger', view: id },
  ]);
  const alone: readonly Principal[] = [
    { name: GUARD_PRINCIPAL, kind: 'guard' },
    { name: REGISTRY_PRINCIPAL, kind: 'registry' },
    { name: RESEARCH_PRINCIPAL, kind: 'research' },
  ];
  return [...agencies, ...perView, ...alone].sort((a, b) => (a.name < b.name ? -1 : 1));
}
