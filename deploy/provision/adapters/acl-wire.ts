// Rules between the broker's words and the numbers of the Kafka protocol.
// Holds: what the broker names and we do not know comes out as UNKNOWN_<number>, never as something else; what we do not
// know is never sent. Source: Kafka protocol, ACL enumerations

import { AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import type { Acl as WireAcl, AclOperationValue, ResourceTypeValue } from '@platformatic/kafka';
import { brokerRefused } from '../errors.ts';

/** A rule as the broker has it, in its own words (upper-case names); may be DENY, for a host, or on any kind of resource. */
export interface BrokerAcl {
  readonly principal: string;
  readonly host: string;
  readonly permission: string;
  readonly operation: string;
  readonly resource: string;
  readonly pattern: string;
  readonly name: string;
}

/** The filter that every rule passes. */
export const EVERY_ACL = {
  resourceType: ResourceTypes.ANY,
  resourceName: null,
  resourcePatternType: ResourcePatternTypes.ANY,
  principal: null,
  host: null,
  operation: AclOperations.ANY,
  permissionType: AclPermissionTypes.ANY,
};

/** A rule of the broker's answer, in words. */
export function fromWire(acl: WireAcl): BrokerAcl {
  return {
    principal: acl.principal,
    host: acl.host,
    permission: labelOf(AclPermissionTypes, acl.permissionType),
    operation: labelOf(AclOperations, acl.operation),
    resource: labelOf(ResourceTypes, acl.resourceType),
    pattern: labelOf(ResourcePatternTypes, acl.resourcePatternType),
    name: acl.resourceName,
  };
}

/** A rule as it is sent. @throws BROKER_REFUSED for a word that Kafka does not have */
export function toWire(acl: BrokerAcl): WireAcl {
  return {
    principal: acl.principal,
    host: acl.host,
    permissionType: valueOf(AclPermissionTypes, acl.permission),
    operation: valueOf<AclOperationValue>(AclOperations, acl.operation),
    resourceType: valueOf<ResourceTypeValue>(ResourceTypes, acl.resource),
    resourcePatternType: valueOf(ResourcePatternTypes, acl.pattern),
    resourceName: acl.name,
  };
}

function labelOf(labels: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(labels).find(([, candidate]) => candidate === value)?.[0] ?? `UNKNOWN_${value}`;
}

function valueOf<V extends number>(labels: Readonly<Record<string, V>>, label: string): V {
  const value = labels[label];
  if (value === undefined) throw brokerRefused({ what: 'acls', name: label, error: 'NOT_A_KAFKA_WORD' });
  return value;
}
