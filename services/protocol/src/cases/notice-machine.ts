// Notices to the public as proceedings run them: opened and replaced by cases alone, in the same transaction as the case's own
// event; both languages in one record; earlier texts stay in it.
// Holds: a notice names no case; nobody but a case writes one. Source: README.md#notices

import { NOTICE_SIGNER, signNotice, type NoticeIssue, type NoticeText, type PublicNotice } from '@sitebus/sdk';
import type { Refused } from '../errors.ts';
import { isRefused, type Frame } from '../machine.ts';
import type { Effect, Outcome, ProtocolMachine } from '../protocol-machine.ts';
import type { Case } from './case.ts';
import { no, type CaseHappening } from './given.ts';
import { FOR_EVERYBODY, FOR_EVERYBODY_WIRE, PUBLIC_VIEW } from './public-view.ts';

export const NOTICE_KIND = 'notice';
export const NOTICE_SUBJECT = 'ca.sitebus.protocol.PublicNotice';

const NO_TEXT: NoticeText = { title: '', known: '', steps: [] };

export const EMPTY_NOTICE: Omit<PublicNotice, keyof Frame<string>> = Object.freeze({
  version: 0, noticeKind: 'ANNOUNCEMENT', electionId: '', en: NO_TEXT, fr: NO_TEXT, caseId: null, decisionHash: '', corrections: [],
  issuedAt: 0, signature: null,
}); // prettier-ignore

/** What a case hands over. */
interface NoticeArgs extends NoticeIssue {
  readonly electionId: string;
  readonly decisionHash: string;
  /** UPDATE or CORRECT, for a later version. */
  readonly why?: string;
}

/** How notices are signed. */
export interface NoticeParts {
  /** 32-byte Ed25519 seed in base64url; absent: they are issued without a signature. */
  readonly noticeKey?: string;
}

/** Notices, signed where there is a key. */
export function createNoticeMachine({ noticeKey }: NoticeParts): ProtocolMachine<Partial<PublicNotice>, PublicNotice> {
  return { ...NOTICE_MACHINE, decide: (...asked) => signed(NOTICE_MACHINE.decide(...asked), asked[4], noticeKey) };
}

/** Notices, unsigned. */
export const NOTICE_MACHINE: ProtocolMachine<Partial<PublicNotice>, PublicNotice> = {
  kind: NOTICE_KIND,
  subject: NOTICE_SUBJECT,
  empty: EMPTY_NOTICE,
  start: {},
  commands: {},
  openedAs: () => FOR_EVERYBODY,
  decide(before, { name, args }, by, { now }) {
    if (!by.roles.includes('timer')) return no('ROLE_NOT_ALLOWED', []);
    const { version, kind: noticeKind, en, fr, electionId, decisionHash, why } = args as NoticeArgs;
    const isNext = version === (before.version ?? 0) + 1;
    if (!isNext || (name === 'open') !== (before.version === undefined)) return no('ILLEGAL_TRANSITION', []);
    const replaced = before.version === undefined ? [] : [{ version: before.version, why: why ?? '', at: now, en: before.en!, fr: before.fr! }]; // prettier-ignore
    return {
      role: 'issuer',
      events: [
        {
          kind: name === 'open' ? 'issued' : 'replaced', to: 'ISSUED', marking: FOR_EVERYBODY_WIRE,
          version, noticeKind, electionId, en, fr, decisionHash, issuedAt: now,
          corrections: [...(before.corrections ?? []), ...replaced],
        },
      ],
    }; // prettier-ignore
  },
  evolve: (_before, event) => event,
  shown: (notice) => ({ marking: FOR_EVERYBODY, body: noticeBody(notice) }),
};

/** Ed25519 draws nothing at random: the same notice has the same signature. */
function signed(outcome: Outcome<PublicNotice> | Refused, id: string, seed: string | undefined): Outcome<PublicNotice> | Refused {
  if (isRefused(outcome) || seed === undefined) return outcome;
  const events = outcome.events.map((event) => {
    const { version = 0, noticeKind: kind = '', electionId = '', en = NO_TEXT, fr = NO_TEXT, decisionHash = '', issuedAt: at = 0 } = event;
    const statement = { id, version, kind, electionId, en, fr, decisionHash, issuedAt: new Date(at).toISOString() };
    return { ...event, signature: { person: NOTICE_SIGNER, agency: null, at, signature: signNotice(statement, seed) } };
  });
  return { ...outcome, events };
} // prettier-ignore

/** What is answered of a notice: what it says, and what it said before. */
export function noticeBody(notice: Partial<PublicNotice>): Readonly<Record<string, unknown>> {
  const {
    version,
    noticeKind: kind,
    electionId,
    en,
    fr,
    issuedAt = 0,
    decisionHash,
    corrections = [],
    signature = null,
  } = notice;
  return {
    state: 'ISSUED',
    version, kind, electionId, en, fr, decisionHash,
    issuedAt: new Date(issuedAt).toISOString(),
    ...(signature === null ? {} : { signature: { by: signature.person, at: new Date(signature.at).toISOString(), signature: signature.signature } }),
    corrections: corrections.map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() })),
    possible: [],
  }; // prettier-ignore
}

/** What a case's events do to notices, in the same transaction. */
export function effectsOfNotices(before: Case, events: readonly Pick<CaseHappening, 'kind' | 'notice'>[]): readonly Effect[] {
  return events.flatMap(({ kind, notice }): readonly Effect[] => {
    if (notice === undefined || notice === null) return [];
    const { electionId, decision } = before;
    const args = { ...notice, electionId, decisionHash: decision?.decisionHash ?? '' };
    if (notice.version === 1)
      return [{ does: 'open', kind: NOTICE_KIND, id: notice.noticeId, view: PUBLIC_VIEW, args }];
    const why = kind === 'updated' ? 'UPDATE' : 'CORRECT';
    return [{ does: 'command', kind: NOTICE_KIND, id: notice.noticeId, name: 'replace', args: { ...args, why } }];
  });
} // prettier-ignore
