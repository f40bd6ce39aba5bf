// An alert as a note on its report.
// Holds: pure; reason, precedence and deadline are in our extension; the report stands before it in every collection.

import type { ReleasedBody } from '../release.ts';
import { extensionDefinition, ourselves } from './definitions.ts';
import type { MappingContext } from './mapping.ts';
import { markingDefinitions, markingRefs } from './marking.ts';
import { EXTENSIONS, idOfRecord, SITEBUS_IDENTITY } from './names.ts';
import { toStixJson, versionHead } from './object.ts';
import type { StixObject } from './object.ts';

/** @returns the objects of a released alert. */
export function alertObjects(body: ReleasedBody, context: MappingContext): readonly StixObject[] {
  const { policy } = context;
  const {
    id: uuid,
    assessmentId,
    version,
    reason,
    precedence,
    at,
    ackDeadline,
    audience,
  } = body as unknown as AlertBody;
  const marking = context.markingOf(body);
  const id = idOfRecord('note', uuid);
  const content = `Alert ${reason} (${precedence}), version ${version}`;
  return [
    extensionDefinition('marking'),
    extensionDefinition('alert'),
    ...ourselves(policy),
    ...markingDefinitions(marking, policy),
    {
      type: 'note',
      id,
      ...versionHead(context.versionOf(id)),
      created_by_ref: SITEBUS_IDENTITY,
      content,
      object_refs: [idOfRecord('report', assessmentId)],
      extensions: {
        [EXTENSIONS.alert]: {
          extension_type: 'property-extension',
          ...(toStixJson({ reason, precedence, version, raisedAt: at, ackDeadline, audience }) as object),
        },
      },
      object_marking_refs: markingRefs(marking, policy),
    },
  ];
}

interface AlertBody {
  readonly id: string;
  readonly assessmentId: string;
  readonly version: number;
  readonly reason: string;
  readonly precedence: string;
  readonly at: string;
  readonly ackDeadline?: string;
  readonly audience: readonly string[];
}
