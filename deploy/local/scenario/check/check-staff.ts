// Check 12: of three staff of a party the two who consent are told of the attack, and the third is not.

import { STAFF } from '../acts/protection.ts';
import type { Run } from './checks.ts';

/** Notices that each was shown, by person; null where nobody asked. */
export type StaffRecord = Readonly<Record<string, number | null>>;

/** Of the play with people. */
export function recordStaff({ played }: Run): StaffRecord {
  const told = STAFF.map(({ person }) => {
    const answer = played.done.find(({ act }) => act.id === `enrol.reads.${person}`)?.answer;
    return [
      person,
      (answer?.body as { readonly items?: readonly unknown[] } | undefined)?.items?.length ?? null,
    ] as const;
  });
  return Object.fromEntries(told);
}

/** Check 12. */
export function staffFaults(record: StaffRecord): readonly string[] {
  return STAFF.flatMap(({ person, consents }) => {
    const told = record[person] ?? null;
    return told === (consents ? 1 : 0) ? [] : [`${person} was told ${told ?? 'nothing is known of'} times`];
  });
}
