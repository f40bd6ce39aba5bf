// What a STIX object says about its marking: all its refs joined, object-level and granular, each resolved or refused.
// Holds: a later marking never overrides an earlier one; a ref that cannot be resolved makes the object unreadable;
// a statement marking says nothing about release. Source: STIX 2.1 §7.2; README.md#stix

import { createMarking, parse, type Marking } from '@sitebus/marking';
import type { Policy } from '@sitebus/sdk';
import { joinStated, UNMARKED, type StatedMarking } from '../marking-decision.ts';
import { fromStixTlpId, toTlp } from '../tlp.ts';
import { at, listAt, objectAt, textAt, textsAt, type JsonObject } from '../untrusted.ts';

/** Our marking as a property extension of a marking definition. */
export const MARKING_EXTENSION = 'extension-definition--3aafae74-5459-5d3e-84a0-9b2f1b0c649e';
/** The extension of OASIS that carries TLP 2.0. */
const TLP_2_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

/** Joins what all the markings of one object say. */
export function statedOf(object: JsonObject, byId: ReadonlyMap<string, JsonObject>, policy: Policy): StatedMarking {
  const refs = textsAt(object, 'object_marking_refs');
  const granular = listAt(object, 'granular_markings').flatMap((each) => textAt(each, 'marking_ref') ?? []);
  return joinStated([...refs, ...granular].map((ref) => resolve(ref, byId, policy)));
}

function resolve(ref: string, byId: ReadonlyMap<string, JsonObject>, policy: Policy): StatedMarking {
  const fixed = fromStixTlpId(ref);
  if (fixed !== undefined) return { tlp: fixed };
  const definition = byId.get(ref);
  if (definition === undefined) return { unreadable: 'a marking ref points to nothing in the bundle' };
  const ours = objectAt(definition['extensions'], MARKING_EXTENSION);
  if (ours !== undefined) return readOurs(ours, policy);
  const tlp2 = textAt(objectAt(definition['extensions'], TLP_2_EXTENSION), 'tlp_2_0');
  const tlp =
    tlp2 ?? (textAt(definition, 'definition_type') === 'tlp' ? textAt(definition['definition'], 'tlp') : undefined);
  if (tlp !== undefined) return tlpOf(tlp);
  if (textAt(definition, 'definition_type') === 'statement') return UNMARKED;
  return { unreadable: 'a marking definition is of a kind that is not read' };
}

function tlpOf(text: string): StatedMarking {
  const tlp = toTlp(text);
  return tlp === undefined ? { unreadable: 'a marking definition names no colour of TLP 2.0' } : { tlp };
}

/** Reads our own marking; the banner is for people, the fields decide, and the two must agree on what both show. */
function readOurs(ours: JsonObject, policy: Policy): StatedMarking {
  try {
    const marking = fromExtension(ours);
    const banner = textAt(ours, 'banner');
    if (banner !== undefined && !agree(parse(banner, { homeNation: policy.homeNation }), marking))
      return { unreadable: 'the banner of a marking contradicts its fields' };
    return { full: marking };
  } catch {
    return { unreadable: 'a marking definition of ours does not hold a valid marking' }; // MarkingError: its text could quote the value
  }
}

function fromExtension(ours: JsonObject): Marking {
  const relTo = at(ours, 'rel_to');
  if (relTo !== 'ALL' && relTo !== 'NONE' && !Array.isArray(relTo)) throw new TypeError('rel_to');
  // The kernel takes the bottom of an axis for an absent field; a label that somebody else wrote must say each.
  if (['classified', 'protected', 'tlp'].some((axis) => textAt(ours, axis) === undefined)) throw new TypeError('axis');
  const needToKnow = listAt(ours, 'need_to_know').filter((each): each is string[] => Array.isArray(each));
  return createMarking({
    classified: at(ours, 'classified') as Marking['classified'], // createMarking refuses what is not on the ladder
    protected: at(ours, 'protected') as Marking['protected'],
    compartments: textsAt(ours, 'compartments'),
    relTo: relTo === 'ALL' ? 'ALL' : relTo === 'NONE' ? [] : textsAt(ours, 'rel_to'),
    tlp: at(ours, 'tlp') as Marking['tlp'],
    orcon: at(ours, 'orcon') === true,
    owners: textsAt(ours, 'owners'),
    origins: textsAt(ours, 'origins'),
    needToKnow,
  });
}

function agree(banner: Marking, fields: Marking): boolean {
  const visible = (m: Marking): string =>
    JSON.stringify([m.classified, m.protected, m.compartments, m.relTo, m.tlp, m.orcon]);
  return visible(banner) === visible(fields);
}
