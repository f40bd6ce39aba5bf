// The caller's own agency's service: the one place an observation is published through.

import { cellsOf } from '@sitebus/marking';
import type { AgencyIntake, OnBehalfOf } from '@sitebus/kit';
import { notDurable, roleNotAllowed } from './errors.ts';
import type { GatewayParts } from './parts.ts';
import type { Subject } from './subject.ts';

/** @returns the service and on whose behalf. Throws `role-not-allowed` for a caller without agency, `not-durable` where it has no service. */
export function intakeOf(
  { intakes, view, policy }: Pick<GatewayParts, 'intakes' | 'view' | 'policy'>,
  subject: Subject,
): { intake: AgencyIntake; onBehalfOf: OnBehalfOf } {
  const { agency, person } = subject;
  if (agency === undefined) throw roleNotAllowed({}); // depends on the caller alone
  const intake = intakes(agency);
  if (intake === undefined) throw notDurable({}, new Error('the agency has no service here'));
  const cells = cellsOf(view.clearance, policy.cells).map(({ id }) => id); // nobody publishes above the view they name
  return { intake, onBehalfOf: { person, agency, cells } };
}
