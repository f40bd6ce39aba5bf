// Every way provisioning refuses, one literal a code.
// Holds: details name topics, subjects and principals only; no password and no driver text is in them.

import { refusal } from '@sitebus/sdk';

/** Policy asks for something that would lose or leak records; nothing was changed. */
export const policyRefused = refusal<{ rule: string; where: string; detail: string }>({
  code: 'POLICY_REFUSED',
  retriable: false,
});
/** The broker refused a change that the plan needed; what came before it in the plan is done. */
export const brokerRefused = refusal<{ what: string; name: string; error: string }>({
  code: 'BROKER_REFUSED',
  retriable: false,
});
/** Neither broker nor registry answered at the address given; `code` is what the connection failed with. */
export const unreachable = refusal<{ what: string; address: string; code?: string }>({
  code: 'UNREACHABLE',
  retriable: true,
});
/** The administrator's name or password is wrong, or it may not administrate. */
export const notAdmin = refusal<{ user: string }>({ code: 'NOT_ADMIN', retriable: false });
/** A subject's new schema does not read, or is not read by, every version before it. Nothing was registered. */
export const incompatible = refusal<{ subjects: readonly { subject: string; reasons: readonly string[] }[] }>({
  code: 'INCOMPATIBLE_SCHEMA',
  retriable: false,
});
/** The registry answered what its contract does not allow. */
export const registryRefused = refusal<{ subject: string; status: number }>({
  code: 'REGISTRY_REFUSED',
  retriable: false,
});
/** The broker took passwords and rights and does not enforce them yet; running it again waits again. */
export const notInEffect = refusal<{ missing: number; afterMs: number }>({ code: 'NOT_IN_EFFECT', retriable: true });
/** The database refused to be migrated or to make a role; `sqlState` is its own code. What came before is done. */
export const storeRefused = refusal<{ address: string; sqlState: string }>({ code: 'STORE_REFUSED', retriable: false });
/** A folder lacks passwords of principals that policy has: provision it first. */
export const notProvisioned = refusal<{ folder: string; missing: number }>({
  code: 'NOT_PROVISIONED',
  retriable: true,
});
