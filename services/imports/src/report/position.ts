// What an agency holds of a record it has seen: concur, dissent or abstain, with its own likelihood where it states one.
// Holds: a dissent carries text, and every position cites a definition (the observation checks refuse others); a likelihood is
// a term of a lexicon, and its numbers are the lexicon's; it is no evidence and has no origin. Source: README.md#report

import type { Observation } from '@sitebus/sdk';
import type { ImportDraft, ReadingContext } from '../reading.ts';
import { readMarkedText } from './paragraphs.ts';
import { refuseReport, type Properties } from './properties.ts';
import { nativeRefOf, readDefinition, toRecordId } from './record-ref.ts';
import { readGrades } from './sighting.ts';

type Position = Observation<'AgencyPosition'>;

/** Reads a position; throws ReportRefused. */
export function readPosition(report: Properties, context: ReadingContext): ImportDraft {
  const observedAtMs = report.requiredInstant('dateOfInformation');
  const said = readMarkedText(report, context);
  if (said === undefined)
    return refuseReport(
      'MARKING_REQUIRED',
      report.pointerOf('marking'),
      'a position without text has no marking',
      'state its marking',
    );
  return {
    type: 'AgencyPosition',
    native: nativeRefOf(report.requiredText('serial'), observedAtMs, report.instant('revisedAt')),
    fields: {
      about: toRecordId(report.value('about'), report.pointerOf('about'), context.policy),
      seen: readSeen(report, context),
      stance: report.word('stance', ['CONCUR', 'DISSENT', 'ABSTAIN']) ?? report.requiredText('stance'),
      likelihood: readLikelihood(report.object('likelihood'), context),
      confidence: report.word('confidence', ['LOW', 'MODERATE', 'HIGH']) ?? null,
      definitionId: readDefinition(report, context.policy) ?? report.requiredText('definitionId'),
      portions: said.portions,
    },
    marking: said.marking,
    observedAtMs,
    ...readGrades(report, context.mapping),
  };
}

/** Which assessment was read: positions on a record hold for a version of it. */
function readSeen(report: Properties, { policy }: ReadingContext): Position['seen'] {
  const seen = report.object('seen');
  if (seen === undefined)
    return refuseReport(
      'MISSING_PROPERTY',
      report.pointerOf('seen'),
      'seen is empty',
      'give view and version of the assessment that was read',
    );
  const view = seen.requiredText('view');
  if (!policy.views.some(({ id }) => id === view))
    return refuseReport('BAD_VALUE', seen.pointerOf('view'), 'policy knows no such view', 'correct the view');
  return { view, version: seen.count('version') ?? Number(seen.requiredText('version')) };
}

function readLikelihood(likelihood: Properties | undefined, { policy }: ReadingContext): Position['likelihood'] {
  if (likelihood === undefined) return null;
  const [lexiconId, term] = [likelihood.requiredText('lexiconId'), likelihood.requiredText('term')];
  const lexicon = policy.lexicons.find(({ id }) => id === lexiconId);
  const band = lexicon?.bands.find((each) => each.term.en === term || each.term.fr === term);
  if (band === undefined)
    return refuseReport(
      'BAD_VALUE',
      likelihood.pointerOf('term'),
      'the term is none of its lexicon',
      'take a term of one lexicon',
    );
  return { lexiconId, term, lo: band.statedLo, hi: band.statedHi };
}
