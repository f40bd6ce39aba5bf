// Reads a Traffic Light Protocol colour from a tag or a STIX marking id; everything but TLP 2.0 and WHITE is refused.
// Holds: TLP never implies a classification; WHITE is CLEAR, its name before 2.0. Source: TLP 2.0 (FIRST); STIX 2.1 §7.2.1.4

import type { Tlp } from '@sitebus/marking';

const COLOURS: ReadonlyMap<string, Tlp> = new Map([
  ['red', 'RED'],
  ['amber', 'AMBER'],
  ['amber+strict', 'AMBER+STRICT'],
  ['green', 'GREEN'],
  ['clear', 'CLEAR'],
  ['white', 'CLEAR'],
]);

/** STIX ids of the fixed TLP markings: version 1 of STIX 2.1 §7.2.1.4, then TLP 2.0. */
const MARKING_IDS: ReadonlyMap<string, Tlp> = new Map([
  ['613f2e26-407d-48c7-9eca-b8e91df99dc9', 'CLEAR'],
  ['34098fce-860f-48ae-8e50-ebd3cc5e41da', 'GREEN'],
  ['f88d31f6-486f-44da-b317-01333bde0b82', 'AMBER'],
  ['5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'RED'],
  ['94868c89-83c2-464b-929b-a1a8aa3c8487', 'CLEAR'],
  ['bab4a63c-aed9-4cf5-a766-dfca5abac2bb', 'GREEN'],
  ['55d920b0-5e8b-4f79-9ee9-91f868d9b421', 'AMBER'],
  ['939a9414-2ddd-4d32-a0cd-375ea402b003', 'AMBER+STRICT'],
  ['e828b379-4e03-4974-9ac4-e53a884c97c1', 'RED'],
]);

/** Reads a colour's name in any case, with or without the prefix `TLP:`; undefined for every other value. */
export function toTlp(text: string): Tlp | undefined {
  return COLOURS.get(text.trim().toLowerCase().replace(/^tlp:/, '').replaceAll('_', '+'));
}

/** True for a tag of the TLP taxonomy, valid or not: `tlp:ex:chr` is one, and is to be refused. */
export function isTlpTag(tag: string): boolean {
  return /^tlp:/i.test(tag.trim());
}

/** The colour of one of the fixed STIX TLP marking definitions; undefined for every other id. */
export function fromStixTlpId(id: string): Tlp | undefined {
  return MARKING_IDS.get(id.replace(/^marking-definition--/, ''));
}
