// Which values of a record link and which are context, by the lists of common values in force.
// Holds: pure; deciding again under the same lists changes nothing; under others, what only a list kept from linking
// links, and what a list now has does not. What the SDK found to be no linking value stays context.
// Source: README.md#common-values

import { normaliseOrExplain } from '@sitebus/sdk';
import type { CommonValues } from './common-values.ts';
import type { CommonValue, FusionObservation, LinkingValue } from './engine/observation.ts';

/** A record of an image, decided by the lists of now; the same object where nothing is decided otherwise. */
export function sortAgain(observation: FusionObservation, lists: CommonValues): FusionObservation {
  const features: LinkingValue[] = [];
  const context: CommonValue[] = [];
  for (const { kind, value, why } of [...observation.features.map(asUndecided), ...observation.context]) {
    const listed = lists.reasonFor(kind, value);
    if (listed !== undefined) context.push({ kind, value, why: listed });
    else if (why === undefined || why === 'VAGUE' || canLink(kind, value)) features.push({ kind, value });
    else context.push({ kind, value, why });
  }
  const isSame = isEqual(features, observation.features) && isEqual(context, observation.context);
  return isSame ? observation : { ...observation, features, context };
}

const asUndecided = ({ kind, value }: LinkingValue) => ({ kind, value, why: undefined });

/** A value that the SDK takes for one of its kind as it stands: only a list can have made it context. */
function canLink(kind: string, value: string): boolean {
  const outcome = normaliseOrExplain(kind, value);
  return 'value' in outcome && outcome.value === value;
}

function isEqual(a: readonly Partial<CommonValue>[], b: readonly Partial<CommonValue>[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ kind, value, why }, at) => kind === b[at]!.kind && value === b[at]!.value && why === b[at]!.why)
  );
}
