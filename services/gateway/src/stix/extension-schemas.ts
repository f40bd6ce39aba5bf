// What our STIX extensions contain, as JSON Schemas that anyone may fetch.
// Holds: every extension we write fits its schema (mapping.test.ts); nothing is in one that its schema does not name.

import { Type } from 'typebox';
import type { TProperties } from 'typebox';
import type { ExtensionName } from './definitions.ts';

const extension = (name: ExtensionName, title: string, properties: TProperties) =>
  Type.Object(
    { extension_type: Type.Literal('property-extension'), ...properties },
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:sitebus:stix:extension:${name}`,
      title,
      additionalProperties: false,
    },
  );
const open = () => Type.Object({}, { additionalProperties: true });
const words = () => Type.Array(Type.String(), { minItems: 1 });
const optional = Type.Optional;
const oneOf = (...values: string[]) => Type.Union(values.map((value) => Type.Literal(value)));
const time = () => Type.String({ description: 'RFC 3339, UTC.' });

/** By name. */
export const EXTENSION_SCHEMAS = Object.freeze({
  marking: extension('marking', 'The marking of an object, on every axis', {
    policy: Type.String({ description: 'urn:sitebus:policy:<version>' }),
    privilege_default: Type.Literal('deny'),
    classified: oneOf('UNCLASSIFIED', 'CONFIDENTIAL', 'SECRET', 'TOP_SECRET'),
    protected: oneOf('NONE', 'A', 'B', 'C'),
    compartments: optional(words()),
    rel_to: Type.Union([Type.Literal('ALL'), Type.Literal('NONE'), words()]),
    tlp: oneOf('CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'),
    orcon: Type.Boolean(),
    owners: optional(words()),
    origins: optional(words()),
    need_to_know: optional(Type.Array(words(), { minItems: 1, description: 'A reader needs one group of every list.' })),
    banner: Type.String(),
  }),
  observation: extension('observation', 'What an agency reported beyond the observables', {
    record_type: Type.String(),
    envelope: optional(open()),
    report: optional(open()),
    fields: optional(open()),
  }),
  assessment: extension('assessment', 'How likely, how bad, how independent', {
    headline_fr: Type.String(),
    view: Type.String(),
    version: Type.Integer(),
    status: oneOf('LIVE', 'REDIRECTED', 'CLOSED'),
    likelihood: open(),
    independent_roots: Type.Integer(),
    confidence: oneOf('LOW', 'MODERATE', 'HIGH'),
    confidence_caps: optional(Type.Array(open())),
    dissents: optional(Type.Array(open())),
    severity: open(),
    context_values: optional(Type.Array(open())),
    categories: optional(words()),
    tools: optional(words()),
    ridings: optional(words()),
    platforms: optional(words()),
    gaps: optional(Type.Array(open())),
    first_seen: optional(time()),
    last_seen: optional(time()),
    expires_at: optional(time()),
    rule_version: Type.Integer(),
    policy_version: Type.Integer(),
  }),
  alert: extension('alert', 'Why an alert was raised', {
    reason: Type.String(),
    precedence: oneOf('ROUTINE', 'PRIORITY', 'IMMEDIATE', 'FLASH'),
    version: Type.Integer(),
    raised_at: optional(time()),
    ack_deadline: optional(time()),
    audience: optional(words()),
  }),
} satisfies Record<ExtensionName, unknown>); // prettier-ignore
