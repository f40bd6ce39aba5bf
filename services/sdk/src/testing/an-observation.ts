// A valid draft of any type, for tests that only care about one thing in it.

import type { Draft } from '../draft.ts';
import { fromWire } from '../marking-wire.ts';
import type { Fields, Observation, ObservationType } from '../observation-types.ts';
import { loadExample } from './contract-files.ts';

/**
 * The smallest example of a type as a draft; the same in every run. The agency is the publisher's: types that policy keeps
 * for one agency are valid from that agency only.
 */
export async function anObservation<T extends ObservationType>(
  type: T,
  over: Partial<Draft<T>> = {},
): Promise<Draft<T>> {
  // Origins are the publisher's to fill in, and a portion may not have one that the whole lacks.
  const example = JSON.stringify(await loadExample(type), (key, value: unknown) => (key === 'origins' ? [] : value));
  const { envelope, ...fields } = JSON.parse(example) as Observation<T>; // an example of this type
  const { marking, observedAt, sourceGrade, infoGrade, lineage } = envelope;
  return {
    type,
    fields: fields as unknown as Fields<T>,
    marking: fromWire(marking),
    observedAt: new Date(observedAt).toISOString(),
    sourceGrade,
    infoGrade: infoGrade as Draft['infoGrade'],
    derivedFrom: lineage.derivedFrom,
    ...over,
  };
}
