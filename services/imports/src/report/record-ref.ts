// How a report names another record, by its id, or a report in its first version by agency and serial; and a definition of policy.
// Holds: the id of a report follows from agency and serial, so that people need not copy it. Source: README.md#report

import type { Policy } from '@sitebus/sdk';
import { deriveId, type NativeRef } from '../ids.ts';
import { isJsonObject, toText } from '../untrusted.ts';
import { openProperties, refuseReport, type Properties } from './properties.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a report is called: its first version has no revision but `1`. */
export function nativeRefOf(serial: string, observedAtMs: number, revisedAtMs: number | undefined): NativeRef {
  return {
    format: 'report',
    nativeId: serial,
    revision: revisedAtMs === undefined ? '1' : new Date(revisedAtMs).toISOString(),
    revisedAtMs: revisedAtMs ?? observedAtMs,
    part: '1',
  };
}

/** The id of the record that is named; refuses the report where nothing, or nobody, is. */
export function toRecordId(named: unknown, pointer: string, policy: Pick<Policy, 'agencies'>): string {
  const id = toText(named)?.toLowerCase();
  if (id !== undefined && UUID.test(id)) return id;
  if (!isJsonObject(named))
    return refuseReport(
      'BAD_VALUE',
      pointer,
      'a record is named by its id, or by agency and serial',
      'correct the reference',
    );
  const reference = openProperties(named, pointer);
  const [agency, serial] = [reference.requiredText('agency'), reference.requiredText('serial')];
  reference.refuseUnread();
  const namespace = policy.agencies.find((each) => each.id === agency)?.namespace;
  if (namespace === undefined)
    return refuseReport('BAD_VALUE', `${pointer}/agency`, 'policy knows no such agency', 'correct the agency');
  return deriveId(namespace, nativeRefOf(serial, 0, undefined));
}

/** The definition that a report rests on, as it names it; undefined where it names none, refused where policy has no such. */
export function readDefinition(report: Properties, { definitions }: Pick<Policy, 'definitions'>): string | undefined {
  const named = report.text('definitionId');
  const isKnown = definitions.some(({ id, version }) => named === id || named === `${id}/${version}`);
  return named === undefined || isKnown
    ? named
    : refuseReport(
        'BAD_VALUE',
        report.pointerOf('definitionId'),
        'policy has no such definition',
        'cite one of definitions.json',
      );
}
