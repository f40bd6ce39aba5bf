// A report of something seen, as one sighting: which record type it becomes follows from its category and from policy.
// Holds: one report, one observation; what the report does not say comes from the source's mapping or is left open; a
// liaison report has the origin of the one who wrote it, so that the same report from two services is one source.
// Source: README.md#report, README.md#origins

import { normalise, type ImportMapping, type Observation, type ReportType } from '@sitebus/sdk';
import type { ImportDraft, ReadingContext } from '../reading.ts';
import { cut, distinct, RESPONSIBILITIES } from '../report.ts';
import { toTtp } from '../tags.ts';
import { readMarkedText, type MarkedText } from './paragraphs.ts';
import { openProperties, refuseReport, type Properties } from './properties.ts';
import { nativeRefOf, readDefinition, toRecordId } from './record-ref.ts';
import { RECORD_TYPES } from './record-types.ts';
import { readValues } from './typed-values.ts';

type Report = Observation<'IndicatorReport'>['report'];
type SourceGrade = ImportDraft['sourceGrade'];

const MAX_TITLE_CHARS = 160; // README.md#report
const GRADES: readonly SourceGrade[] = ['A', 'B', 'C', 'D', 'E', 'F'];

/** Reads a sighting; throws ReportRefused. */
export function readSighting(report: Properties, context: ReadingContext): ImportDraft {
  const { mapping, policy } = context;
  const serial = report.requiredText('serial');
  const observedAtMs = report.requiredInstant('dateOfInformation');
  const category = report.requiredText('category');
  const type = typeOf(report, category, mapping);
  const said = readMarkedText(report, context);
  if (said === undefined || said.portions.length === 0)
    return refuseReport(
      'MISSING_PROPERTY',
      report.pointerOf('paragraphs'),
      'the report has no paragraphs',
      'give at least one, with its portion mark',
    );
  const { lists, details } = RECORD_TYPES[type];
  return {
    type,
    native: nativeRefOf(serial, observedAtMs, report.instant('revisedAt')),
    fields: {
      report: reportOf(report, category, said, context),
      ...readValues(report, lists, report.text('lang') ?? 'und'),
      ...details(report.object('details') ?? openProperties({}, report.pointerOf('details')), { category, mapping }),
    },
    marking: said.marking,
    observedAtMs,
    ...readGrades(report, mapping),
    origin: originOf(report, serial, context),
    derivedFrom: report
      .items('derivedFrom')
      .map((named, index) => toRecordId(named, `${report.pointerOf('derivedFrom')}/${index}`, policy)),
  };
}

/** Grades as stated, or as policy says for a source that states none; F and 6 mean that nobody has judged. */
export function readGrades(report: Properties, mapping: ImportMapping): Pick<ImportDraft, 'sourceGrade' | 'infoGrade'> {
  const stated = report.text('sourceGrade')?.toUpperCase();
  const letter =
    stated === undefined ? (mapping.sourceGrade ?? 'F') : (mapping.grades?.[stated.toLowerCase()] ?? stated);
  const sourceGrade = GRADES.find((grade) => grade === letter);
  if (sourceGrade === undefined)
    return refuseReport(
      'GRADE_UNMAPPED',
      report.pointerOf('sourceGrade'),
      'the source grade has no place on our scale',
      'have the grade mapped for this source',
    );
  return { sourceGrade, infoGrade: report.count('infoGrade') ?? mapping.infoGrade ?? 6 };
}

/** The type that is stated, if policy has this source make it; else that of the category. */
function typeOf(report: Properties, category: string, { reportTypes = {} }: ImportMapping): ReportType {
  const stated = report.text('type');
  const byCategory = Object.hasOwn(reportTypes, category) ? reportTypes[category] : reportTypes['*'];
  const type = stated === undefined ? byCategory : Object.values(reportTypes).find((each) => each === stated);
  return (
    type ??
    refuseReport(
      'BAD_TYPE',
      report.pointerOf(stated === undefined ? 'category' : 'type'),
      'policy makes no such record of the reports of this source',
      'correct it, or have the type mapped for this source',
    )
  );
}

