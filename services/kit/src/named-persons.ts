// Which names stand for many: a product goes to named persons, never to a department or group.
// Holds: pure. Source: services/gateway/README.md#receipts

import type { Policy } from '@sitebus/sdk';

/** True for the name of a department, a tenant, a group, a role, a view or a cell: names that stand for many. */
export function isGroup(name: string, policy: Policy): boolean {
  const ids = [policy.agencies, policy.views, policy.cells].flatMap((list) => list.map(({ id }) => id));
  const groups = [
    ...policy.views.flatMap(({ clearance }) => clearance.groups),
    ...policy.people.flatMap(({ clearance }) => clearance.groups),
  ];
  const roles = policy.people.flatMap(({ roles: held }) => held);
  return [...ids, ...groups, ...roles, 'partners', 'all', 'everyone'].includes(name) || name.startsWith('partner-');
}
