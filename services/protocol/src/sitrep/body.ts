// What a person is shown of a situation report: its rendition in their view, paragraph by paragraph with its own mark.
// Holds: pure; NIL and LATE are said in words that claim nothing of what happened; gaps are always there, with a sentence where
// none was stated; a paragraph or a source's gap beyond the person's need to know is not there; a source that did not observe is told
// from a member that has nothing to report. Source: README.md#situation-reports

import { dominates, joinAll, print, printPortion, type Marking } from '@sitebus/marking';
import type { Bilingual, Policy, SitrepPortion, SitrepStatus } from '@sitebus/sdk';
import type { Shown, Viewer } from '../protocol-machine.ts';
import { possibleForSitrep } from './decide.ts';
import { GAPS, markingOfPortion } from './portions.ts';
import { reportMarking } from './renditions.ts';
import { markedParts, type Sitrep, type SitrepSourceGap, type SitrepSourceGaps } from './sitrep.ts';

type Json = Readonly<Record<string, unknown>>;

/** What each status says, and what it does not. */
export const STATUS_TEXTS: Readonly<Record<SitrepStatus, Bilingual>> = Object.freeze({
  SUBMITTED: { en: 'contributed', fr: 'a contribué' },
  NIL: { en: 'has nothing to report; that is its word, not an observation', fr: 'n’a rien à signaler ; c’est sa parole, pas une observation' },
  LATE: { en: 'nothing readable here by the cut-off; this says nothing of what it saw', fr: 'rien de lisible ici à l’échéance ; cela ne dit rien de ce qui a été vu' },
}); // prettier-ignore

/** What a source's gap says, and what it does not. */
export const UNOBSERVED: Bilingual = Object.freeze({
  en: 'did not observe; that nothing came from it in this time says nothing of what there was',
  fr: 'n’a pas observé ; que rien n’en soit venu pendant ce temps ne dit rien de ce qu’il y avait',
});

const NO_GAP: Bilingual = Object.freeze({
  en: 'No member stated a gap; that is not a finding that there is none.',
  fr: 'Aucun membre n’a signalé de lacune ; cela ne veut pas dire qu’il n’y en a pas.',
});

/** The rendition as this person may read it; its marking is the join of what is shown. */
export function shownSitrep(sitrep: Sitrep, { asking, facts }: Viewer): Shown {
  const { policy, now } = facts;
  const clearance = facts.person(asking.person)?.clearance;
  const isRead = (part: Pick<SitrepPortion, 'marking'>): boolean =>
    clearance !== undefined && dominates(clearance, markingOfPortion(part), now);
  const portions = sitrep.portions.filter(isRead);
  const gaps = sitrep.sourceGaps?.gaps.filter(isRead) ?? [];
  const marking = joinAll([reportMarking(policy), ...[...portions, ...gaps].map(markingOfPortion)]);
  return { marking, body: bodyOf(sitrep, { portions, gaps }, policy) };
}

/** @returns the marking of all of a rendition. */
export function markingOfSitrep(sitrep: Sitrep, policy: Policy): Marking {
  return joinAll([reportMarking(policy), ...markedParts(sitrep).map(markingOfPortion)]);
}

/** What a person may read of a report. */
interface Read {
  readonly portions: readonly SitrepPortion[];
  readonly gaps: readonly SitrepSourceGap[];
}

function bodyOf(sitrep: Sitrep, { portions, gaps }: Read, policy: Policy): Json {
  const ids = new Set(portions.map(({ id }) => id));
  const late = sitrep.standings.filter(({ status }) => status === 'LATE');
  const stated = portions.filter(({ section }) => section === GAPS);
  return {
    state: sitrep.state,
    number: sitrep.number,
    version: sitrep.version,
    electionId: sitrep.electionId,
    cadence: sitrep.cadence,
    cutOff: new Date(sitrep.cutOffAt).toISOString(),
    contributions: sitrep.standings.map((standing) => ({ ...standing, means: STATUS_TEXTS[standing.status] })),
    lateContributions: [...new Set(sitrep.late.map(({ agency }) => agency))],
    sections: policy.taskForce.sections.flatMap(({ id, heading }) => {
      const own = portions.filter(({ section }) => section === id);
      return own.length === 0 ? [] : [{ id, heading, paragraphs: own.map((each) => paragraphBody(each, policy)) }];
    }),
    gaps: {
      members: late.map(({ agency }) => agency),
      stated: stated.map((each) => paragraphBody(each, policy)),
      ...(sitrep.sourceGaps === undefined ? {} : sourcesBody(sitrep.sourceGaps, gaps, policy)),
      ...(late.length + stated.length + gaps.length === 0 ? { note: NO_GAP } : {}),
    },
    ...(sitrep.delta === undefined
      ? {}
      : {
          difference: {
            from: sitrep.delta.previous,
            fresh: sitrep.delta.fresh.filter((id) => ids.has(id)),
            repeated: sitrep.delta.repeated.filter((id) => ids.has(id)),
            dropped: sitrep.delta.dropped.length,
          },
        }),
    distribution: sitrep.issues.at(-1)?.recipients ?? [],
    corrections: sitrep.corrections.map(({ version, reason, atMs }) => ({ version, reason, at: new Date(atMs).toISOString() })),
    ...(sitrep.isStuck ? { stuckSince: new Date(sitrep.waitsSince ?? 0).toISOString() } : {}),
    possible: possibleForSitrep(sitrep),
  };
} // prettier-ignore

function paragraphBody({ id, agency, text, lang, marking }: SitrepPortion, { homeNation }: Policy): Json {
  const own = markingOfPortion({ marking });
  return {
    id,
    agency,
    text,
    lang,
    mark: printPortion(own, { homeNation }),
    marking: { ...marking, banner: print(own, { homeNation }) },
  };
}

/** How many more there were is said to whoever may read all that are named. */
function sourcesBody({ since, gaps, omitted }: SitrepSourceGaps, read: readonly SitrepSourceGap[], policy: Policy): Json {
  return {
    since: new Date(since).toISOString(),
    sources: read.map((gap) => gapBody(gap, policy)),
    ...(omitted === 0 || read.length < gaps.length ? {} : { omitted }),
  };
} // prettier-ignore

function gapBody({ id, agency, cell, from, to, reason, isLate, marking }: SitrepSourceGap, { homeNation }: Policy): Json {
  const own = markingOfPortion({ marking });
  return {
    id,
    source: `${cell}.${agency}`,
    agency,
    from: new Date(from).toISOString(),
    ...(to === null ? {} : { to: new Date(to).toISOString() }),
    reason,
    isLate,
    means: UNOBSERVED,
    mark: printPortion(own, { homeNation }),
    marking: { ...marking, banner: print(own, { homeNation }) },
  };
} // prettier-ignore
