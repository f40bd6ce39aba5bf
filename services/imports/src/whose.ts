// Whose information a sender may say theirs is: a marking's origins and owners, wherever one stands in an observation.
// Holds: pure; an agency speaks for itself and its nation alone, or leaves it out; another's name is refused, never replaced:
// kept, it would put words in another's mouth; taken away, it would take that origin's say from it. Source: README.md#submitting

import type { Marking } from '@sitebus/marking';
import type { Fault, Policy } from '@sitebus/sdk';
import { at, isJsonObject, listAt, objectAt, textsAt } from './untrusted.ts';

/** Who sends. */
export interface Sender {
  readonly agency: string;
  readonly policy: Pick<Policy, 'homeNation'>;
}

/** @returns the axes of a marking in which somebody else is named. */
export function foreignTo({ agency, policy }: Sender, { origins, owners }: Pick<Marking, 'origins' | 'owners'>): readonly ('origins' | 'owners')[] {
  return [
    ...(origins.some((origin) => origin !== agency) ? (['origins'] as const) : []),
    ...(owners.some((owner) => owner !== policy.homeNation) ? (['owners'] as const) : []),
  ];
} // prettier-ignore

/** @returns a fault for each marking of the record, paragraphs included, that names somebody else. */
export function foreignFaults(value: Readonly<Record<string, unknown>>, sender: Sender): readonly Fault[] {
  const portions = (record: unknown, pointer: string): [string, unknown][] =>
    listAt(record, 'portions').map((portion, n) => [`${pointer}/portions/${n}/marking`, at(portion, 'marking')]);
  const markings: readonly [string, unknown][] = [
    ['/envelope/marking', at(value['envelope'], 'marking')],
    ...portions(objectAt(value, 'report'), '/report'),
    ...portions(value, ''),
  ];
  return markings.flatMap(([pointer, marking]) => {
    if (!isJsonObject(marking)) return [];
    const said = { origins: textsAt(marking, 'origins'), owners: textsAt(marking, 'owners') };
    return foreignTo(sender, said).map((axis) => ({ pointer: `${pointer}/${axis}`, ...FAULTS[axis] }));
  });
}

const FAULTS = {
  origins: { code: 'NOT_YOUR_ORIGIN', detail: 'may name the agency that publishes alone', hint: 'leave it out' },
  owners: { code: 'NOT_YOUR_NATION', detail: 'may name the nation of the agency that publishes alone', hint: 'leave it out' },
} as const; // prettier-ignore
