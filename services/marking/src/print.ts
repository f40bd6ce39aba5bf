// A marking as its banner: the one spelling that `parse` reads.
// Holds: depends on the marking and the home nation alone; never translated; owners, origins and need-to-know are not
// shown; a list that releases to nobody says so. Source: README.md#text-form

import type { Marking } from './model.ts';
import * as words from './words.ts';

/** The banner line, such as `SECRET//SI/TK//ORCON/REL TO CAN, GBR//TLP:RED`. For one paragraph use `printPortion`. */
export function print(marking: Marking, options: words.TextOptions): string {
  return printWith(words.BANNER, marking, options);
}

/** The text form with levels spelled by `spelling`; no parentheses. */
export function printWith(spelling: words.LevelWords, marking: Marking, { homeNation }: words.TextOptions): string {
  return [
    ...levels(spelling, marking),
    ...compartments(marking),
    ...dissemination(marking, homeNation),
    ...colour(marking),
  ].join('//');
}

function levels(spelling: words.LevelWords, { classified, protected: level }: Marking): readonly string[] {
  if (level === 'NONE') return [spelling.classified[classified]];
  if (classified === 'UNCLASSIFIED') return [spelling.protected[level]];
  return [spelling.classified[classified], spelling.protected[level]];
}

/** The set is closed and sorted, so each compartment follows what it lies in and only its last word is new. */
function compartments(marking: Marking): readonly string[] {
  let line = '';
  for (const compartment of marking.compartments) {
    const lastWordAt = Math.max(compartment.lastIndexOf(' '), compartment.lastIndexOf('-'));
    if (lastWordAt === -1) line += line === '' ? compartment : `/${compartment}`;
    else line += compartment.slice(lastWordAt);
  }
  return line === '' ? [] : [line];
}

function dissemination(marking: Marking, homeNation: string): readonly string[] {
  const controls = [...(marking.orcon ? [words.ORCON] : []), ...release(marking.relTo, homeNation)];
  return controls.length === 0 ? [] : [controls.join('/')];
}

function release(relTo: Marking['relTo'], homeNation: string): readonly string[] {
  if (relTo === 'ALL') return [];
  if (relTo.length === 0) return [words.REL_TO_NONE];
  if (homeNation === words.CANADA && relTo.length === 1 && relTo[0] === homeNation) return [words.CANADIAN_EYES_ONLY];
  const homeFirst = [...relTo.filter((nation) => nation === homeNation), ...relTo.filter((n) => n !== homeNation)];
  return [words.REL_TO + homeFirst.join(', ')];
}

/** CLEAR is what absence means, except where it would be the only word between a record and the public. */
function colour({ classified, protected: level, tlp }: Marking): readonly string[] {
  const isSpelled = tlp !== 'CLEAR' || (classified === 'UNCLASSIFIED' && level === 'NONE');
  return isSpelled ? [words.TLP_PREFIX + tlp] : [];
}
