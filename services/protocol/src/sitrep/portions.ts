// Paragraphs as a member sends them: each with its own marking, or refused by its place.
// Holds: pure; nothing is marked by default; what a view may not read it does not take; originator-controlled words come from
// their originator alone, whose sending them is the consent. Source: README.md#situation-reports

import { createHash } from 'node:crypto';
import { canonicalText, type GivenPortion } from '@sitebus/kit';
import { createMarking, dominates, parseParagraph, type Marking } from '@sitebus/marking';
import { fromWire, isRefusal, toWire, type Policy, type SitrepPortion, type View } from '@sitebus/sdk';
import { givenMarking } from '../drafting.ts';
import type { DraftFault } from '../errors.ts';

/** The section of what a member could not see. */
export const GAPS = 'gaps';

/** The paragraphs, or every fault in them by its pointer; `at`: where they stand in what was sent. */
export function readPortions(
  given: readonly GivenPortion[],
  facts: { readonly agency: string; readonly policy: Policy; readonly view: string; readonly at: string },
): readonly SitrepPortion[] | { readonly faults: readonly DraftFault[] } {
  const view = facts.policy.views.find(({ id }) => id === facts.view);
  const read = given.map((portion, index) => readPortion(portion, `${facts.at}/${index}`, { ...facts, reader: view }));
  const faults = read.flatMap((each) => ('pointer' in each ? [each] : []));
  return faults.length > 0 ? { faults } : read.flatMap((each) => ('pointer' in each ? [] : [each]));
}

/** True where the readers of a view may read this. */
export function isReadableIn(view: View, marking: Marking): boolean {
  return dominates(view.clearance, marking, 0);
}

function readPortion(
  { section = 'other', text, lang = 'en', marking: given }: GivenPortion,
  at: string,
  { agency, policy, reader }: { readonly agency: string; readonly policy: Policy; readonly reader: View | undefined },
): SitrepPortion | DraftFault {
  if (section !== GAPS && !policy.taskForce.sections.some(({ id }) => id === section))
    return { pointer: `${at}/section`, code: 'UNKNOWN_SECTION', detail: 'is no section of policy' };
  const marked = given === undefined ? fromParagraph(text, agency, policy) : { text, marking: ownMarking(given, agency, policy) };
  if (marked === undefined) return { pointer: `${at}/marking`, code: 'MARKING_REQUIRED', detail: 'has no portion mark' };
  const { marking } = marked;
  if (marking === undefined) return { pointer: `${at}/marking`, code: 'INVALID_MARKING', detail: 'is no marking' };
  if (marking.orcon && marking.origins.some((origin) => origin !== agency))
    return { pointer: `${at}/marking`, code: 'ORCON', detail: 'leaves only with the consent of each originator' };
  if (reader === undefined || !isReadableIn(reader, marking))
    return { pointer: `${at}/marking`, code: 'ABOVE_VIEW', detail: 'is above the view in which it was sent' };
  const portion = { agency, section, text: marked.text, lang, marking: toWire(marking) };
  return { id: idOf(portion), ...portion };
} // prettier-ignore

/** @returns the marking that was sent beside the words; undefined where it is none. */
function ownMarking(given: unknown, agency: string, policy: Policy): Marking | undefined {
  const marking = givenMarking(given, policy, { owners: [policy.homeNation], origins: [agency] });
  return 'faults' in marking ? undefined : withOrigins(marking, given);
}

/** Whose information it is may be said on the wire alone; the text form does not show it. */
function withOrigins(marking: Marking, given: unknown): Marking {
  if (typeof given !== 'object' || given === null || !('origins' in given) || !Array.isArray(given.origins)) return marking;
  const stated = given.origins.filter((origin): origin is string => typeof origin === 'string');
  return stated.length === 0 ? marking : createMarking({ ...marking, origins: stated });
} // prettier-ignore

/** @returns words and portion mark of a paragraph that bears one; undefined where it bears none. */
function fromParagraph(text: string, agency: string, { homeNation }: Policy): { text: string; marking: Marking } | undefined {
  try {
    const read = parseParagraph(text, { homeNation });
    return { text: read.text, marking: createMarking({ ...read.marking, owners: [homeNation], origins: [agency] }) };
  } catch (cause) {
    if (isRefusal(cause)) return undefined;
    throw cause;
  }
} // prettier-ignore

function idOf(portion: Omit<SitrepPortion, 'id'>): string {
  return createHash('sha256').update(canonicalText(portion), 'utf8').digest('hex').slice(0, 16);
}

/** @returns the marking of a portion. */
export function markingOfPortion({ marking }: Pick<SitrepPortion, 'marking'>): Marking {
  return fromWire(marking);
}
