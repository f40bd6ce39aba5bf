// Who may be issued something, and who is told when it lies unread.
// Holds: pure; a product goes to named persons, never to a department or group; whether a name is unknown or its person
// may not have it is one answer. Source: README.md#receipts

import { toldOf } from '@sitebus/kit';
import { clearanceDominates, dominates } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import type { Person, Policy, Role, View } from '@sitebus/sdk';
import { effectiveClearance } from '../subject.ts';
import type { NoticeKind } from './board.ts';

/** Roles that may be sent a product by name (page "Identity": what was distributed to them). */
export const RECIPIENTS: readonly Role[] = [
  'analyst', 'operator', 'panel-member', 'secretariat', 'cleared-rep', 'partner-admin', 'reviewer', 'agency-head',
  'release-authority', 'chair', 'clerk', 'minister', 'candidate',
]; // prettier-ignore

/** @returns whether the person may be sent a product of this marking in this view, at this moment. */
export function mayReceive(person: Person | undefined, marking: Marking, view: View, nowMs: number): boolean {
  return (
    person !== undefined &&
    person.roles.some((role) => RECIPIENTS.includes(role)) &&
    nowMs < person.clearance.validUntil &&
    clearanceDominates(person.clearance, view.clearance) &&
    dominates(effectiveClearance(person.clearance, view), marking, nowMs)
  );
}

/**
 * @returns who is told that a person's notification is withheld, overdue or escalated: who sent it; once it is overdue
 * their deputy, once it is escalated the head of their agency. Sorted; never the person themselves.
 */
export function toldOfLate(
  kind: NoticeKind,
  recipient: string,
  parts: { readonly senders: readonly string[]; readonly persons: readonly Person[]; readonly policy: Policy },
): readonly string[] {
  const roles = toldOf({ kind, at: 0 });
  const agency = parts.persons.find(({ person }) => person === recipient)?.agency;
  const deputies = parts.policy.timers.deputies
    .filter(({ person }) => person === recipient)
    .map(({ deputy }) => deputy);
  const heads = parts.persons
    .filter(({ roles: held, agency: of }) => held.includes('agency-head') && of !== undefined && of === agency)
    .map(({ person }) => person);
  const named = [
    ...(roles.includes('sender') ? parts.senders : []),
    ...(roles.includes('deputy') ? deputies : []),
    ...(roles.includes('agency-head') ? heads : []),
  ];
  return [...new Set(named)].filter((person) => person !== recipient).sort();
}
