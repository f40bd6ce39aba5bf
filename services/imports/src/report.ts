// Builds the Report that every sighting carries: what the item says, and what its format lacks from the source's mapping.
// Holds: every list is sorted without duplicates, so that the order of a file never changes a report.

import type { Marking } from '@sitebus/marking';
import { toWire, type ImportMapping, type Observation } from '@sitebus/sdk';
import type { TtpFact } from './tags.ts';

type Report = Observation<'IndicatorReport'>['report'];

const MAX_TITLE_CHARS = 160; // README.md#report
const MAX_PORTIONS = 50; // README.md#report
/** Keeps one record far under the bus's limit of 1 MiB. */
const MAX_PORTION_CHARS = 20_000;

/** Something a report says beside its values, with the marking of what said it. */
export type ReportFact =
  | { readonly kind: 'ttp'; readonly ttp: TtpFact }
  | { readonly kind: 'actor'; readonly actor: string; readonly responsibility?: string | undefined }
  | { readonly kind: 'target'; readonly targetKind: string; readonly ref: string }
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'seen'; readonly firstMs?: number | undefined; readonly lastMs?: number | undefined }
  | { readonly kind: 'portion'; readonly text: string; readonly lang?: string | undefined };

export interface ReportParts {
  readonly title: string;
  readonly marking: Marking;
  readonly facts: readonly ReportFact[];
  readonly category?: string | undefined;
  readonly platforms?: readonly string[];
  readonly ridings?: readonly string[];
}

/** Builds the report of one draft; its portions carry the draft's own marking. */
export function buildReport(parts: ReportParts, mapping: ImportMapping): Report {
  const of = <K extends ReportFact['kind']>(kind: K): Extract<ReportFact, { kind: K }>[] =>
    parts.facts.filter((fact): fact is Extract<ReportFact, { kind: K }> => fact.kind === kind);
  const portions = of('portion').map(({ text, lang }) => ({
    text: cut(text, MAX_PORTION_CHARS),
    lang: lang ?? 'und',
    marking: toWire(parts.marking),
  }));
  const seen = of('seen')
    .flatMap(({ firstMs, lastMs }) => [firstMs, lastMs])
    .filter((ms) => ms !== undefined);
  return {
    title: cut(parts.title, MAX_TITLE_CHARS),
    category: parts.category ?? mapping.category,
    portions: (portions.length > 0
      ? portions
      : [{ text: parts.title, lang: 'und', marking: toWire(parts.marking) }]
    ).slice(0, MAX_PORTIONS),
    stance: 'ASSERTS',
    sourceKind: mapping.sourceKind,
    mandateBasis: mapping.mandateBasis,
    electionId: null,
    firstSeen: seen.length > 0 ? Math.min(...seen) : null,
    lastSeen: seen.length > 0 ? Math.max(...seen) : null,
    tools: [],
    ttps: distinct(of('ttp').map(({ ttp }) => ({ framework: ttp.framework, version: '', id: ttp.id }))),
    actorClaims: distinct(
      of('actor').map(({ actor, responsibility }) => ({
        actor,
        responsibility: responsibilityOf(responsibility),
        basis: 'RELAYED',
        portion: 0,
      })),
    ),
    targets: distinct(of('target').map(({ targetKind, ref }) => ({ kind: targetKind, ref, suppressedAs: null }))),
    ridings: distinct(parts.ridings ?? []),
    platforms: distinct(parts.platforms ?? []),
    languages: distinct(portions.flatMap(({ lang }) => (lang === 'und' ? [] : [lang]))),
    labels: distinct(of('label').map(({ label }) => label)),
    abcde: null,
    soWhat: mapping.soWhat,
    definitionId: null,
    metrics: null,
    releasePlan: mapping.releasePlan,
    noTearlineReason: mapping.noTearlineReason ?? null,
  };
}

/** The distinct values in the order of their JSON. */
export function distinct<T>(values: readonly T[]): T[] {
  const byText = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** At most `maxChars` characters, the last an ellipsis when something was cut. */
export function cut(text: string, maxChars: number): string {
  const chars = Array.from(text); // whole characters: half a pair cannot be stored
  return chars.length <= maxChars ? text : `${chars.slice(0, maxChars - 1).join('')}…`;
}

/** How far a state answers for an activity, ascending. */
export const RESPONSIBILITIES = [
  'STATE_PROHIBITED',
  'STATE_PROHIBITED_BUT_INADEQUATE',
  'STATE_IGNORED',
  'STATE_ENCOURAGED',
  'STATE_SHAPED',
  'STATE_COORDINATED',
  'STATE_ORDERED',
  'STATE_ROGUE_CONDUCTED',
  'STATE_EXECUTED',
  'STATE_INTEGRATED',
] as const satisfies readonly NonNullable<Report['actorClaims'][number]['responsibility']>[];

function responsibilityOf(text: string | undefined): Report['actorClaims'][number]['responsibility'] {
  return RESPONSIBILITIES.find((each) => each === text) ?? null;
}
