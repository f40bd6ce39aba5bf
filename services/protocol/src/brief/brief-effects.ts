// What the events of a case do to briefs, in the same transaction: sent, sent anew, stood down.
// Holds: pure; ids follow from the case and the view, so that a later version is one of the same product; everyone who reads in a
// view is named once. Source: README.md#briefs

import type { CaseEvent, CaseNotification } from '@sitebus/sdk';
import { draftHash } from '../cases/notice-text.ts';
import type { Case } from '../cases/case.ts';
import type { Effect, Facts, Written } from '../protocol-machine.ts';
import { BRIEF_KIND, type BriefArgs } from './brief.ts';

/** @returns the effects of one event. `issuer`: who gave the command. */
export function effectsOfBriefs(before: Case, event: Written<CaseEvent>, issuer: string, facts: Facts): readonly Effect[] {
  if (event.notification !== undefined && event.notification !== null) return sent(before, event.notification, issuer, facts);
  if ((event.told ?? []).length === 0 || !STANDS_DOWN.has(event.kind)) return [];
  return productsOf(before.notifications.at(-1)).map((id) => ({ does: 'command', kind: BRIEF_KIND, id, name: 'stand-down', args: {} }));
} // prettier-ignore

/** Events of a changed evidence; `told` says that there is somebody to be told again. */
const STANDS_DOWN: ReadonlySet<string> = new Set(['evidence-changed', 'attached', 'detached']);

function productsOf(notification: CaseNotification | undefined): readonly string[] {
  const ids = (notification?.recipients ?? []).flatMap(({ product }) => (product === null ? [] : [product]));
  return [...new Set(ids)].sort();
}

function sent(before: Case, notification: CaseNotification, issuer: string, facts: Facts): readonly Effect[] {
  const { briefs, recipients, draftId, announceAt, marking } = notification;
  const draft = before.drafts.find((each) => each.draftId === draftId);
  if (draft === undefined || marking === null) return [];
  const known = new Set(facts.everywhere(BRIEF_KIND).map(({ id }) => id));
  return productsOf(notification).map((id): Effect => {
    const own = recipients.filter(({ product }) => product === id);
    const [{ briefHash, view }] = own as [(typeof own)[number]];
    const args: BriefArgs = {
      electionId: before.electionId,
      brief: briefs.find(({ hash }) => hash === briefHash)!,
      en: draft.en,
      fr: draft.fr,
      noticeHash: draftHash(draft),
      announceAt,
      precedence: before.precedence,
      issuer,
      recipients: own.map(({ person }) => person),
      marking,
    };
    return known.has(id)
      ? { does: 'command', kind: BRIEF_KIND, id, name: 'reissue', args }
      : { does: 'open', kind: BRIEF_KIND, id, view: view!, args };
  });
}
