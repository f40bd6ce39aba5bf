// What the local stack and tests may use of provisioning.

export { aclKey, cellsOfView, desiredAcls } from './acls.ts';
export type { Acl } from './acls.ts';
export { credentialsPath, loadCredentials } from './credentials.ts';
export type { Credential } from './credentials.ts';
export { hasDrift, isSettled } from './plan.ts';
export type { Plan } from './plan.ts';
export { localTrust, signLocally, statedTrust } from './policy-roots.ts';
export { desiredState, loadProvisioned, LOCK_FILE, provision } from './provision.ts';
export type { Provisioned, ProvisionOptions } from './provision.ts';
export { renderCounts, renderPlan } from './report.ts';
export type { Counts } from './report.ts';
export { loadStoreUrls, provisionDesk, RESEARCH_STORE } from './store.ts';
export type { StoreUrls } from './store.ts';
