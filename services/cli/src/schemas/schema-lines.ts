// What the schemas commands say to a person: a check, a difference, what a changed annotation means.
// Holds: pure; a fault is its place, its code, what must be so and what to do; a changed annotation is never one line among
// others, because it is a rule that changes.

import { isSameRecord, type AnnotationChange, type SchemaDifference, type SchemaFault } from '@sitebus/sdk';

/** What was found about one file. */
export interface Verdict {
  readonly path: string;
  readonly subject: string | null;
  readonly isOk: boolean;
  /** Versions that it was tried against, by name. */
  readonly against: readonly string[];
  readonly faults: readonly SchemaFault[];
  readonly notes: readonly string[];
}

/** Versions named one by one in a line; a shared part has dozens. */
const MAX_NAMED = 6;

/** Renders a verdict: one line where all is well, two a fault. */
export function verdictLines({ path, subject, isOk, against, faults, notes }: Verdict): readonly string[] {
  const name = subject === null ? path : `${path}  ${subject}`;
  const versions = against.length > MAX_NAMED ? `${against.length} versions` : against.join(', ');
  const tried = against.length === 0 ? 'there is no earlier version to go with' : `goes with ${versions}`;
  return [
    isOk ? `ok     ${name}: ${tried}` : `FAULT  ${name}: ${faults.length === 1 ? 'one fault' : `${faults.length} faults`}`, // prettier-ignore
    ...faults.flatMap(({ pointer, code, detail, fix }) => [
      `       ${pointer === '' ? '' : `${pointer} `}${code}: ${detail}`,
      `       next: ${fix}`,
    ]),
    ...notes.map((note) => `note   ${note}`),
  ];
}

/** What each changed annotation does, in words. */
export function ruleChangeNotes(annotations: readonly AnnotationChange[]): readonly string[] {
  return annotations.map(({ path, before, after }) => {
    if (before === undefined) return `rule change: ${path} links from now on, as ${after ?? ''}; records already written link by it too`; // prettier-ignore
    if (after === undefined) return `rule change: ${path} (${before}) links no longer; records already written lose those links too`; // prettier-ignore
    return `rule change: ${path} links as ${after} instead of ${before}, in records already written too`;
  });
}

/** Renders a difference: `+` came, `-` went, `~` is another, `!` is a rule. */
export function differenceLines(difference: SchemaDifference, isSameText: boolean): readonly string[] {
  if (isSameRecord(difference))
    return [isSameText ? 'they are the same' : 'no field differs; the words about whole types do'];
  const { added, removed, changed, annotations } = difference;
  const presence = (sign: string) => (field: SchemaDifference['added'][number]): string =>
    `${sign} ${field.path}  ${field.type}${field.default === undefined ? '' : `, default ${field.default}`}`; // prettier-ignore
  return [
    ...added.map(presence('+')),
    ...removed.map(presence('-')),
    ...changed.map(({ path, what, before, after }) =>
      what === 'doc'
        ? `~ ${path}  ${after === '' ? 'says nothing any more' : `says: ${after}`}`
        : `~ ${path === '' ? 'fields' : path}  ${what} ${before} → ${after}`,
    ),
    ...ruleChangeNotes(annotations).map((note) => `! ${note}`),
  ];
}
