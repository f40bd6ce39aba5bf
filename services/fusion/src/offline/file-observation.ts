// An observation of a file as the engine takes it: normalised values, common ones as context, no provenance.
// Holds: pure; the same normalisers and the same lists as on the bus; nobody has graded it, so it is F6; a value that is
// none of its type is left out and counted. Source: README.md#offline

import { hash } from 'node:crypto';
import { createMarking } from '@sitebus/marking';
import { normaliseOrExplain } from '@sitebus/sdk';
import type { CommonValues } from '../common-values.ts';
import type { CommonValue, FusionObservation, LinkingValue } from '../engine/observation.ts';
import type { FileObservation } from './file-line.ts';

/** Values of a file by what became of them. */
export interface ValueCounts {
  linking: number;
  /** On a list of common values, a public suffix, a registered party. */
  common: number;
  /** Not of the type they claim, or of a type we do not know. */
  leftOut: number;
}

/** Names that files use → our kinds; a type that is a kind's own name needs no line. */
const KIND_OF_TYPE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    hostname: 'domain',
    ipv4: 'ip',
    ipv6: 'ip',
    'ip-src': 'ip',
    'ip-dst': 'ip',
    md5: 'hash',
    sha1: 'hash',
    sha224: 'hash',
    sha256: 'hash',
    sha384: 'hash',
    sha512: 'hash',
    'email-src': 'email',
    'email-dst': 'email',
    uri: 'url',
  }),
);

const OPEN = createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL' });

/** One place for the whole file, in every identity. */
export const FILE_CELL = 'file';

/** The engine's form; counts what became of each value in `counts`. */
export function toFusionObservation(
  given: FileObservation,
  commonValues: CommonValues,
  counts: ValueCounts,
): FusionObservation {
  const { obsId, agency, eventTime } = given;
  const { features, context } = sortValues(given, commonValues, counts);
  return {
    id: obsId,
    agency,
    tenant: agency.startsWith('partner-'),
    cell: FILE_CELL,
    contentHash: hash('sha256', JSON.stringify([obsId, agency, eventTime, given.features]), 'hex'),
    type: 'IndicatorReport',
    marking: OPEN,
    observedAt: eventTime,
    derivedFrom: [],
    sourceToken: null,
    sourceGrade: 'F',
    infoGrade: 6,
    supersedes: null,
    recalls: null,
    denies: false,
    facets: { category: 'OTHER', tools: [], targets: [], ridings: [], platforms: [], gaps: [] },
    firstSeen: eventTime,
    lastSeen: eventTime,
    features,
    context,
  };
}

function sortValues(given: FileObservation, commonValues: CommonValues, counts: ValueCounts) {
  const features: LinkingValue[] = [];
  const context: CommonValue[] = [];
  const keep = (kind: string, value: string) => {
    const why = commonValues.reasonFor(kind, value);
    if (why === undefined) features.push({ kind, value });
    else context.push({ kind, value, why });
  };
  for (const { type, value: raw } of given.features) {
    const kind = KIND_OF_TYPE.get(type) ?? type;
    const outcome = normaliseOrExplain(kind, raw);
    if ('value' in outcome) {
      keep(kind, outcome.value);
      if (outcome.host !== undefined) keep(outcome.host.kind, outcome.host.value);
    } else if (outcome.reason === 'COMMON' || outcome.reason === 'PUBLIC_SUFFIX') counts.common += 1;
    else counts.leftOut += 1;
  }
  counts.linking += features.length;
  counts.common += context.length;
  return { features, context };
}
