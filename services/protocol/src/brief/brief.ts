// A brief to those whom policy wants told before the public is: one product in each view where one of them reads, with the same
// words and the same hash in all of them.
// Holds: pure; opened and sent anew by cases alone; it names no case, and is there for exactly the persons it was sent to, as the
// last version that they were sent; nothing that they do reaches the case. Source: README.md#briefs

import type { Issue } from '@sitebus/kit';
import { createMarking } from '@sitebus/marking';
import { fromWire, type BriefEvent, type CaseBrief, type NoticeText, type WireMarking } from '@sitebus/sdk';
import type { Refused } from '../errors.ts';
import { refuse, type Asking, type Frame } from '../machine.ts';
import type { Command, Facts, Outcome, ProtocolMachine, Shown, Viewer } from '../protocol-machine.ts';

export const BRIEF_KIND = 'brief';
export const BRIEF_SUBJECT = 'ca.sitebus.protocol.BriefEvent';

export const EMPTY_BRIEF_EVENT: Omit<BriefEvent, keyof Frame<string>> = Object.freeze({
  version: 0, electionId: '', brief: null, en: null, fr: null, noticeHash: null, announceAt: null, precedence: 'ROUTINE', issuer: '',
  policyVersion: 0, recipients: [],
}); // prettier-ignore

/** What a case hands over. */
export interface BriefArgs {
  readonly electionId: string;
  readonly brief: CaseBrief;
  /** What the public is to be told. */
  readonly en: NoticeText;
  readonly fr: NoticeText;
  readonly noticeHash: string;
  /** UTC milliseconds. */
  readonly announceAt: number;
  readonly precedence: string;
  /** Who decided. */
  readonly issuer: string;
  readonly recipients: readonly string[];
  readonly marking: WireMarking;
}

/** One version, as it was sent. */
export type BriefVersion = Pick<BriefEvent, 'version' | 'recipients' | 'issuer' | 'precedence' | 'policyVersion' | 'marking' | 'to'> & {
  readonly atMs: number;
}; // prettier-ignore

/** A brief. */
export interface Brief {
  readonly state?: BriefEvent['to'];
  readonly electionId: string;
  /** The words that were sent last. */
  readonly words?: Pick<BriefEvent, 'brief' | 'en' | 'fr' | 'noticeHash' | 'announceAt'>;
  /** Oldest first. */
  readonly versions: readonly BriefVersion[];
}

const NO_BRIEF: Brief = Object.freeze({ electionId: '', versions: [] });

/** The brief as proceedings run it. */
export const BRIEF_MACHINE: ProtocolMachine<Brief, BriefEvent> = {
  kind: BRIEF_KIND,
  subject: BRIEF_SUBJECT,
  empty: EMPTY_BRIEF_EVENT,
  start: NO_BRIEF,
  commands: {},
  openedAs: () => createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL' }),
  decide: decideBrief,
  evolve: evolveBrief,
  isThereFor: (brief, { asking }) => lastFor(brief, asking.person) !== undefined,
  shown: shownBrief,
  issues: ({ versions }, id) =>
    versions.map(
      ({ version, recipients, precedence, issuer, atMs, marking, to }): Issue => ({
        kind: BRIEF_KIND, id, version, to: recipients, precedence: precedence as Issue['precedence'], by: issuer, atMs,
        reason: to === 'STOOD_DOWN' ? 'the evidence has changed since they were told' : 'decision of the panel, told before the public',
        marking: fromWire(marking), isRecalled: false,
      }),
    ), // prettier-ignore
};

function decideBrief(brief: Brief, { name, args }: Command, by: Asking, facts: Facts): Outcome<BriefEvent> | Refused {
  if (!by.roles.includes('timer')) return refuse('ILLEGAL_TRANSITION', []);
  const version = brief.versions.length + 1;
  const { version: policyVersion } = facts.policy;
  if (name === 'stand-down') {
    const last = brief.versions.at(-1);
    if (last === undefined || brief.state === 'STOOD_DOWN') return { events: [] };
    const { recipients, precedence, issuer, marking } = last;
    const { electionId } = brief;
    return { events: [{ kind: 'stood-down', to: 'STOOD_DOWN', version, electionId, precedence, issuer, policyVersion, recipients, marking }] }; // prettier-ignore
  }
  if (name !== 'open' && name !== 'reissue') return refuse('ILLEGAL_TRANSITION', []);
  const { marking, recipients, ...words } = args as BriefArgs;
  const kind = name === 'open' ? 'issued' : 'reissued';
  return {
    events: [{ kind, to: 'ISSUED', version, ...words, policyVersion, recipients: [...recipients].sort(), marking }],
  };
}

function evolveBrief(before: Brief, event: BriefEvent): Brief {
  const { to, version, recipients, issuer, precedence, policyVersion, marking, at: atMs } = event;
  const { brief, en, fr, noticeHash, announceAt } = event;
  return {
    state: to,
    electionId: event.electionId,
    ...(brief === null ? { ...(before.words === undefined ? {} : { words: before.words }) } : { words: { brief, en, fr, noticeHash, announceAt } }),
    versions: [...before.versions, { version, recipients, issuer, precedence, policyVersion, marking, to, atMs }],
  };
} // prettier-ignore

/** The last version that a person was sent. */
function lastFor({ versions }: Brief, person: string): BriefVersion | undefined {
  return versions.findLast(({ recipients }) => recipients.includes(person));
}

/** Whoever was not sent the newest version is shown none of its words. */
function shownBrief(brief: Brief, { asking, facts }: Viewer): Shown {
  const last = lastFor(brief, asking.person) ?? brief.versions.at(-1)!;
  const isNewest = last.version === brief.versions.length;
  const { brief: words, en, fr, noticeHash, announceAt } = brief.words!;
  const at = (ms: number): string => new Date(ms).toISOString();
  return {
    marking: fromWire(last.marking),
    body: {
      state: last.to,
      version: last.version,
      electionId: brief.electionId,
      issuedAt: at(last.atMs),
      issuedBy: last.issuer,
      precedence: last.precedence,
      policyVersion: last.policyVersion,
      ...(isNewest && last.to === 'ISSUED'
        ? {
            summary: words!.summary, gaps: words!.gaps, ...(words!.fr === null ? {} : { inFrench: words!.fr }),
            evidenceHash: words!.evidenceHash, hash: words!.hash,
            notice: { en, fr, contentHash: noticeHash }, announceAt: at(announceAt!),
          }
        : {}),
      ...(isNewest && last.to === 'STOOD_DOWN' ? { hash: words!.hash, statement: facts.policy.panel.standDownStatement } : {}),
      possible: [],
    },
  };
} // prettier-ignore
