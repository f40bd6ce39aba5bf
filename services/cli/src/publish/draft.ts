// One observation from the words of a command line: `{type, envelope, report?, …fields}` as POST /v1/observations takes it.
// Holds: pure; what the person did not say is filled in with values that claim nothing (graded F6, category OTHER), and every
// filler is listed; the marking is never filled in. Source: README.md#publish

import { parse } from '@sitebus/marking';
import type { RecordSchema } from '@sitebus/sdk';
import { usageError } from '../errors.ts';
import { fieldNamed, ownFields, reportFields, toFieldValue } from './field-words.ts';
import type { FieldWords } from './field-words.ts';

/** What the flags of `publish` said beside the type's own fields. */
export interface DraftFlags {
  /** Text form; the one thing that must be said. */
  readonly marking: string | undefined;
  /** Source and information grade, such as B2. */
  readonly grade: string | undefined;
  readonly id: string | undefined;
  /** RFC 3339; now when not said. */
  readonly observedAt: string | undefined;
  /** Text of the report's one portion. */
  readonly text: string | undefined;
  readonly homeNation: string;
}

/** A draft and what was filled in, as `field value`, in the order of the record. */
export interface FilledDraft {
  readonly observation: Readonly<Record<string, unknown>>;
  readonly filled: readonly string[];
}

const MAX_TITLE_CHARS = 160;

/** Builds the draft. Throws a usage error: no marking, an unknown field, a value of the wrong kind. */
export function toDraft(record: RecordSchema, words: FieldWords, flags: DraftFlags, nowMs: number): FilledDraft {
  const marking = flags.marking;
  if (marking === undefined) {
    throw usageError(
      '--marking is required: there is no default',
      `sitebus publish ${record.type} … --marking 'UNCLASSIFIED//TLP:CLEAR'`,
    );
  }
  const filled: string[] = [];
  const fill = <T>(said: T | undefined, name: string, filler: T): T => {
    if (said === undefined) filled.push(`${name} ${JSON.stringify(filler)}`);
    return said ?? filler;
  };
  const own = ownFields(record);
  const report = reportFields(record);
  const said = new Map<string, unknown>();
  const saidInReport = new Map<string, unknown>();
  for (const [name, values] of words) {
    const isOwn = own.some((field) => field.name === name);
    const field = fieldNamed(isOwn ? own : [...own, ...report], name, record.type);
    (isOwn ? said : saidInReport).set(name, toFieldValue(field, values));
  }
  const [sourceGrade, infoGrade] = gradesOf(fill(flags.grade, 'grade', 'F6'));
  const envelope = {
    ...(flags.id === undefined ? {} : { id: flags.id }),
    observedAt: fill(flags.observedAt, 'observedAt', new Date(nowMs).toISOString()),
    marking,
    sourceGrade,
    infoGrade,
  };
  const fields = Object.fromEntries(
    own.flatMap((field) => {
      if (said.has(field.name)) return [[field.name, said.get(field.name)]];
      if (field.default !== undefined) return [];
      return [[field.name, fill(undefined, field.name, fillerOf(field.type, field.name))]];
    }),
  );
  if (report.length === 0) return { observation: { type: record.type, envelope, ...fields }, filled };
  const title = fill(saidInReport.get('title') as string | undefined, 'title', titleOf(record.type, said));
  const filledReport = {
    ...Object.fromEntries(saidInReport),
    title,
    category: fill(saidInReport.get('category'), 'category', 'OTHER'),
    portions: saidInReport.get('portions') ?? [{ text: fill(flags.text, 'text', title), lang: 'und', marking }],
    stance: fill(saidInReport.get('stance'), 'stance', 'ASSERTS'),
    sourceKind: fill(saidInReport.get('sourceKind'), 'sourceKind', 'OSINT'),
    mandateBasis: fill(saidInReport.get('mandateBasis'), 'mandateBasis', 'not stated'),
    soWhat: fill(saidInReport.get('soWhat'), 'soWhat', 'not yet assessed'),
    releasePlan: fill(saidInReport.get('releasePlan'), 'releasePlan', releasePlanOf(marking, flags.homeNation)),
  };
  return { observation: { type: record.type, envelope, report: filledReport, ...fields }, filled };
}

function gradesOf(grade: string): readonly [string, number] {
  const match = /^([A-F])([1-6])$/.exec(grade);
  if (match === null) throw usageError(`--grade takes a letter A–F and a digit 1–6, such as B2, not "${grade}"`);
  return [match[1] ?? 'F', Number(match[2])];
}

/** What a required field says when nobody said anything: the least of its kind. */
function fillerOf(type: RecordSchema['schema']['type'], name: string): unknown {
  if (type === 'boolean') return false;
  if (type === 'int' || type === 'long') return name === 'part' || name === 'parts' ? 1 : 0;
  if (type === 'string') return 'not stated';
  throw usageError(`--${name} is required for this type`);
}

function titleOf(type: string, said: ReadonlyMap<string, unknown>): string {
  const values = [...said.values()].flat().filter((value): value is string => typeof value === 'string');
  const title = values.length === 0 ? type : `${type}: ${values.join(', ')}`;
  return title.length <= MAX_TITLE_CHARS ? title : `${title.slice(0, MAX_TITLE_CHARS - 1)}…`;
}

/** Partners read what is neither classified nor protected; for the rest a tearline is asked for, which promises nothing. */
function releasePlanOf(marking: string, homeNation: string): string {
  const { classified, protected: level } = parse(marking, { homeNation });
  return classified === 'UNCLASSIFIED' && level === 'NONE' ? 'READABLE_BY_PARTNERS' : 'TEARLINE_REQUESTED';
}
