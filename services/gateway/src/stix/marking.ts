// Our marking and its TLP 2.0 colour as marking definitions.
// Holds: pure; the full marking goes along in our extension, TLP beside it for readers who know that alone; a definition
// never changes under its id, which is a hash of what it says. Source: TLP 2.0; STIX 2.1 §7.2; README.md#stix

import { print } from '@sitebus/marking';
import type { Marking, Tlp } from '@sitebus/marking';
import { EXTENSIONS, idOfNamed } from './names.ts';
import type { StixId } from './names.ts';
import { FIXED_TIME, withoutEmpty } from './object.ts';
import type { StixObject } from './object.ts';

/** What a printed marking and its definition depend on beside the marking. */
export interface MarkingPolicy {
  readonly version: number;
  readonly homeNation: string;
}

/** OASIS's extension that carries TLP 2.0. */
const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
const TLP_CREATED = '2022-10-01T00:00:00.000Z';
const TLP_IDS: Readonly<Record<Tlp, StixId>> = Object.freeze({
  CLEAR: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  GREEN: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  AMBER: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'AMBER+STRICT': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  RED: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
});

/** @returns when a marking definition of either kind says it was made. */
export function createdOfMarking(id: StixId): string {
  return Object.values(TLP_IDS).includes(id) ? TLP_CREATED : FIXED_TIME;
}

/** @returns the two `object_marking_refs` of an object so marked: TLP 2.0, then ours. */
export function markingRefs(marking: Marking, policy: MarkingPolicy): readonly [StixId, StixId] {
  return [TLP_IDS[marking.tlp], ownId(contentOf(marking, policy))];
}

/** @returns the two definitions that `markingRefs` names, in its order. */
export function markingDefinitions(marking: Marking, policy: MarkingPolicy): readonly [StixObject, StixObject] {
  return [tlpDefinition(marking.tlp), ownDefinition(marking, policy)];
}

function tlpDefinition(tlp: Tlp): StixObject {
  return {
    type: 'marking-definition',
    spec_version: '2.1',
    id: TLP_IDS[tlp],
    created: TLP_CREATED,
    name: `TLP:${tlp}`,
    extensions: { [TLP_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: tlp.toLowerCase() } },
  };
}

function ownDefinition(marking: Marking, policy: MarkingPolicy): StixObject {
  const content = contentOf(marking, policy);
  return {
    type: 'marking-definition',
    spec_version: '2.1',
    id: ownId(content),
    created: FIXED_TIME,
    name: content.banner,
    extensions: { [EXTENSIONS.marking]: content },
  };
}

function ownId(content: object): StixId {
  return idOfNamed('marking-definition', content);
}

function contentOf(marking: Marking, { version, homeNation }: MarkingPolicy) {
  const { relTo } = marking;
  return withoutEmpty({
    extension_type: 'property-extension',
    policy: `urn:sitebus:policy:${version}`,
    privilege_default: 'deny',
    classified: marking.classified,
    protected: marking.protected,
    compartments: marking.compartments,
    rel_to: relTo === 'ALL' ? 'ALL' : relTo.length === 0 ? 'NONE' : relTo,
    tlp: marking.tlp,
    orcon: marking.orcon,
    owners: marking.owners,
    origins: marking.origins,
    need_to_know: marking.needToKnow,
    banner: print(marking, { homeNation }),
  });
}
