// Compartments of control systems: SYS, SYS-COMP, and SYS-COMP SUB, each a name of its own in the set.
// Holds: a set is closed: whoever names SI-G ABCD names SI-G and SI too. So holding SI-G implies holding SI, a plain union
// is the union of what is demanded, and a plain subset is enough to decide. Source: README.md#the-model

import { malformedCompartment } from './errors.ts';

const SYSTEM = /^[A-Z][A-Z0-9]{1,2}$/;
const SUBDIVISION = /^[A-Z0-9]{1,8}$/;

// Two or three letters that mean something else in a marking. Read as a control system they would turn a release
// instruction into a compartment that nobody asked for.
const NOT_SYSTEMS: ReadonlySet<string> = new Set(
  'TS PA PB PC NF OC RS IMC DS LES SBU FGI REL RD FRD EYE CEO TLP ALL'.split(' '),
);

/** True for a word that may stand for a control system, such as SI or TK. */
export const isSystem = (word: string): boolean => SYSTEM.test(word) && !NOT_SYSTEMS.has(word);

/** True for a word that may stand for a compartment or a sub-compartment of a system. */
export const isSubdivision = (word: string): boolean => SUBDIVISION.test(word);

/**
 * The compartment and all it lies in: `SI-G ABCD` gives `SI`, `SI-G` and itself. `index` is where it stands in a text.
 * Errors: MALFORMED_COMPARTMENT.
 */
export function withAncestors(compartment: string, index?: number): readonly string[] {
  const [path = '', sub, ...more] = compartment.split(' ');
  const [system = '', comp, ...deeper] = path.split('-');
  const isWhole =
    isSystem(system) &&
    (comp === undefined ? sub === undefined : isSubdivision(comp)) &&
    (sub === undefined || isSubdivision(sub)) &&
    more.length + deeper.length === 0;
  if (!isWhole) throw malformedCompartment({ field: 'compartments' }, index);
  return [system, path, compartment];
}
