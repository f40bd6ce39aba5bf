// The public catalogue as a STIX 2.1 bundle: an incident each, with the actors and countries that are publicly named.
// Holds: pure; nothing here is an indicator, so that nobody blocks on a catalogue; the same catalogue gives the same bundle.
// Source: STIX 2.1 §4; README.md#the-catalogue-and-good-practice

import type { Marking } from '@sitebus/marking';
import type { StixPolicy } from '../stix/definitions.ts';
import { extensionDefinition, ourselves } from '../stix/definitions.ts';
import { markingDefinitions, markingRefs } from '../stix/marking.ts';
import { EXTENSIONS, idOfNamed, idOfRecord, SITEBUS_IDENTITY } from '../stix/names.ts';
import { FIXED, toStixJson, withoutEmpty } from '../stix/object.ts';
import type { StixObject } from '../stix/object.ts';
import type { Incident } from './incident.ts';

/** The bundle; `marking` is the join of what was released. */
export function toCatalogueStix(incidents: readonly Incident[], marking: Marking, policy: StixPolicy): object {
  const object_marking_refs = markingRefs(marking, policy);
  const marked = { created_by_ref: SITEBUS_IDENTITY, object_marking_refs };
  const objects: StixObject[] = [
    extensionDefinition('marking'),
    extensionDefinition('observation'),
    ...ourselves(policy),
    ...markingDefinitions(marking, policy),
    ...incidents.flatMap((incident) => objectsOf(incident).map((object) => ({ ...object, ...marked }))),
  ];
  const distinct = [...new Map(objects.map((object) => [object.id, object])).values()];
  return { type: 'bundle', id: idOfNamed('bundle', ...distinct.map(({ id }) => id)), objects: distinct };
}

function objectsOf(incident: Incident): readonly StixObject[] {
  const self = idOfRecord('incident', incident.id);
  const actors = incident.actors.map((name) => ({ type: 'threat-actor', id: idOfNamed('threat-actor', name), ...FIXED, name }));
  const places = incident.countries.map((name) => ({ type: 'location', id: idOfNamed('location', name), ...FIXED, name, country: name }));
  const related = (kind: string, to: string): StixObject => ({
    type: 'relationship', id: idOfNamed('relationship', self, kind, to), ...FIXED,
    relationship_type: kind, source_ref: self, target_ref: to,
  });
  const { id: _id, title, text, sources, ...rest } = incident;
  return [
    withoutEmpty({
      type: 'incident', id: self, ...FIXED, name: title, description: text,
      labels: incident.tools.map((tool) => tool.toLowerCase().replaceAll('_', '-')),
      external_references: sources.map(({ url, title: name, attribution }) => ({
        source_name: attribution ? 'public-attribution' : 'publication', url, ...(name !== '' && { description: name }),
      })),
      extensions: { [EXTENSIONS.observation]: { extension_type: 'property-extension', record_type: 'TrackedIncident', fields: toStixJson(rest) } },
    }),
    ...actors,
    ...places,
    ...actors.map(({ id }) => related('attributed-to', id)),
    ...places.map(({ id }) => related('located-at', id)),
  ];
} // prettier-ignore
