// STIX incidents as CyberIncidents, with the values that hang on them.
// Holds: pure; a value marked above its incident is not taken, it stays in an IndicatorReport of its own marking.
// Source: STIX 2.1 §4.8; README.md#stix

import { isSameMarking, join, type Marking } from '@sitebus/marking';
import type { IndicatorEntry, IndicatorSource, MarkedFact } from '../indicator-parts.ts';
import type { ImportDraft } from '../reading.ts';
import { buildReport, distinct, type ReportFact } from '../report.ts';
import { listAt, objectAt, textAt, textsAt } from '../untrusted.ts';
import type { StixEdge, StixNode } from './graph.ts';
import { categoryOf, nameOf, OBSERVATION_EXTENSION } from './group-source.ts';
import type { StixGroup } from './groups.ts';

const FIELDS = ['domains', 'ips', 'urls', 'hashes', 'emails'] as const;
const AUTHENTICITIES = ['AUTHENTIC', 'ALTERED', 'FABRICATED', 'MIXED', 'UNKNOWN'];

/** A group's value with the object it comes from. */
export interface NodeEntry extends IndicatorEntry {
  readonly node: StixNode;
  /** Set for the line of context that a relation leaves. */
  readonly edge?: StixEdge;
}

export interface Incidents {
  readonly drafts: readonly ImportDraft[];
  /** Entries that went into an incident, and need no other place. */
  readonly taken: ReadonlySet<NodeEntry>;
}

/** Makes the group's CyberIncidents. A lone incident takes all values of its group, several take what relates to each. */
export function incidentDrafts(
  group: StixGroup,
  source: IndicatorSource,
  entries: readonly NodeEntry[],
  facts: readonly MarkedFact[],
): Incidents {
  const incidents = group.members.filter(({ type }) => type === 'incident');
  const taken = new Set<NodeEntry>();
  const drafts = incidents.map((incident) => {
    const marking = join(source.marking, incident.marking);
    const covers = (inner: Marking): boolean => isSameMarking(join(marking, inner), marking);
    const own = entries.filter(
      (entry) =>
        isListed(entry) && covers(entry.marking) && (incidents.length === 1 || isRelated(incident, entry.node, group)),
    );
    // What ties a value to the incident says no more than that the incident lists it.
    const ties = entries.filter(
      ({ edge, marking: inner }) =>
        edge !== undefined && [edge.source, edge.target].includes(incident) && covers(inner),
    );
    const said = facts.filter((fact) => covers(fact.marking));
    const draft = draftOf(incident, marking, own, said, source);
    for (const { item } of [incident, ...own, ...ties, ...said]) item.carriedBy(draft);
    [...own, ...ties].forEach((entry) => taken.add(entry));
    return draft;
  });
  return { drafts, taken };
}

function draftOf(
  incident: StixNode,
  marking: Marking,
  own: readonly NodeEntry[],
  said: readonly MarkedFact[],
  source: IndicatorSource,
): ImportDraft {
  const { object } = incident;
  const ours = objectAt(object['extensions'], OBSERVATION_EXTENSION);
  const description = textAt(object, 'description');
  const text: ReportFact[] =
    description === undefined ? [] : [{ kind: 'portion', text: description, lang: textAt(object, 'lang') }];
  const list = (field: (typeof FIELDS)[number]): string[] =>
    distinct(own.flatMap((entry) => (entry.field === field ? entry.value : [])));
  return {
    type: 'CyberIncident',
    native: { ...source.native, part: incident.id },
    fields: {
      report: buildReport(
        {
          title: nameOf(incident),
          marking,
          facts: [...text, ...said.map(({ fact }) => fact)],
          category: categoryOf(object) ?? source.category,
        },
        source.mapping,
      ),
      incidentKind: textAt(ours, 'incident_kind') ?? textsAt(object, 'incident_types')[0] ?? 'unspecified',
      phase: textAt(ours, 'phase') ?? source.mapping.phase ?? '', // blank is refused: nothing is guessed
      authenticityOfLeak: authenticityOf(textAt(ours, 'authenticity_of_leak')),
      impactedSystems: distinct(listAt(ours, 'impacted_systems').filter((each) => typeof each === 'string')),
      outageSeconds: null,
      domains: list('domains'),
      ips: list('ips'),
      urls: list('urls'),
      hashes: list('hashes'),
      emails: list('emails'),
    },
    marking,
    ...(source.observedAtMs !== undefined && { observedAtMs: source.observedAtMs }),
    sourceGrade: source.sourceGrade,
    infoGrade: source.infoGrade,
    ...(source.origin !== undefined && { origin: source.origin }),
  };
}

function authenticityOf(text: string | undefined): string | null {
  return text !== undefined && AUTHENTICITIES.includes(text) ? text : null;
}

function isListed({ field }: NodeEntry): boolean {
  return FIELDS.some((each) => each === field);
}

function isRelated(incident: StixNode, node: StixNode, { edges }: StixGroup): boolean {
  return edges.some(
    ({ source, target }) => (source === incident && target === node) || (target === incident && source === node),
  );
}
