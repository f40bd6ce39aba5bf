// Reads machine tags, as MISP puts them on events and STIX exporters put them into `labels`.
// Holds: several TLP colours join, several grades give the least reliable; F and 6 mean "cannot be judged", never a middle value.
// Source: MISP taxonomies admiralty-scale, tlp, state-responsibility; MISP galaxies threat-actor, disarm; README.md#misp

import type { Observation } from '@sitebus/sdk';
import { joinStated, type StatedMarking } from './marking-decision.ts';
import { isTlpTag, toTlp } from './tlp.ts';

export interface TtpFact {
  readonly framework: 'ATTACK' | 'DISARM';
  readonly id: string;
}

/** What the tags of one item say. */
export interface TagFacts {
  readonly marking: StatedMarking;
  readonly sourceGrade?: Observation['envelope']['sourceGrade'];
  readonly infoGrade?: number;
  /** Set for a grade that has no place in our scale (`g`): the item is refused unless policy maps it. */
  readonly unmappedGrade?: string;
  /** Word of the vocabulary StateResponsibility. */
  readonly responsibility?: string;
  readonly actors: readonly string[];
  readonly ttps: readonly TtpFact[];
  readonly labels: readonly string[];
}

const SOURCE_RELIABILITY = /^admiralty-scale:source-reliability="?([a-g])"?$/i;
const INFO_CREDIBILITY = /^admiralty-scale:information-credibility="?([1-6])"?$/i;
const RESPONSIBILITY = /^state-responsibility:"?([a-z-]+)\.?"?$/i;
const THREAT_ACTOR = /^misp-galaxy:threat-actor="(.+)"$/i;
const TECHNIQUE = /^misp-galaxy:[^=]*(?:attack-pattern|disarm-[a-z-]+)="(.+)"$/i;
const ELECTION_PHASE = /^misp-galaxy:(?:election-)?guidelines="(.+)"$/i;

/** Reads the tags of one item; what no rule reads is a label. */
export function readTags(tags: readonly string[], mappedGrades: Readonly<Record<string, string>> = {}): TagFacts {
  const read = tags.map((tag) => readTag(tag.trim(), mappedGrades));
  const sourceGrade = worst(read.flatMap((fact) => fact.sourceGrade ?? []));
  const infoGrade = worst(read.flatMap((fact) => fact.infoGrade ?? []));
  const unmappedGrade = read.find((fact) => fact.unmappedGrade !== undefined)?.unmappedGrade;
  const responsibility = read.find((fact) => fact.responsibility !== undefined)?.responsibility;
  return {
    marking: joinStated(read.flatMap((fact) => fact.marking ?? [])),
    ...(sourceGrade !== undefined && { sourceGrade }),
    ...(infoGrade !== undefined && { infoGrade }),
    ...(unmappedGrade !== undefined && { unmappedGrade }),
    ...(responsibility !== undefined && { responsibility }),
    actors: read.flatMap((fact) => fact.actor ?? []),
    ttps: read.flatMap((fact) => fact.ttp ?? []),
    labels: read.flatMap((fact) => fact.label ?? []),
  };
}

/** The technique an id names: its shape alone decides the framework, whatever the source calls it. */
export function toTtp(id: string): TtpFact | undefined {
  if (/^T0\d{3}(\.\d{3})?$/.test(id)) return { framework: 'DISARM', id };
  if (/^T1\d{3}(\.\d{3})?$/.test(id)) return { framework: 'ATTACK', id };
  return undefined;
}

interface TagFact {
  readonly marking?: StatedMarking;
  readonly sourceGrade?: Observation['envelope']['sourceGrade'];
  readonly infoGrade?: number;
  readonly unmappedGrade?: string;
  readonly responsibility?: string;
  readonly actor?: string;
  readonly ttp?: TtpFact;
  readonly label?: string;
}

function readTag(tag: string, mappedGrades: Readonly<Record<string, string>>): TagFact {
  if (isTlpTag(tag)) return { marking: tlpOf(tag) };
  const reliability = SOURCE_RELIABILITY.exec(tag)?.[1]?.toUpperCase();
  if (reliability !== undefined) return gradeOf(reliability, mappedGrades);
  const credibility = INFO_CREDIBILITY.exec(tag)?.[1];
  if (credibility !== undefined) return { infoGrade: Number(credibility) };
  const responsibility = RESPONSIBILITY.exec(tag)?.[1];
  if (responsibility !== undefined) return { responsibility: responsibility.toUpperCase().replaceAll('-', '_') };
  const actor = THREAT_ACTOR.exec(tag)?.[1];
  if (actor !== undefined) return { actor };
  const technique = TECHNIQUE.exec(tag)?.[1];
  if (technique !== undefined) return techniqueOf(technique);
  const phase = ELECTION_PHASE.exec(tag)?.[1];
  return { label: phase === undefined ? tag : `phase:${phase}` };
}

function tlpOf(tag: string): StatedMarking {
  const tlp = toTlp(tag);
  return tlp === undefined ? { unreadable: 'the TLP tag is no colour of TLP 2.0' } : { tlp };
}

function gradeOf(letter: string, mapped: Readonly<Record<string, string>>): TagFact {
  const grade = mapped[letter.toLowerCase()] ?? letter;
  return isSourceGrade(grade) ? { sourceGrade: grade } : { unmappedGrade: letter.toLowerCase() };
}

function isSourceGrade(letter: string): letter is Observation['envelope']['sourceGrade'] {
  return /^[A-F]$/.test(letter);
}

function techniqueOf(text: string): TagFact {
  const id = /\b(T\d{4}(?:\.\d{3})?)\b/.exec(text)?.[1];
  const ttp = id === undefined ? undefined : toTtp(id);
  return ttp === undefined ? { label: text } : { ttp };
}

function worst<T extends string | number>(grades: readonly T[]): T | undefined {
  return [...grades].sort().at(-1);
}
