// Lint L8 on the texts of a tearline's draft, as faults of a command.
// Holds: pure; each finding names a place and a rule, never the words; the rule itself is kit's, one for drafts and for whoever
// types. Source: README.md#lint-l8

import { forbiddenIn } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import type { DraftFault } from './errors.ts';

/** @returns what breaks the rule, by field. */
export function lintTearline(texts: Readonly<Record<string, string>>, policy: Policy): readonly DraftFault[] {
  const forbidden = forbiddenIn(policy);
  return Object.entries(texts).flatMap(([field, text]) =>
    forbidden
      .filter(({ pattern }) => pattern.test(text.normalize('NFC')))
      .map(({ what }) => ({ pointer: `/${field}`, code: 'L8', detail: `a tearline has no ${what}` })),
  );
}