/** The canonical origin: the foreign originator's report, the page or channel it was found on, or this report itself. */
function originOf(report: Properties, serial: string, context: ReadingContext): string {
  const origin = report.object('origin');
  if (origin === undefined) return `rep:${context.agency}/${serial}`;
  const url = origin.text('url');
  if (url === undefined) return `rep:${origin.requiredText('agency').toLowerCase()}/${origin.requiredText('serial')}`;
  const page = normalise('url', url) ?? normalise('account', url);
  return page === undefined
    ? refuseReport(
        'BAD_VALUE',
        origin.pointerOf('url'),
        'this is neither a page nor a channel',
        'write its address, or platform:handle',
      )
    : `url:${page}`;
}

function reportOf(
  report: Properties,
  category: string,
  { portions }: MarkedText,
  { mapping, policy }: ReadingContext,
): Report {
  const releasePlan = report.word('releasePlan', [
    'TEARLINE_REQUESTED',
    'READABLE_BY_PARTNERS',
    'NO_TEARLINE',
  ] as const);
  return {
    title: cut(report.requiredText('title'), MAX_TITLE_CHARS),
    category,
    portions,
    stance: report.word('stance', ['ASSERTS', 'DENIES'] as const) ?? 'ASSERTS',
    sourceKind: report.text('sourceKind') ?? mapping.sourceKind,
    mandateBasis: report.text('mandateBasis') ?? mapping.mandateBasis,
    electionId: report.text('electionId') ?? null,
    firstSeen: report.instant('firstSeen') ?? null,
    lastSeen: report.instant('lastSeen') ?? null,
    tools: distinct(report.texts('tools')),
    ttps: distinct(report.texts('ttps').map((id, index) => readTtp(id, `${report.pointerOf('ttps')}/${index}`))),
    actorClaims: report.objects('actorClaims').map(readClaim),
    targets: report.objects('targets').map((target) => ({
      kind: target.requiredText('kind'),
      ref: target.requiredText('ref'),
      suppressedAs: target.text('suppressedAs') ?? null,
    })),
    ridings: distinct(report.texts('ridings')),
    platforms: distinct(report.texts('platforms').map((platform) => platform.toLowerCase())),
    languages: distinct([
      ...report.texts('languages'),
      ...portions.flatMap(({ lang }) => (lang === 'und' ? [] : [lang])),
    ]),
    labels: distinct(report.texts('labels')),
    abcde: readAbcde(report.object('abcde')),
    soWhat: report.text('soWhat') ?? mapping.soWhat,
    definitionId: readDefinition(report, policy) ?? null,
    metrics: null,
    releasePlan: releasePlan ?? mapping.releasePlan,
    noTearlineReason:
      report.text('noTearlineReason') ?? (releasePlan === undefined ? (mapping.noTearlineReason ?? null) : null),
  };
}

function readTtp(id: string, pointer: string): Report['ttps'][number] {
  const ttp = toTtp(id);
  if (ttp === undefined)
    return refuseReport(
      'BAD_VALUE',
      pointer,
      'this is no technique id of ATT&CK or DISARM',
      'write T1nnn(.nnn) or T0nnn(.nnn)',
    );
  return { framework: ttp.framework, version: '', id: ttp.id };
}

function readClaim(claim: Properties): Report['actorClaims'][number] {
  return {
    actor: claim.requiredText('actor'),
    responsibility: claim.word('responsibility', RESPONSIBILITIES) ?? null,
    basis: claim.requiredText('basis'),
    portion: claim.count('portion') ?? 0,
  };
}

function readAbcde(abcde: Properties | undefined): Report['abcde'] {
  if (abcde === undefined) return null;
  return {
    actor: abcde.requiredText('actor'),
    behaviour: abcde.requiredText('behaviour'),
    content: abcde.requiredText('content'),
    degree: abcde.requiredText('degree'),
    effect: abcde.requiredText('effect'),
  };
}
