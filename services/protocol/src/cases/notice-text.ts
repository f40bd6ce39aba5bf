// What a notice to the public must be: both languages, with the same number of steps; below the threshold it says so.
// Holds: pure; nothing is issued in one language. Source: README.md#notices

import { canonicalHash, lint } from '@sitebus/kit';
import type { NoticeDraft, NoticeKind, NoticeText, PanelRules, Policy } from '@sitebus/sdk';
import type { DraftFault } from '../errors.ts';
import { isBlank } from './given.ts';

/** Faults of a draft, by place; empty where it may be issued as far as its form goes. */
export function noticeFaults({ en, fr }: Pick<NoticeDraft, 'en' | 'fr'>): readonly DraftFault[] {
  const faults = [...textFaults('/en', en), ...textFaults('/fr', fr)];
  if (en.steps.length !== fr.steps.length)
    faults.push({ pointer: '/fr/steps', code: 'L7', detail: 'has not as many steps as English' });
  return faults;
}

/** What the rules of writing refuse, by place. Whether a state may be named is what five seats have agreed on, not L4's. */
export function refusedByLint({ en, fr }: Pick<NoticeDraft, 'en' | 'fr'>, policy: Policy): readonly DraftFault[] {
  const facts = { actorClaims: policy.lintWords.states.map(({ id }) => id) };
  return lint({ kind: 'notice', en, fr, facts }, policy)
    .filter(({ level }) => level === 'E')
    .map(({ rule, pointer, detail }) => ({ pointer, code: rule, detail: detail.en }));
}

/** @returns the texts as they are issued: a notice below the threshold says that the threshold was not met. */
export function asIssued(
  { kind, en, fr }: Pick<NoticeDraft, 'kind' | 'en' | 'fr'>,
  { belowThresholdStatement: statement }: Pick<PanelRules, 'belowThresholdStatement'>,
): { readonly en: NoticeText; readonly fr: NoticeText } {
  if (kind !== 'BELOW_THRESHOLD') return { en, fr };
  return { en: withStatement(en, statement.en), fr: withStatement(fr, statement.fr) };
}

/** What a motion binds and a signature is on. */
export function draftHash({ kind, en, fr }: { readonly kind: NoticeKind; readonly en: NoticeText; readonly fr: NoticeText }): string {
  return canonicalHash({ kind, en, fr });
} // prettier-ignore

function withStatement(text: NoticeText, statement: string): NoticeText {
  return text.known.includes(statement) ? text : { ...text, known: `${statement}\n\n${text.known}` };
}

function textFaults(pointer: string, { title, known, steps }: NoticeText): DraftFault[] {
  const missing = (at: string, text: string): DraftFault[] =>
    isBlank(text) ? [{ pointer: `${pointer}/${at}`, code: 'MISSING', detail: 'says nothing' }] : [];
  return [
    ...missing('title', title),
    ...missing('known', known),
    ...(steps.length === 0 ? [{ pointer: `${pointer}/steps`, code: 'MISSING', detail: 'says nothing' }] : []),
    ...steps.flatMap((step, at) => missing(`steps/${at}`, step)),
  ];
}
