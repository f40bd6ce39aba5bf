// The canonical text of leaves that differ in whom they name alone: what they share is written once.
// Holds: pure; each text is that of `canonicalText` over the whole leaf (alike-leaves.test.ts compares them). Source: RFC 8785 §3.2.3

import { canonicalText } from '../canonical.ts';

/** What a leaf says of its own; texts and whole numbers, which JSON writes in one way. */
export interface OwnFields {
  readonly epoch: number;
  readonly onBehalfOf?: string;
  readonly seq: number;
  readonly who: string;
}

/** The names of `OwnFields`, in the order of RFC 8785: by code units. */
const OWN = ['epoch', 'onBehalfOf', 'seq', 'who'] as const;

/** @returns what writes a leaf of the shared fields and its own. Fields that are undefined are left out. */
export function createAlikeLeaves(shared: Readonly<Record<string, unknown>>): (own: OwnFields) => string {
  const members = Object.keys(shared)
    .filter((name) => shared[name] !== undefined)
    .sort() // by code units
    .map((name) => ({ name, text: `,${JSON.stringify(name)}:${canonicalText(shared[name])}` }));
  const textOf = (part: typeof members): string => part.map(({ text }) => text).join('');
  const stretches = OWN.map((name, at) => ({
    name,
    before: textOf(members.filter((each) => each.name < name && (at === 0 || each.name > (OWN[at - 1] as string)))),
  }));
  const last = textOf(members.filter(({ name }) => name > 'who'));
  return (own) => {
    let text = '';
    for (const { name, before } of stretches) {
      const value = own[name];
      text += before;
      if (value !== undefined) text += `,"${name}":${JSON.stringify(value)}`;
    }
    return `{${(text + last).slice(1)}}`;
  };
}
